"""Target tracking: keeping a metric per copy near a value."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, inf

from planning.control.alarm import Alarm, AlarmState, Comparison
from planning.control.errors import InvalidPolicyError
from planning.control.scaling import Decision, Direction, ScalableCapacity, ScalingState, hold

__all__ = ["TargetTracking"]

_ROUNDING_DIGITS = 9
"""Copies are rounded up after this many digits, so that 3 x 0.1 / 0.1 is three copies and not four."""


@dataclass(frozen=True, slots=True)
class TargetTracking:
    """A target tracking scaling policy on a metric per copy or per instance.

    The two alarms it creates look at 3 and at 15 datapoints of a minute (AWS Machine Learning Blog, "Reduce
    model deployment costs by 50% on average using the latest features of Amazon SageMaker", auto scaling of
    inference components). A high-resolution metric has a datapoint every 10 seconds; it scales out sooner,
    and in at the same speed (SageMaker Developer Guide, "Define a scaling policy", high-resolution metrics).

    Attributes:
        target_value: the value of the metric to keep.
        scale_out_cooldown_seconds: see ``decide``; 300 is the default for SageMaker (Application Auto Scaling
            User Guide, "How target tracking scaling works", cooldown periods).
        scale_in_cooldown_seconds: likewise.
        disable_scale_in: the policy never removes capacity.
        high_resolution: the metric has a datapoint every 10 seconds instead of every 60.
        scale_in_fraction: Assumed: the metric is low below this part of the target; the guide says "usually
            more than 10% lower".
        scale_out_datapoints: how many datapoints in a row must be above the target. Assumed for a
            high-resolution metric: as many as of a minute's.
        scale_in_minutes: for how long every datapoint must be low.
    """

    target_value: float
    scale_out_cooldown_seconds: float = 300
    scale_in_cooldown_seconds: float = 300
    disable_scale_in: bool = False
    high_resolution: bool = False
    scale_in_fraction: float = 0.9
    scale_out_datapoints: int = 3
    scale_in_minutes: int = 15

    def __post_init__(self) -> None:
        wrong = [
            f"{name} {getattr(self, name)!r}: take {allowed}"
            for name, low, high, allowed in (
                ("target_value", 0, inf, "more than 0"),
                ("scale_in_fraction", 0, 1, "more than 0 and at most 1"),
                ("scale_out_cooldown_seconds", -1, inf, "0 or more"),
                ("scale_in_cooldown_seconds", -1, inf, "0 or more"),
                ("scale_out_datapoints", 0, inf, "1 or more"),
                ("scale_in_minutes", 0, inf, "1 or more"),
            )
            if not low < getattr(self, name) <= high
        ]
        if wrong:
            raise InvalidPolicyError("; ".join(wrong))

    @property
    def period_seconds(self) -> int:
        """Length of a period of the metric."""
        return 10 if self.high_resolution else 60

    @property
    def scale_out_alarm(self) -> Alarm:
        """The alarm that makes the policy scale out."""
        return Alarm(
            self.target_value,
            Comparison.GREATER,
            self.scale_out_datapoints,
            period_seconds=self.period_seconds,
        )

    @property
    def scale_in_alarm(self) -> Alarm:
        """The alarm that makes the policy scale in."""
        return Alarm(
            self.target_value * self.scale_in_fraction,
            Comparison.LESS,
            self.scale_in_minutes * 60 // self.period_seconds,
            period_seconds=self.period_seconds,
        )

    @property
    def window(self) -> int:
        """How many datapoints ``decide`` looks at."""
        return max(self.scale_out_alarm.evaluation_periods, self.scale_in_alarm.evaluation_periods)

    def decide(
        self,
        state: ScalingState,
        datapoints: Sequence[float | None],
        capacity: ScalableCapacity,
        now_seconds: float,
    ) -> Decision:
        """Return the capacity that brings the metric back to its target.

        * Out: in proportion to the metric, rounded up. During the scale-out cooldown only a larger scale-out
          goes through, counted from the capacity that the one before started from.
        * In: gradually, never to where the metric would be above its target, and not within the scale-in
          cooldown. A scale-out stops that cooldown.
        * Missing data never scales in, and without a copy there is no metric: step scaling leads out of zero.

        Source: Application Auto Scaling User Guide, "How target tracking scaling works" (how it works, define
        cooldown periods, considerations). Assumed: the newest datapoint sizes a scale-out, the highest one of
        the window a scale-in.

        Args:
            state: the target's cooldowns so far.
            datapoints: the metric per period, oldest first, None where it had none. ``window`` suffice.
            capacity: the target's capacity now.
            now_seconds: the time on the clock that ``state`` was made on.
        """
        if not capacity.in_service:
            return hold("no copy is in service, so there is no metric", state, capacity)
        if self.scale_out_alarm.evaluate(datapoints) is AlarmState.ALARM:
            return self._scale_out(state, datapoints, capacity, now_seconds)
        if self.disable_scale_in or self.scale_in_alarm.evaluate(datapoints) is not AlarmState.ALARM:
            return hold("the metric is near its target, or too little of it is known", state, capacity)
        return self._scale_in(state, datapoints, capacity, now_seconds)

    def _scale_out(
        self,
        state: ScalingState,
        datapoints: Sequence[float | None],
        capacity: ScalableCapacity,
        now_seconds: float,
    ) -> Decision:
        cooling = state.scaled_out_within(self.scale_out_cooldown_seconds, now_seconds)
        base = capacity.in_service
        if cooling:
            base = min(base, state.scaled_out_from) or base
        newest = datapoints[-1] or 0.0
        wanted = capacity.clamp(self._copies(base, newest))
        if wanted <= capacity.desired:
            why = (
                "a scale-out cooldown runs, and this one is no larger" if cooling else "it is at its maximum"
            )
            return hold(f"the metric is above its target, but {why}", state, capacity)
        after = state.after(capacity.desired, wanted, now_seconds, within_cooldown=cooling)
        reason = f"{newest:g} is above the target {self.target_value:g}: {capacity.desired} to {wanted}"
        return Decision(wanted, Direction.OUT, reason, after)

    def _scale_in(
        self,
        state: ScalingState,
        datapoints: Sequence[float | None],
        capacity: ScalableCapacity,
        now_seconds: float,
    ) -> Decision:
        if state.scaled_in_within(self.scale_in_cooldown_seconds, now_seconds):
            return hold("the metric is low, but a scale-in cooldown runs", state, capacity)
        window = datapoints[-self.scale_in_alarm.evaluation_periods :]
        highest = max(each for each in window if each is not None)
        wanted = capacity.clamp(self._copies(capacity.in_service, highest))
        if wanted >= capacity.desired:
            return hold("the metric is low, but needs all that there is", state, capacity)
        after = state.after(capacity.desired, wanted, now_seconds)
        reason = f"{highest:g} is below the target {self.target_value:g}: {capacity.desired} to {wanted}"
        return Decision(wanted, Direction.IN, reason, after)

    def _copies(self, base: int, metric: float) -> int:
        return ceil(round(base * metric / self.target_value, _ROUNDING_DIGITS))
