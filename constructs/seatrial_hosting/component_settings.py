"""What an inference component is made of, as plain values: every property that CloudFormation has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

__all__ = [
    "CapacitySize",
    "ComponentSpecification",
    "ComputeRequirements",
    "InlineContainer",
    "MetricsEndpoint",
    "Placement",
    "PlacementStrategy",
    "RollingUpdate",
]


class PlacementStrategy(StrEnum):
    """Which instance gets a copy (API reference, InferenceComponentSchedulingConfig)."""

    SPREAD = "SPREAD"
    BINPACK = "BINPACK"


@dataclass(frozen=True, slots=True)
class ComputeRequirements:
    """What each copy is given (API reference, InferenceComponentComputeResourceRequirements).

    Attributes:
        memory_mib: a copy is placed only where so much is free; at least 128.
        memory_maximum_mib: what a copy may grow to; None for no limit of its own.
        cpus: cores, at least 0.25; None reserves none.
        accelerators: GPUs or Neuron devices, at least 1; None for none.
    """

    memory_mib: int
    memory_maximum_mib: int | None = None
    cpus: float | None = None
    accelerators: float | None = None


@dataclass(frozen=True, slots=True)
class MetricsEndpoint:
    """Where the container shows Prometheus metrics (API reference, MetricsEndpoint).

    Attributes:
        path: such as ``/metrics``.
        publish_frequency_seconds: 10, 30, 60, 120, 180, 240 or 300; None for SageMaker's own, 60.
    """

    path: str
    publish_frequency_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class InlineContainer:
    """A container without a Model (API reference, InferenceComponentContainerSpecification).

    Attributes:
        image: in Amazon ECR; None only for an adapter, which runs in its base component's container.
        artifact_url: one ``.tar.gz`` in Amazon S3; what is not packed needs a Model.
        environment: at most 16 variables; a Model takes 100.
        metrics_endpoint: what SageMaker scrapes; None for its own choice.
    """

    image: str | None = None
    artifact_url: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    metrics_endpoint: MetricsEndpoint | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """Where copies go.

    Attributes:
        strategy: over instances, or within each zone.
        maximum_zone_imbalance: the most by which two zones' numbers of copies may differ, 0 to 100; None for
            SageMaker's own. The balance is always permissive: CloudFormation knows no other.
    """

    strategy: PlacementStrategy
    maximum_zone_imbalance: int | None = None


@dataclass(frozen=True, slots=True)
class ComponentSpecification:
    """What runs in each copy, and how: a Model, an inline container or an adapter.

    Attributes:
        model_name: of a SageMaker Model.
        container: instead of a Model.
        base_component_name: the component that loads this adapter, whose ``container`` names its artifact.
        compute: what each copy is given; None for an adapter alone.
        container_startup_health_check_timeout_seconds: 60 to 3600; None for SageMaker's own.
        model_data_download_timeout_seconds: 60 to 3600; None for SageMaker's own.
        data_cache: whether instances keep image and artifact for the next copy; None for SageMaker's choice.
        placement: None for SageMaker's own.
        instance_type: which instances this is for, where there are several specifications.
    """

    model_name: str | None = None
    container: InlineContainer | None = None
    base_component_name: str | None = None
    compute: ComputeRequirements | None = None
    container_startup_health_check_timeout_seconds: int | None = None
    model_data_download_timeout_seconds: int | None = None
    data_cache: bool | None = None
    placement: Placement | None = None
    instance_type: str | None = None


@dataclass(frozen=True, slots=True)
class CapacitySize:
    """A part of a component's copies.

    Attributes:
        type: ``COPY_COUNT`` or ``CAPACITY_PERCENT``.
        value: copies, or per cent.
    """

    type: str
    value: int

    @classmethod
    def copies(cls, count: int) -> CapacitySize:
        """Return so many copies."""
        return cls("COPY_COUNT", count)

    @classmethod
    def percent(cls, share: int) -> CapacitySize:
        """Return a share of all copies."""
        return cls("CAPACITY_PERCENT", share)


@dataclass(frozen=True, slots=True)
class RollingUpdate:
    """How a changed component replaces its copies (API reference, InferenceComponentRollingUpdatePolicy).

    Attributes:
        maximum_batch_size: copies replaced at a time, 5 to 50 % of all; instances need room for them besides
            all copies.
        wait_interval_seconds: how long alarms are watched after each batch, 0 to 3600.
        maximum_execution_timeout_seconds: 600 to 28800; None for SageMaker's own.
        rollback_maximum_batch_size: copies brought back at a time; None for all at once.
        rollback_alarm_names: one to ten alarms that roll an update back; none for failed health checks alone.
    """

    maximum_batch_size: CapacitySize = field(default_factory=lambda: CapacitySize.percent(25))
    wait_interval_seconds: int = 60
    maximum_execution_timeout_seconds: int | None = None
    rollback_maximum_batch_size: CapacitySize | None = None
    rollback_alarm_names: Sequence[str] = ()
