"""The processes of a server that nobody supervises any more: found by the mark that each of them carries."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from local.triton._supervisor import MARK_VARIABLE

__all__ = ["kill_marked_processes", "marked_processes"]

_CLEAR_UP_SECONDS = 10.0
_PAUSE_SECONDS = 0.005
_EMPTY_SCANS = 2  # a process shows no variables for a moment, while it becomes another program


def kill_marked_processes(server_id: str, timeout_seconds: float = _CLEAR_UP_SECONDS) -> None:
    """Kill every process that carries the server's mark, but this one; wait until none is left.

    Raises:
        TimeoutError: some can't be killed.
    """
    deadline = time.monotonic() + timeout_seconds
    empty_scans = 0
    while empty_scans < _EMPTY_SCANS:
        left = list(marked_processes(server_id))
        empty_scans = 0 if left else empty_scans + 1
        if left and time.monotonic() > deadline:
            raise TimeoutError(f"processes {left} of a stopped server don't end within {timeout_seconds} s")
        for pid in left:
            with contextlib.suppress(ProcessLookupError):  # ended meanwhile
                os.kill(pid, signal.SIGKILL)
        time.sleep(_PAUSE_SECONDS)


def marked_processes(server_id: str) -> Iterator[int]:
    """Yield the pid of every process that carries the server's mark, but this one's."""
    mark = f"{MARK_VARIABLE}={server_id}".encode()
    for process in Path("/proc").iterdir():
        if process.name.isdecimal() and int(process.name) != os.getpid():
            with contextlib.suppress(OSError):  # ended meanwhile, or another user's
                if mark in (process / "environ").read_bytes().split(b"\0"):
                    yield int(process.name)
