"""Patience with an inference component that has scaled to zero."""

from collections.abc import Callable
from typing import TypeVar

from invocation.errors import NoCapacityError

__all__ = ["while_no_capacity"]

_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 15.0

_Result = TypeVar("_Result")


def while_no_capacity(
    call: Callable[[], _Result], *, timeout_seconds: float, sleep: Callable[[float], None]
) -> _Result:
    """Return what ``call`` does, which is repeated, with longer and longer pauses, while there is no copy.

    Raises:
        NoCapacityError: there is still none after ``timeout_seconds``.
    """
    waited_seconds, pause_seconds = 0.0, _FIRST_PAUSE_SECONDS
    while True:
        try:
            return call()
        except NoCapacityError:
            left_seconds = timeout_seconds - waited_seconds
            if left_seconds <= 0:
                raise
        pause_seconds = min(pause_seconds, left_seconds)
        sleep(pause_seconds)
        waited_seconds += pause_seconds
        pause_seconds = min(2 * pause_seconds, _LONGEST_PAUSE_SECONDS)
