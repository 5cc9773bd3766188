"""Step scaling: changing capacity by how far an alarm's metric is beyond its threshold."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import ceil, floor, inf

from planning.control.errors import InvalidPolicyError
from planning.control.scaling import Decision, Direction, ScalableCapacity, ScalingState, hold

__all__ = ["AdjustmentType", "MetricAggregation", "StepAdjustment", "StepScaling", "scale_from_zero"]


class AdjustmentType(StrEnum):
    """How a scaling adjustment is meant, in Application Auto Scaling's words."""

    CHANGE_IN_CAPACITY = "ChangeInCapacity"
    PERCENT_CHANGE_IN_CAPACITY = "PercentChangeInCapacity"
    EXACT_CAPACITY = "ExactCapacity"


class MetricAggregation(StrEnum):
    """How the datapoints of an alarm become one value, in Application Auto Scaling's words."""

    AVERAGE = "Average"
    MINIMUM = "Minimum"
    MAXIMUM = "Maximum"


@dataclass(frozen=True, slots=True)
class StepAdjustment:
    """One step, chosen by the metric's distance from the threshold.

    Attributes:
        scaling_adjustment: capacity to add or remove, per cent of it, or the capacity itself.
        lower_bound: ``MetricIntervalLowerBound``; None for no bound.
        upper_bound: ``MetricIntervalUpperBound``; None for no bound.
    """

    scaling_adjustment: int
    lower_bound: float | None = None
    upper_bound: float | None = None

    @property
    def low(self) -> float:
        """The lower bound as a number."""
        return -inf if self.lower_bound is None else self.lower_bound

    @property
    def high(self) -> float:
        """The upper bound as a number."""
        return inf if self.upper_bound is None else self.upper_bound


