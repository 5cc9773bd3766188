"""What endpoints that serve models on instances of their own have in common."""

from typing import Literal

from pydantic import Field

from spec._base import SpecModel
from spec._endpoint_names import EndpointName, InferenceAmiName, InstanceTypeName, TimeoutSeconds
from spec.acknowledgments import Acknowledgments
from spec.alarms import Alarms
from spec.scaling import VariantScaling

__all__ = ["HostedEndpoint", "Instances"]


class Instances(SpecModel):
    """The instances of an endpoint."""

    type: InstanceTypeName = Field(
        description="A SageMaker instance type of the catalogue, with its ml. prefix."
    )
    count: int = Field(
        default=1, ge=1, description="How many. Default: 1; two or more survive the loss of a zone."
    )


class HostedEndpoint(SpecModel):
    """An endpoint with one variant, whose instances are its own; its subclasses say what it serves."""

    instances: Instances = Field(description="What the endpoint runs on.")
    endpoint_name: EndpointName | None = Field(
        default=None,
        description="The endpoint's name in SageMaker, at most 63 characters, unique in account and region "
        "whatever the case (SageMaker API Reference, CreateEndpoint). "
        "Default: the deployment's name, a hyphen and the endpoint's key.",
    )
    variant_name: EndpointName = Field(
        default="AllTraffic", description="The production variant's name. Default: AllTraffic."
    )
    routing: Literal["LEAST_OUTSTANDING_REQUESTS", "RANDOM"] = Field(
        default="LEAST_OUTSTANDING_REQUESTS",
        description="How SageMaker spreads requests over instances (SageMaker API Reference, "
        "ProductionVariantRoutingConfig). Default: LEAST_OUTSTANDING_REQUESTS; AWS's own default is RANDOM.",
    )
    inference_ami_version: InferenceAmiName | None = Field(
        default=None,
        description="The machine image, hence the driver (SageMaker API Reference, ProductionVariant, "
        "InferenceAmiVersion). Default: SageMaker's choice for the instance type.",
    )
    container_startup_health_check_timeout_seconds: TimeoutSeconds | None = Field(
        default=None,
        description="How long the container may take to answer /ping, 60 to 3600 (SageMaker API Reference, "
        "ProductionVariant). Default: SageMaker's own.",
    )
    model_data_download_timeout_seconds: TimeoutSeconds | None = Field(
        default=None,
        description="How long fetching the artifact may take, 60 to 3600 (SageMaker API Reference, "
        "ProductionVariant). Default: SageMaker's own.",
    )
    scaling: VariantScaling | None = Field(
        default=None,
        description="How instances follow the load; a deploy keeps the number that scaling has set. "
        "Default: not at all, instances.count stays.",
    )
    alarms: Alarms = Field(
        default_factory=Alarms,
        description="When somebody is called. Default: at five answers with a 5xx status in a minute.",
    )
    acknowledge: Acknowledgments = Field(default_factory=dict)

    @property
    def served(self) -> tuple[str, ...]:
        """The names of the models it serves, each as often as it is served."""
        raise NotImplementedError

    @property
    def accelerator(self) -> str | None:
        """The Elastic Inference accelerator of each instance; None where there is none."""
        return None
