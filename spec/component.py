"""One inference component: a model, its copies, what each copy takes, and how copies change."""

from typing import Annotated, Literal

from pydantic import Field

from spec._base import SpecModel, text
from spec._endpoint_names import NAME_MAXIMUM_LENGTH, NAME_PATTERN, NAME_WORDS, TimeoutSeconds
from spec.acknowledgments import Acknowledgments
from spec.model_name import ModelName
from spec.rolling_update import RollingUpdate
from spec.scaling import ComponentScaling

__all__ = [
    "Component",
    "ComponentKey",
    "ComponentName",
    "Compute",
    "Copies",
    "MetricsEndpoint",
    "Placement",
    "ZoneBalance",
]

ComponentKey = Annotated[str, text(NAME_PATTERN, allowed=NAME_WORDS, maximum=NAME_MAXIMUM_LENGTH)]
"""A component's key in the file: the end of its default name."""
ComponentName = Annotated[str, text(NAME_PATTERN, allowed=NAME_WORDS, maximum=NAME_MAXIMUM_LENGTH)]
"""A component's name in SageMaker, or an adapter's."""


class Copies(SpecModel):
    """How many copies of the model there are."""

    min: int = Field(
        ge=0,
        description="The fewest copies. 0 lets the component scale to zero: requests then fail until a copy "
        "is back, and clients retry.",
    )
    max: int = Field(ge=1, description="The most copies.")
    initial: int | None = Field(
        default=None,
        ge=1,
        description="Copies that the template asks for although scaling decides. Every update of the "
        "component may set the copies back to it, so take it out again once the component exists. "
        "Default: none where there is scaling: the smallest number is reached when scaling is registered.",
    )


class Compute(SpecModel):
    """What each copy is given (SageMaker API Reference, InferenceComponentComputeResourceRequirements)."""

    memory_mib: int = Field(
        ge=128, description="Memory in MiB, at least 128; a copy is placed only where so much is free."
    )
    memory_maximum_mib: int | None = Field(
        default=None,
        ge=128,
        description="Memory in MiB that a copy may grow to. Default: no limit of its own.",
    )
    cpus: float | None = Field(
        default=None, ge=0.25, description="CPU cores, at least 0.25. Default: none are reserved."
    )
    accelerators: int | None = Field(
        default=None,
        ge=1,
        description="GPUs or Inferentia/Trainium devices, at least 1. Default: none.",
    )


class ZoneBalance(SpecModel):
    """Copies spread over Availability Zones where capacity allows (enforcement mode PERMISSIVE)."""

    maximum_imbalance: int = Field(
        default=0,
        ge=0,
        le=100,
        description="The most by which two zones' numbers of copies may differ. Default: 0.",
    )


class Placement(SpecModel):
    """Which instance gets a copy (SageMaker API Reference, InferenceComponentSchedulingConfig)."""

    strategy: Literal["SPREAD", "BINPACK"] = Field(
        description="SPREAD over all instances, or BINPACK onto as few as possible."
    )
    zone_balance: ZoneBalance | None = Field(
        default=None,
        description="Balance over Availability Zones. Default: PERMISSIVE, which CloudFormation asks for in "
        "any placement, with SageMaker's own imbalance, 0.",
    )


class MetricsEndpoint(SpecModel):
    """Where a copy's container shows Prometheus metrics (SageMaker API Reference, MetricsEndpoint)."""

    path: Annotated[
        str,
        text(
            r"^/([a-zA-Z0-9/_-]|\.[a-zA-Z0-9/_-])+\.?$",
            allowed="a path such as /metrics, without two dots in a row",
            maximum=256,
        ),
    ] = Field(description="The path on the container's port, such as /metrics.")
    publish_frequency_seconds: Literal[10, 30, 60, 120, 180, 240, 300] | None = Field(
        default=None, description="How often SageMaker reads it. Default: SageMaker's own, 60."
    )


class Component(SpecModel):
    """An inference component: one model on an endpoint that others share."""

    model: ModelName = Field(description="The key of the model under models.")
    copies: Copies = Field(description="How many copies.")
    compute: Compute = Field(description="What each copy is given.")
    name: ComponentName | None = Field(
        default=None,
        description="The component's name in SageMaker, at most 63 characters, unique in account and region "
        "whatever the case (SageMaker API Reference, CreateInferenceComponent). "
        "Default: the deployment's name, the endpoint's key and the component's key, with hyphens between.",
    )
    scaling: ComponentScaling | None = Field(
        default=None, description="How copies follow the load. Default: not at all; copies.min is copies.max."
    )
    rolling_update: RollingUpdate = Field(
        default_factory=RollingUpdate,
        description="How a change replaces the copies. Default: 25 % at a time, watched for 60 seconds each.",
    )
    placement: Placement | None = Field(
        default=None, description="Which instance gets a copy. Default: SageMaker's own choice."
    )
    inline_container: bool = Field(
        default=False,
        description="Whether the component itself names image, artifact and environment (SageMaker API "
        "Reference, InferenceComponentSpecification, Container), without a SageMaker Model: then the "
        "endpoint's role fetches both, and CloudFormation takes 16 environment variables. "
        "Default: false, a Model of its own with a role of its own.",
    )
    metrics_endpoint: MetricsEndpoint | None = Field(
        default=None,
        description="Where SageMaker reads the container's own metrics; only with inline_container. "
        "Default: SageMaker's own choice.",
    )
    server_errors_per_minute: int = Field(
        default=5,
        ge=1,
        description="How many answers with a 5xx status in a minute set off the component's alarm, which "
        "also rolls an update back. Default: 5.",
    )
    data_cache: bool = Field(
        default=True,
        description="Whether instances keep the image and the artifact for the next copy "
        "(SageMaker API Reference, InferenceComponentDataCacheConfig). Default: true.",
    )
    container_startup_health_check_timeout_seconds: TimeoutSeconds | None = Field(
        default=None,
        description="How long the container may take to answer /ping, 60 to 3600 (SageMaker API Reference, "
        "InferenceComponentStartupParameters). Default: SageMaker's own.",
    )
    model_data_download_timeout_seconds: TimeoutSeconds | None = Field(
        default=None,
        description="How long fetching the artifact may take, 60 to 3600 (SageMaker API Reference, "
        "InferenceComponentStartupParameters). Default: SageMaker's own.",
    )
    acknowledge: Acknowledgments = Field(default_factory=dict)