@dataclass(frozen=True, slots=True)
class StepScaling:
    """A step scaling policy; the alarm that invokes it is the user's own.

    Attributes:
        steps: in any order, without overlap or gap.
        adjustment_type: how the steps' adjustments are meant.
        cooldown_seconds: see ``decide``.
        min_adjustment_magnitude: the least change of ``PercentChangeInCapacity``.
        metric_aggregation_type: how the alarm's datapoints become one value.
    """

    steps: tuple[StepAdjustment, ...]
    adjustment_type: AdjustmentType = AdjustmentType.CHANGE_IN_CAPACITY
    cooldown_seconds: float = 300
    min_adjustment_magnitude: int | None = None
    metric_aggregation_type: MetricAggregation = MetricAggregation.AVERAGE

    def __post_init__(self) -> None:
        wrong = list(self._problems())
        if wrong:
            raise InvalidPolicyError("; ".join(wrong))

    def _problems(self) -> Sequence[str]:
        """Say what the API refuses (API Reference, StepAdjustment; StepScalingPolicyConfiguration)."""
        ordered = sorted(self.steps, key=lambda each: each.low)
        found = [] if ordered else ["steps: take at least one"]
        found += [
            f"step {each}: the upper bound must be greater than the lower one, and one of them not null"
            for each in ordered
            if not each.low < each.high or (each.low, each.high) == (-inf, inf)
        ]
        found += [
            f"steps {low} and {high}: they overlap or leave a gap; begin one where the other ends"
            for low, high in pairwise(ordered)
            if low.high != high.low
        ]
        if ordered and ordered[0].low < 0 and ordered[0].lower_bound is not None:
            found.append(f"step {ordered[0]}: below 0, the lowest step has no lower bound")
        if ordered and ordered[-1].high > 0 and ordered[-1].upper_bound is not None:
            found.append(f"step {ordered[-1]}: above 0, the highest step has no upper bound")
        if self.cooldown_seconds < 0:
            found.append(f"cooldown_seconds {self.cooldown_seconds}: take 0 or more")
        return found

    def decide(
        self,
        state: ScalingState,
        datapoints: Sequence[float | None],
        threshold: float,
        capacity: ScalableCapacity,
        now_seconds: float,
    ) -> Decision:
        """Return the capacity that the step for this breach asks for; call it while the alarm is in ALARM.

        During the cooldown of a scale-out, what it added counts as part of what this one adds, so that only a
        larger one goes through; a scale-in waits for its cooldown, which any scale-out stops (Application
        Auto Scaling User Guide, "How step scaling works", cooldown period).

        Args:
            state: the target's cooldowns so far.
            datapoints: the metric over the alarm's evaluation periods, oldest first, None where it had none.
            threshold: the alarm's threshold.
            capacity: the target's capacity now.
            now_seconds: the time on the clock that ``state`` was made on.
        """
        known = [each for each in datapoints if each is not None]
        if not known:
            return hold("the alarm's metric has no datapoint", state, capacity)
        step = self._step(self._aggregate(known) - threshold)
        if step is None:
            return hold("no step covers this breach", state, capacity)
        cooling = state.scaled_out_within(self.cooldown_seconds, now_seconds)
        wanted = capacity.clamp(self._adjusted(step, capacity.desired))
        within_cooldown = cooling and wanted > capacity.desired
        if within_cooldown:
            wanted = capacity.clamp(self._adjusted(step, state.scaled_out_from))
            if wanted <= capacity.desired:
                return hold("a scale-out cooldown runs, and this one is no larger", state, capacity)
        if wanted < capacity.desired and state.scaled_in_within(self.cooldown_seconds, now_seconds):
            return hold("a scale-in cooldown runs", state, capacity)
        if wanted == capacity.desired:
            return hold("the capacity is already what the step asks for", state, capacity)
        after = state.after(capacity.desired, wanted, now_seconds, within_cooldown=within_cooldown)
        direction = Direction.OUT if wanted > capacity.desired else Direction.IN
        reason = f"the step of {step.scaling_adjustment} applies: {capacity.desired} to {wanted}"
        return Decision(wanted, direction, reason, after)

    def _aggregate(self, known: Sequence[float]) -> float:
        if self.metric_aggregation_type is MetricAggregation.MAXIMUM:
            return max(known)
        if self.metric_aggregation_type is MetricAggregation.MINIMUM:
            return min(known)
        return sum(known) / len(known)

    def _step(self, breach: float) -> StepAdjustment | None:
        """Above the threshold a step includes its lower bound, below it its upper one (StepAdjustment)."""
        above = (each for each in self.steps if breach >= 0 and each.low <= breach < each.high)
        below = (each for each in self.steps if breach <= 0 and each.low < breach <= each.high)
        return next(above, None) or next(below, None)

    def _adjusted(self, step: StepAdjustment, base: int) -> int:
        """Apply the adjustment to ``base`` ("How step scaling works", scaling adjustment types)."""
        if self.adjustment_type is AdjustmentType.EXACT_CAPACITY:
            return step.scaling_adjustment
        change = step.scaling_adjustment
        if self.adjustment_type is AdjustmentType.PERCENT_CHANGE_IN_CAPACITY:
            exact = base * step.scaling_adjustment / 100
            magnitude = max(1, floor(exact)) if exact > 0 else max(1, -ceil(exact))
            magnitude = max(magnitude, self.min_adjustment_magnitude or 0)
            change = magnitude if step.scaling_adjustment > 0 else -magnitude if exact else 0
        return max(0, base + change)


def scale_from_zero() -> StepScaling:
    """Return AWS's policy that brings a component without copies its first one.

    SageMaker Developer Guide, "Scale an endpoint to zero instances": one copy more, Maximum, a cooldown of
    60 seconds, on an alarm over ``NoCapacityInvocationFailures`` of at least 1 in one period of 30 seconds.
    """
    return StepScaling(
        (StepAdjustment(1, lower_bound=0),),
        cooldown_seconds=60,
        metric_aggregation_type=MetricAggregation.MAXIMUM,
    )
