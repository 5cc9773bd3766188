"""Minutes and days on the laptop's clock."""

import time
from typing import Protocol

from local.replay.errors import ReplayError

__all__ = ["VirtualTime"]

_MINUTE_SECONDS = 60.0
_DAY_SECONDS = 86_400.0


class MovableClock(Protocol):
    """The laptop's AWS."""

    def advance_clock(self, seconds: float) -> float:
        """Move its clock ahead and return what it shows then; what falls due meanwhile is done."""
        ...


class VirtualTime:
    """Moves the laptop's clock from one moment to the next.

    Args:
        clock: which also runs by itself, with the wall clock.
    """

    def __init__(self, clock: MovableClock) -> None:
        self._clock = clock
        self._ahead_seconds = 0.0
        self._move(0.0)

    def pass_by(self, seconds: float) -> None:
        """Let so much time pass."""
        self._move(seconds)

    def to_midnight(self) -> float:
        """Move to the next midnight, UTC; return it in seconds since the epoch."""
        midnight = (self._now() // _DAY_SECONDS + 1) * _DAY_SECONDS
        self._move(midnight - self._now())
        return midnight

    def to(self, moment: float) -> None:
        """Move to a moment, in seconds since the epoch.

        Raises:
            ReplayError: the clock is a minute beyond it: what was to happen in a minute took longer.
        """
        left_seconds = moment - self._now()
        if left_seconds < -_MINUTE_SECONDS:
            raise ReplayError(
                "a minute's requests took more than a minute: this machine is too busy, or slept. Lower "
                "invocations_per_minute, with the scaling's target, and replay again."
            )
        self._move(max(left_seconds, 0.0))

    def _now(self) -> float:
        return time.time() + self._ahead_seconds

    def _move(self, seconds: float) -> None:
        self._ahead_seconds = self._clock.advance_clock(seconds) - time.time()
