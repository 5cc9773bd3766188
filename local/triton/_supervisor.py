"""Runs one Triton and clears up after it, however it ends: ``python -I -S _supervisor.py SETTINGS``.

The process that starts a server may be killed without a chance to stop it, so a small process of its own
stands between the two. It ends every process of the server when it is told to, when the server ends, when its
pipe from the starter closes or when the starter is gone. Should it be killed itself, the kernel kills the
server (PR_SET_PDEATHSIG), Triton's Python stubs end without their server, and the next start sweeps up
(``_server_folders``). Standard library only, and nothing of ours: it is run as a file.
"""

import contextlib
import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = [
    "MARK_VARIABLE",
    "SupervisorSettings",
    "kill_marked_processes",
    "remove_shared_memory",
    "shared_memory_prefix",
]

MARK_VARIABLE = "SEATRIAL_TRITON_SERVER"
"""Every process of a server carries its server's id in this environment variable."""

_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - not a temporary file: where Linux has POSIX shared memory
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_PR_SET_CHILD_SUBREAPER = 36
_CLEAR_UP_SECONDS = 10.0
_CHECK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class SupervisorSettings:
    """What a supervisor is told.

    Attributes:
        server_id: unique; names the server's shared memory.
        command: tritonserver and its arguments.
        folder: the server's own, removed at the end.
        starter_pid: the process whose end ends the server.
        report_fd: where the server's pid is written, as one line.
    """

    server_id: str
    command: tuple[str, ...]
    folder: str
    starter_pid: int
    report_fd: int

    def to_json(self) -> str:
        """Return the settings as the command's one argument."""
        return json.dumps(asdict(self))


def shared_memory_prefix(server_id: str) -> str:
    """Return how the names of the server's shared memory begin."""
    return f"seatrial_{server_id}_"


def remove_shared_memory(server_id: str) -> None:
    """Remove what the server left in shared memory."""
    for path in _SHARED_MEMORY.glob(f"{shared_memory_prefix(server_id)}*"):
        path.unlink(missing_ok=True)


def kill_marked_processes(server_id: str, timeout_seconds: float = _CLEAR_UP_SECONDS) -> None:
    """Kill every process that carries the server's mark, but this one; wait until none is left.

    Raises:
        TimeoutError: some can't be killed.
    """
    deadline = time.monotonic() + timeout_seconds
    while left := list(_marked_processes(server_id)):
        if time.monotonic() > deadline:
            raise TimeoutError(f"processes {left} of a stopped Triton don't end within {timeout_seconds} s")
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        _reap()
        time.sleep(0.005)


def _marked_processes(server_id: str) -> Iterator[int]:
    mark = f"{MARK_VARIABLE}={server_id}".encode()
    for process in Path("/proc").iterdir():
        if process.name.isdecimal() and int(process.name) != os.getpid():
            with contextlib.suppress(OSError):  # ended meanwhile, or another user's
                if mark in (process / "environ").read_bytes().split(b"\0"):
                    yield int(process.name)


def _reap() -> None:
    """Take in every child that has ended."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _start(settings: SupervisorSettings) -> subprocess.Popen[bytes]:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # stubs that lose their server become ours
    supervisor_pid = os.getpid()

    def die_with_supervisor() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != supervisor_pid:
            os._exit(1)

    return subprocess.Popen(
        settings.command,
        stdin=subprocess.DEVNULL,
        env={**os.environ, MARK_VARIABLE: settings.server_id},
        preexec_fn=die_with_supervisor,  # noqa: PLW1509 - this process has one thread
    )


def _watch(server: subprocess.Popen[bytes], starter_pid: int) -> float:
    """Wait until the server has ended or must; return how many seconds it may still take."""
    server_fd = os.pidfd_open(server.pid)
    stop_fd = sys.stdin.fileno()
    while True:
        readable, _, _ = select.select([server_fd, stop_fd], [], [], _CHECK_SECONDS)
        if stop_fd in readable:
            return float(sys.stdin.readline() or 0)  # the starter's end closes the pipe: no line
        if server_fd in readable or os.getppid() != starter_pid:
            return 0


def _ask_to_end(server: subprocess.Popen[bytes], grace_seconds: float) -> None:
    if grace_seconds > 0:
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(grace_seconds)


def _raise_exit(_signal: int, _frame: object) -> None:
    raise SystemExit


def main() -> None:
    """Run the server that the settings describe until it ends or must end; leave nothing of it."""
    document = json.loads(sys.argv[1])
    settings = SupervisorSettings(**{**document, "command": tuple(document["command"])})
    signal.signal(signal.SIGTERM, _raise_exit)
    grace_seconds = 0.0
    server = _start(settings)
    try:
        os.write(settings.report_fd, f"{server.pid}\n".encode())
        os.close(settings.report_fd)
        grace_seconds = _watch(server, settings.starter_pid)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        _ask_to_end(server, grace_seconds)
        kill_marked_processes(settings.server_id)
        remove_shared_memory(settings.server_id)
        shutil.rmtree(settings.folder, ignore_errors=True)


if __name__ == "__main__":
    main()
