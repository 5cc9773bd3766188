"""One real-time endpoint: which model, on which instances."""

from typing import Annotated, Literal

from pydantic import Field

import catalogue
from spec._base import OneOf, SpecModel
from spec._endpoint_names import EndpointName, InferenceAmiName, InstanceTypeName, TimeoutSeconds
from spec.acknowledgments import Acknowledgments
from spec.alarms import Alarms
from spec.model import ModelName
from spec.scaling import VariantScaling

__all__ = ["Instances", "RealtimeEndpoint"]


def _accelerator_types() -> list[str]:
    return [f"ml.{each.type}" for each in catalogue.accelerators()]


class Instances(SpecModel):
    """The instances of an endpoint."""

    type: InstanceTypeName = Field(
        description="A SageMaker instance type of the catalogue, with its ml. prefix."
    )
    count: int = Field(
        default=1, ge=1, description="How many. Default: 1; two or more survive the loss of a zone."
    )
    accelerator: Annotated[str, OneOf(_accelerator_types)] | None = Field(
        default=None,
        description="The Elastic Inference accelerator of each instance (SageMaker API Reference, "
        "ProductionVariant, AcceleratorType): retired, see acknowledge_retired. Default: none.",
    )


class RealtimeEndpoint(SpecModel):
    """A real-time endpoint: one variant that serves one model."""

    type: Literal["realtime"] = Field(description="The kind of endpoint.")
    model: ModelName = Field(description="The key of the model under models.")
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
    acknowledge_retired: bool = Field(
        default=False,
        description="True to synthesize instances.accelerator although AWS has retired it: it deploys to the "
        "laptop's AWS as of 2020 alone. Default: false, it is an error that names the replacement.",
    )
    acknowledge: Acknowledgments = Field(default_factory=dict)
