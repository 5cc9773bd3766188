"""Runs one server and clears up after it, however it ends: ``python -I -S _supervisor.py SETTINGS``.

The process that starts a server may be killed without a chance to stop it, so two small processes stand
between them: the supervisor, which the starter knows, and its child, the runner, which runs the server. The
runner ends the server when it is told to and when its pipe from the starter closes, the supervisor when the
starter is gone, and each clears up when the server, or the other of the two, has ended. Both are subreapers:
whatever of the server loses its parent, at whatever moment, becomes the child of the one that is left, and
nothing is left of the server once that one has no child. Should both be killed, the kernel kills the server
(PR_SET_PDEATHSIG), and the next start sweeps up (``_server_folders``). Standard library only, and nothing of
ours: it is run as a file.
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

__all__ = ["MARK_VARIABLE", "SupervisorSettings", "remove_shared_memory", "shared_memory_prefix"]

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
        lock_fd: holds the folder's lock, for as long as the supervisor lives.
        starter_pid: the process whose end ends the server.
        report_fd: where the server's pid is written, as one line.
    """

    server_id: str
    command: tuple[str, ...]
    folder: str
    lock_fd: int
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


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl({option})")


def _run(settings: SupervisorSettings, supervisor_fd: int) -> None:
    """Be the runner, until the server has ended or must end; it may still run then."""
    os.setsid()  # a kill of the supervisor's process group spares this one, and the other way round
    os.close(settings.lock_fd)
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    server = _start(settings)
    os.write(settings.report_fd, f"{server.pid}\n".encode())
    os.close(settings.report_fd)
    grace_seconds = _watch(server, supervisor_fd)
    if grace_seconds > 0:
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):  # then it is killed
            server.wait(grace_seconds)


def _start(settings: SupervisorSettings) -> subprocess.Popen[bytes]:
    runner_pid = os.getpid()

    def die_with_runner() -> None:
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != runner_pid:
            os._exit(1)

    return subprocess.Popen(
        settings.command,
        stdin=subprocess.DEVNULL,
        env={**os.environ, MARK_VARIABLE: settings.server_id},
        preexec_fn=die_with_runner,  # noqa: PLW1509 - this process has one thread
    )


def _watch(server: subprocess.Popen[bytes], supervisor_fd: int) -> float:
    """Wait until the server has ended or must; return how many seconds it may still take."""
    stop_fd = sys.stdin.fileno()
    readable, _, _ = select.select([os.pidfd_open(server.pid), stop_fd, supervisor_fd], [], [])
    # The starter's end closes the pipe, too, but without a line.
    return float(sys.stdin.readline() or 0) if stop_fd in readable else 0


def _supervise(settings: SupervisorSettings, runner_pid: int) -> None:
    """Be the supervisor, until the runner has ended or the starter is gone.

    The starter's pipe may stay open without it: its other children have inherited it where they were forked.
    """
    os.close(settings.report_fd)  # the runner's alone, so that its end tells the starter
    runner_fd = os.pidfd_open(runner_pid)
    while os.getppid() == settings.starter_pid:
        if select.select([runner_fd], [], [], _CHECK_SECONDS)[0]:
            return


def _kill_children() -> None:
    """Kill every child, and so what becomes one; wait until none is left.

    Raises:
        TimeoutError: some can't be killed.
    """
    deadline = time.monotonic() + _CLEAR_UP_SECONDS
    while _reap():
        left = list(_children())
        if time.monotonic() > deadline:
            raise TimeoutError(f"processes {left} of a stopped server don't end within {_CLEAR_UP_SECONDS} s")
        for pid in left:
            with contextlib.suppress(PermissionError):  # another user's: the others first, then the deadline
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.005)


def _reap() -> bool:
    """Take in every child that has ended; return whether there are others."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def _children() -> Iterator[int]:
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            with contextlib.suppress(OSError):  # ended meanwhile
                if int((process / "stat").read_bytes().rpartition(b")")[2].split()[1]) == os.getpid():
                    yield int(process.name)


def _raise_exit(_signal: int, _frame: object) -> None:
    raise SystemExit


def main() -> None:
    """Run the server that the settings describe until it ends or must end; leave nothing of it."""
    document = json.loads(sys.argv[1])
    settings = SupervisorSettings(**{**document, "command": tuple(document["command"])})
    signal.signal(signal.SIGTERM, _raise_exit)
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    supervisor_fd = os.pidfd_open(os.getpid())  # opened here: the runner could be too late to find it
    runner_pid = os.fork()
    try:
        if runner_pid == 0:
            _run(settings, supervisor_fd)
        else:
            _supervise(settings, runner_pid)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        _kill_children()
        remove_shared_memory(settings.server_id)
        shutil.rmtree(settings.folder, ignore_errors=True)


if __name__ == "__main__":
    main()
