"""Scheduled actions: new limits of a scalable target at a time."""

from dataclasses import dataclass

from planning.control.errors import InvalidPolicyError
from planning.control.scaling import ScalableCapacity

__all__ = ["ScheduledAction"]


@dataclass(frozen=True, slots=True)
class ScheduledAction:
    """What a scheduled action does when its time has come.

    Attributes:
        minimum: the new ``MinCapacity``; None to leave it.
        maximum: the new ``MaxCapacity``; None to leave it.
    """

    minimum: int | None = None
    maximum: int | None = None

    def __post_init__(self) -> None:
        if self.minimum is None and self.maximum is None:
            raise InvalidPolicyError("minimum and maximum are both null: give one of them")

    def apply(self, capacity: ScalableCapacity) -> ScalableCapacity:
        """Return the capacity with the new limits, moved to the nearer one if it lies outside.

        The limits stay until the next action or registration; scaling policies go on between them
        (Application Auto Scaling User Guide, "Scheduled scaling", how scheduled scaling works). Cooldowns
        neither hold it up nor start with it.

        Raises:
            InvalidPolicyError: the minimum would be above the maximum.
        """
        limits = ScalableCapacity(
            capacity.desired,
            capacity.minimum if self.minimum is None else self.minimum,
            capacity.maximum if self.maximum is None else self.maximum,
            capacity.running,
        )
        return ScalableCapacity(
            limits.clamp(capacity.desired), limits.minimum, limits.maximum, capacity.running
        )
