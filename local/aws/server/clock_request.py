"""``POST /_seatrial/clock`` with ``{"advance_seconds": N}``: moves the server's clock ahead, for tests."""

import json

from local.aws.server.clock import Clock
from local.aws.server.runtime_answers import Answer

__all__ = ["advance_clock"]

_MOST_SECONDS = 7 * 86400.0
_TIMEOUT_SECONDS = 300.0
"""In real time, for the work that falls due meanwhile."""


def advance_clock(clock: Clock, body: bytes) -> Answer:
    """Move the clock and answer what it shows then: ``{"now": seconds since the epoch}``."""
    try:
        seconds = float(json.loads(body)["advance_seconds"])
    except (ValueError, TypeError, KeyError):
        return _refused(400, 'The body must be {"advance_seconds": N}.')
    if not 0 <= seconds <= _MOST_SECONDS:
        return _refused(400, f"advance_seconds must be from 0 to {_MOST_SECONDS:.0f}, not {seconds:g}.")
    try:
        return Answer(200, None, json.dumps({"now": clock.advance(seconds, _TIMEOUT_SECONDS)}).encode())
    except TimeoutError as error:
        return _refused(503, str(error))


def _refused(status: int, message: str) -> Answer:
    return Answer(status, None, json.dumps({"message": message}).encode())
