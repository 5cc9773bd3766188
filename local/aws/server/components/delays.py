"""How long instances and copies take on the server's clock, which is nothing unless somebody says so.

``POST /_seatrial/delays`` sets it. On the laptop an instance is there at once and a copy as soon as its
Triton is; at AWS both take minutes, in which requests fail. A replay of a day sets what it assumes.
"""

import json
import threading
from dataclasses import asdict, dataclass, fields, replace

from local.aws.server.runtime_answers import Answer
from planning.control.instance_scaling import ManagedInstanceScaling

__all__ = ["DelayTimes", "Delays", "answer_delays"]

_MOST_SECONDS = 86400.0


@dataclass(frozen=True, slots=True)
class DelayTimes:
    """How long things take, in seconds on the server's clock.

    Attributes:
        provisioning_seconds: from an instance's launch until copies can start on it.
        copy_start_seconds: from then, or from its placement if the instance is there, until a copy answers.
        idle_release_seconds: how long an instance without copies stays; None for the server's own.
    """

    provisioning_seconds: float = 0.0
    copy_start_seconds: float = 0.0
    idle_release_seconds: float | None = None


class Delays:
    """The delays in force. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._times = DelayTimes()

    @property
    def times(self) -> DelayTimes:
        """What is in force."""
        with self._lock:
            return self._times

    def put(self, times: DelayTimes) -> None:
        """Have what is launched, placed or released from now on take so long."""
        with self._lock:
            self._times = times

    def on_release(self, scaling: ManagedInstanceScaling) -> ManagedInstanceScaling:
        """Return ``scaling`` with the idle time in force."""
        seconds = self.times.idle_release_seconds
        if seconds is None:
            return scaling
        return replace(scaling, scale_in=replace(scaling.scale_in, idle_release_delay_seconds=seconds))


def answer_delays(delays: Delays, body: bytes) -> Answer:
    """Put in force what a request's body says, and answer all that is; what it leaves out is as at first."""
    try:
        times = _times_of(json.loads(body))
    except (ValueError, TypeError):
        names = ", ".join(each.name for each in fields(DelayTimes))
        allowed = f"The body must be an object with {names}, each from 0 to {_MOST_SECONDS:.0f}."
        return Answer(400, None, json.dumps({"message": allowed}).encode())
    delays.put(times)
    return Answer(200, None, json.dumps(asdict(times)).encode())


def _times_of(asked: object) -> DelayTimes:
    if not isinstance(asked, dict):
        raise TypeError
    idle = asked.get("idle_release_seconds")
    given = {name: float(asked[name]) for name in asked if name != "idle_release_seconds"}
    times = DelayTimes(**given, idle_release_seconds=None if idle is None else float(idle))
    if not all(each is None or 0 <= each <= _MOST_SECONDS for each in asdict(times).values()):
        raise ValueError
    return times
