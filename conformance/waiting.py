"""Waits with an end."""

import time
from collections.abc import Callable

from conformance.account import Account

__all__ = ["until"]


def until(account: Account, what: str, holds: Callable[[], bool], seconds: float | None = None) -> None:
    """Look again and again until ``holds`` returns True.

    Args:
        account: whose pace counts.
        what: is waited for, in words.
        holds: looks.
        seconds: at most, in real time; the pace's longest wait if not given.

    Raises:
        TimeoutError: it takes longer.
    """
    longest = account.pace.wait_seconds if seconds is None else seconds
    deadline = time.monotonic() + longest
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} takes more than {longest:.0f} s")
        time.sleep(account.pace.poll_seconds)
