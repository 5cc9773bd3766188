"""The server's clock, which tests can move ahead.

Metrics, alarms, cooldowns and the waits of rolling updates go by it. It runs with the wall clock until
somebody advances it. Advancing is the turn-based kind: the clock jumps from one moment that somebody sleeps
for to the next, and before each jump everybody who works has finished. So an hour passes in a second, and
what happens in it is what would happen in an hour in which Tritons start at once.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

__all__ = ["Clock"]

_logger = logging.getLogger("seatrial.clock")

_LONGEST_WAIT_SECONDS = 3600.0
"""How long one wait on the condition may take; another follows."""


@dataclass(slots=True, eq=False)
class _Sleeper:
    moment: float
    awake: bool = False


class Clock:
    """Time, and who works in it. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._offset_seconds = 0.0
        self._changed = threading.Condition()
        self._one_at_a_time = threading.Lock()
        self._working = 0
        self._sleepers: list[_Sleeper] = []

    def now(self) -> float:
        """Return the time in seconds since the epoch."""
        return time.time() + self._offset_seconds

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """Hold the clock while this thread works, whenever somebody advances it."""
        self._begin()
        try:
            yield
        finally:
            self._end()

    def start(self, name: str, work: Callable[[], None]) -> None:
        """Run ``work`` on a thread of its own, which holds the clock from now on while it works."""
        self._begin()

        def run() -> None:
            try:
                work()
            except Exception:  # a thread has no caller: the log must tell
                _logger.exception("%s failed", name)
            finally:
                self._end()

        threading.Thread(target=run, name=name, daemon=True).start()

    def sleep_until(self, moment: float) -> None:
        """Wait until the clock shows ``moment``, and let go of it meanwhile; else the caller holds it."""
        sleeper = _Sleeper(moment)
        with self._changed:
            self._sleepers.append(sleeper)
            self._working -= 1
            self._changed.notify_all()
            while not sleeper.awake:
                left_seconds = moment - self.now()
                if left_seconds <= 0:
                    self._wake(sleeper)
                else:
                    self._changed.wait(min(left_seconds, _LONGEST_WAIT_SECONDS))

    def advance(self, seconds: float, timeout_seconds: float) -> float:
        """Move the clock ahead and return what it shows then; everybody's work up to there is done.

        Args:
            seconds: how far.
            timeout_seconds: how long the work may take in real time.

        Raises:
            TimeoutError: it takes longer; the clock stays where it has come to.
        """
        deadline = time.monotonic() + timeout_seconds
        with self._one_at_a_time, self._changed:
            end = self.now() + seconds
            while True:
                self._wait_idle(deadline, timeout_seconds)
                now = self.now()
                moment = min([end, *(sleeper.moment for sleeper in self._sleepers)])
                if moment > now:
                    self._offset_seconds += moment - now
                due = [sleeper for sleeper in self._sleepers if sleeper.moment <= self.now()]
                if moment >= end and not due:
                    return self.now()
                for sleeper in due:
                    self._wake(sleeper)
                self._changed.notify_all()

    def _wait_idle(self, deadline: float, timeout_seconds: float) -> None:
        if not self._changed.wait_for(lambda: self._working == 0, deadline - time.monotonic()):
            raise TimeoutError(f"the work under way did not end within {timeout_seconds:.0f} s")

    def _wake(self, sleeper: _Sleeper) -> None:
        self._sleepers.remove(sleeper)
        sleeper.awake = True
        self._working += 1

    def _begin(self) -> None:
        with self._changed:
            self._working += 1

    def _end(self) -> None:
        with self._changed:
            self._working -= 1
            self._changed.notify_all()
