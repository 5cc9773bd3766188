"""An endpoint whose instances inference components share."""

from typing import Annotated, Literal

from pydantic import Field

from catalogue.limits import LOG_RETENTION_DAYS
from spec._base import Items, OneOf, SpecModel
from spec._endpoint_names import EndpointName, InferenceAmiName, InstanceTypeName
from spec.acknowledgments import Acknowledgments
from spec.adapter import Adapter
from spec.component import Component, ComponentKey
from spec.scaling import Scaling, TargetValue

__all__ = [
    "ComponentEndpoint",
    "InstancePool",
    "InstanceScaling",
    "Logs",
    "PrefixAwareRouting",
    "ScaleIn",
    "SharedInstances",
]


class InstancePool(SpecModel):
    """One instance type of several that an endpoint may take (SageMaker API Reference, InstancePool)."""

    type: InstanceTypeName = Field(
        description="A SageMaker instance type of the catalogue, with its ml. prefix."
    )
    priority: int = Field(
        ge=1, le=5, description="1 to 5; the pool with the lowest number is taken while it has capacity."
    )


class ScaleIn(SpecModel):
    """How SageMaker gives instances back."""

    strategy: Literal["IDLE_RELEASE", "CONSOLIDATION"] = Field(
        description="IDLE_RELEASE gives back instances without copies; CONSOLIDATION moves copies together "
        "first."
    )
    maximum_step_size: int | None = Field(
        default=None,
        ge=1,
        le=100,
        description="Instances given back at a time by CONSOLIDATION, 1 to 100. Default: SageMaker's own, 1.",
    )
    cooldown_minutes: int | None = Field(
        default=None,
        ge=5,
        le=1440,
        description="Minutes between the endpoint's last operation and a CONSOLIDATION, 5 to 1440. "
        "Default: SageMaker's own, 20.",
    )


class InstanceScaling(Scaling):
    """Instances scaled by Application Auto Scaling on the variant, instead of by SageMaker."""

    invocations_per_instance: TargetValue = Field(
        description="The invocations per instance and minute to hold (predefined metric "
        "SageMakerVariantInvocationsPerInstance)."
    )


class SharedInstances(SpecModel):
    """The instances of an endpoint with inference components: one type, or pools of several."""

    type: InstanceTypeName | None = Field(
        default=None,
        description="A SageMaker instance type of the catalogue, with its ml. prefix. Default: pools say.",
    )
    pools: Items[InstancePool] = Field(
        default=(), max_length=5, description="Up to five instance types. Default: type says which."
    )
    min: int = Field(default=1, ge=0, description="The fewest instances; 0 with scale to zero. Default: 1.")
    max: int = Field(ge=1, description="The most instances.")
    scale_in: ScaleIn | None = Field(
        default=None, description="How SageMaker gives instances back. Default: its own way."
    )
    scaling: InstanceScaling | None = Field(
        default=None,
        description="Scaling by Application Auto Scaling on the variant. Default: SageMaker's managed "
        "instance scaling, which adds an instance when a copy finds no room.",
    )

    @property
    def type_names(self) -> tuple[str, ...]:
        """Every instance type a copy may find itself on, the first choice first."""
        pools = sorted(self.pools, key=lambda pool: pool.priority)
        return (self.type,) if self.type is not None else tuple(pool.type for pool in pools)


class PrefixAwareRouting(SpecModel):
    """What PREFIX_AWARE routing needs (SageMaker API Reference, PrefixAwareRoutingConfig)."""

    prefix_length: int = Field(
        ge=1024, le=65536, description="How much of a request decides its instance, 1024 to 65536."
    )
    concurrency_threshold: int = Field(
        ge=1, le=1024, description="Requests in flight above which another instance is taken, 1 to 1024."
    )


class Logs(SpecModel):
    """The log groups of an endpoint's components, /aws/sagemaker/InferenceComponents/<name>."""

    retention_days: Annotated[int, OneOf(lambda: LOG_RETENTION_DAYS)] = Field(
        default=30, description="For how many days CloudWatch Logs keeps them. Default: 30."
    )


class ComponentEndpoint(SpecModel):
    """An endpoint that serves inference components: each model comes, goes and scales by itself."""

    type: Literal["inference-components"] = Field(description="The kind of endpoint.")
    instances: SharedInstances = Field(description="What the endpoint runs on.")
    components: dict[ComponentKey, Component] = Field(
        default_factory=dict, description="The inference components by key. Default: none."
    )
    adapters: dict[ComponentKey, Adapter] = Field(
        default_factory=dict,
        description="Adapters of these components by key; each goes with its base into the same stack. "
        "Default: none.",
    )
    shards: int = Field(
        default=1,
        ge=1,
        le=100,
        description="Over how many stacks <name>-<key>-components-<n> the components are spread, each of at "
        "most 500 resources; `seatrial shards` changes it. Default: 1.",
    )
    endpoint_name: EndpointName | None = Field(
        default=None,
        description="The endpoint's name in SageMaker, at most 63 characters, unique in account and region "
        "whatever the case (SageMaker API Reference, CreateEndpoint). "
        "Default: the deployment's name, a hyphen and the endpoint's key.",
    )
    variant_name: EndpointName = Field(
        default="AllTraffic", description="The production variant's name. Default: AllTraffic."
    )
    routing: Literal["LEAST_OUTSTANDING_REQUESTS", "RANDOM", "PREFIX_AWARE"] = Field(
        default="LEAST_OUTSTANDING_REQUESTS",
        description="How SageMaker spreads requests over copies (SageMaker API Reference, "
        "ProductionVariantRoutingConfig). Default: LEAST_OUTSTANDING_REQUESTS; AWS's own default is RANDOM.",
    )
    prefix_aware: PrefixAwareRouting | None = Field(
        default=None, description="The settings of PREFIX_AWARE routing, needed there. Default: none."
    )
    inference_ami_version: InferenceAmiName | None = Field(
        default=None,
        description="The machine image, hence the driver (SageMaker API Reference, ProductionVariant, "
        "InferenceAmiVersion). Default: SageMaker's choice for the instance type.",
    )
    logs: Logs = Field(
        default_factory=Logs, description="The components' log groups. Default: kept for 30 days."
    )
    acknowledge: Acknowledgments = Field(default_factory=dict)
