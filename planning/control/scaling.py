"""What the policies of one scalable target share: its capacity, its cooldowns, and how decisions combine."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from planning.control.errors import InvalidPolicyError

__all__ = ["Decision", "Direction", "ScalableCapacity", "ScalingState", "combine", "hold"]


class Direction(StrEnum):
    """Which way a decision goes."""

    OUT = "out"
    IN = "in"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ScalableCapacity:
    """The capacity of a scalable target: copies of a component, or instances of a variant.

    Attributes:
        desired: what it should have now.
        minimum: ``MinCapacity`` of the scalable target.
        maximum: ``MaxCapacity`` of the scalable target.
        running: how many were in service when the newest datapoint was measured, and thus what a metric "per
            copy" was divided by; None when that is ``desired``.
    """

    desired: int
    minimum: int
    maximum: int
    running: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.minimum <= self.maximum:
            raise InvalidPolicyError(
                f"minimum {self.minimum}, maximum {self.maximum}: take 0 <= minimum <= maximum"
            )
        if min(self.desired, self.in_service) < 0:
            raise InvalidPolicyError(
                f"desired {self.desired}, running {self.in_service}: capacities are never negative"
            )

    @property
    def in_service(self) -> int:
        """What the newest datapoint was measured over."""
        return self.desired if self.running is None else self.running

    def clamp(self, wanted: int) -> int:
        """Return what is nearest to ``wanted`` between minimum and maximum.

        Application Auto Scaling User Guide, "How target tracking scaling works", and API Reference,
        RegisterScalableTarget: policies never leave the range.
        """
        return min(max(wanted, self.minimum), self.maximum)


@dataclass(frozen=True, slots=True)
class ScalingState:
    """The cooldowns of one scalable target; ``ScalingState()`` when it is registered.

    Assumed: a target has one pair of cooldowns, whichever policy's activity started them. The documentation
    speaks of "another alarm" that ends a scale-in cooldown, and is silent on the rest.

    Attributes:
        scaled_out_at_seconds: when the last scale-out was decided, on the caller's clock; None for never.
        scaled_out_from: the desired capacity before the scale-out whose cooldown is running.
        scaled_in_at_seconds: when the last scale-in was decided; None for never, and once a scale-out
            cancelled its cooldown.
    """

    scaled_out_at_seconds: float | None = None
    scaled_out_from: int = 0
    scaled_in_at_seconds: float | None = None

    def scaled_out_within(self, cooldown_seconds: float, now_seconds: float) -> bool:
        """Whether a scale-out cooldown of this length still runs."""
        at = self.scaled_out_at_seconds
        return at is not None and now_seconds - at < cooldown_seconds

    def scaled_in_within(self, cooldown_seconds: float, now_seconds: float) -> bool:
        """Whether a scale-in cooldown of this length still runs."""
        at = self.scaled_in_at_seconds
        return at is not None and now_seconds - at < cooldown_seconds

    def after(
        self, before: int, desired: int, now_seconds: float, *, within_cooldown: bool = False
    ) -> "ScalingState":
        """Return the state after the desired capacity went from ``before`` to ``desired``.

        A scale-out starts its cooldown and cancels that of an earlier scale-in; a scale-in starts its own
        (Application Auto Scaling User Guide, "Target tracking scaling policies: define cooldown periods").

        Args:
            before: the desired capacity so far.
            desired: the desired capacity from now on.
            now_seconds: when, on the caller's clock.
            within_cooldown: the activity is a larger scale-out within the cooldown of an earlier one, from
                whose capacity later ones are still counted.
        """
        if desired > before:
            return ScalingState(now_seconds, self.scaled_out_from if within_cooldown else before, None)
        if desired < before:
            return ScalingState(self.scaled_out_at_seconds, self.scaled_out_from, now_seconds)
        return self


@dataclass(frozen=True, slots=True)
class Decision:
    """What one policy wants.

    Attributes:
        desired: the capacity it wants.
        direction: which way that is from the present one.
        reason: why, as a sentence for the scaling activity.
        state: the target's state once the decision is applied; keep the old one if it is not.
    """

    desired: int
    direction: Direction
    reason: str
    state: ScalingState


def hold(reason: str, state: ScalingState, capacity: ScalableCapacity) -> Decision:
    """Return the decision to leave everything as it is."""
    return Decision(capacity.desired, Direction.NONE, reason, state)


def combine(
    target_tracking: Sequence[Decision],
    step_scaling: Sequence[Decision],
    state: ScalingState,
    capacity: ScalableCapacity,
) -> Decision:
    """Return what a scalable target with several policies does.

    It scales out if any policy is ready to, and in only if all target tracking policies are; of several
    that are ready, the one that leaves the largest capacity decides (Application Auto Scaling User Guide,
    "Target tracking scaling policies: multiple scaling policies"; "Step scaling policies: considerations").

    Args:
        target_tracking: one decision of each target tracking policy whose scale-in is not disabled, and
            those of the others that scale out.
        step_scaling: one decision of each step scaling policy whose alarm is in ALARM.
        state: the target's state so far.
        capacity: the target's capacity now.
    """
    every = (*target_tracking, *step_scaling)
    out = [each for each in every if each.direction is Direction.OUT]
    if out:
        return max(out, key=lambda each: each.desired)
    tracked_in = [each for each in target_tracking if each.direction is Direction.IN]
    candidates = [each for each in step_scaling if each.direction is Direction.IN]
    if tracked_in and len(tracked_in) == len(target_tracking):
        candidates += tracked_in
    if candidates:
        return max(candidates, key=lambda each: each.desired)
    return hold("no policy is ready to scale", state, capacity)
