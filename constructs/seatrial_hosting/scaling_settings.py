"""How Application Auto Scaling moves copies or instances, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Scaling", "ScalingMetric", "ScheduledAction", "TargetTracking"]


class ScalingMetric(StrEnum):
    """Predefined metrics of SageMaker (Application Auto Scaling API, PredefinedMetricSpecification)."""

    INVOCATIONS_PER_COPY = "SageMakerInferenceComponentInvocationsPerCopy"
    """A datapoint per minute."""
    CONCURRENT_REQUESTS_PER_COPY = "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution"
    """A datapoint per 10 seconds."""
    INVOCATIONS_PER_INSTANCE = "SageMakerVariantInvocationsPerInstance"
    """A datapoint per minute; of a variant."""


@dataclass(frozen=True, slots=True)
class TargetTracking:
    """Capacity that holds a metric at a target.

    Attributes:
        metric: what is held.
        target_value: at what; per copy or instance.
        scale_in_cooldown_seconds: how long after a scale-in the next one waits.
        scale_out_cooldown_seconds: how long after a scale-out the next one waits.
        disable_scale_in: capacity only grows; scheduled actions, or nobody, take it back.
    """

    metric: ScalingMetric
    target_value: float
    scale_in_cooldown_seconds: int = 300
    scale_out_cooldown_seconds: int = 300
    disable_scale_in: bool = False


@dataclass(frozen=True, slots=True)
class ScheduledAction:
    """A change of the range at a set time.

    Attributes:
        name: of the action, unique for the target.
        schedule: ``at(...)``, ``rate(...)`` or ``cron(...)``.
        time_zone: of the schedule.
        minimum: the smallest capacity from then on; None leaves it.
        maximum: the largest capacity from then on; None leaves it.
        start_time: when ``rate(...)`` and ``cron(...)`` begin, such as ``2030-01-31T08:00:00Z``; None for at
            once.
        end_time: when they end, in the same form; None for never.
    """

    name: str
    schedule: str
    time_zone: str = "UTC"
    minimum: int | None = None
    maximum: int | None = None
    start_time: str | None = None
    end_time: str | None = None


@dataclass(frozen=True, slots=True)
class Scaling:
    """A range of capacity and what moves within it.

    Attributes:
        minimum: the smallest capacity; 0 only for copies.
        maximum: the largest.
        target_tracking: what capacity follows; None for scheduled actions alone.
        scheduled_actions: changes of the range.
    """

    minimum: int
    maximum: int
    target_tracking: TargetTracking | None = None
    scheduled_actions: Sequence[ScheduledAction] = ()

    @property
    def reaches_zero(self) -> bool:
        """Whether the minimum is 0, or a scheduled action makes it 0."""
        return 0 in (self.minimum, *(action.minimum for action in self.scheduled_actions))
