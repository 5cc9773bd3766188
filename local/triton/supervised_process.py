"""A server's process under a supervisor of its own: started, watched, stopped, and nothing left of it."""

import os
import select
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path

from local.triton import _supervisor
from local.triton._ports import LOOPBACK, reserve_port
from local.triton._server_folders import ServerFolder, make_server_folder, sweep_server_folders
from local.triton._supervisor import SupervisorSettings
from local.triton.errors import SupervisorError

__all__ = ["LOOPBACK", "ServerFolder", "SupervisedProcess", "reserve_port"]

_REPORT_SECONDS = 30.0  # a moment, on a machine that isn't stuck
_CLEAR_UP_SECONDS = 25.0  # the bounds of runner and supervisor, and some more


class SupervisedProcess:
    """One server's process; make one with ``start``. Every method may be called from any thread.

    Attributes:
        pid: of the server's process.
    """

    def __init__(self, supervisor: "subprocess.Popen[bytes]", servers_folder: Path, pid: int) -> None:
        self.pid = pid
        self._supervisor = supervisor
        self._servers_folder = servers_folder
        self._pid_fd = _open_pid(pid)
        if self._pid_fd is not None:
            weakref.finalize(self, os.close, self._pid_fd)
        self._stopping = threading.Lock()

    @classmethod
    def start(
        cls,
        servers_folder: Path,
        command: Callable[[ServerFolder], tuple[str, ...]],
        variables: Mapping[str, str],
        log_path: Path,
    ) -> "SupervisedProcess":
        """Start a process that ends with this one, at the latest; it need not be ready yet.

        Args:
            servers_folder: where every running server has a folder of its own.
            command: returns program and arguments, given the new server's folder, which goes with it.
            variables: the process's environment.
            log_path: the process's output is appended to it.

        Raises:
            SupervisorError: the process could not be started; the log says why.
            TritonError: another process holds the folder of servers.
        """
        folder = make_server_folder(servers_folder)
        try:
            supervisor, pid = _start_supervisor(command(folder), variables, folder, log_path)
        finally:
            os.close(folder.lock_fd)  # the supervisor has inherited it, or there is nothing to lock
        return cls(supervisor, servers_folder, pid)

    def wait_dead(self, timeout_seconds: float) -> bool:
        """Wait until the process has ended, at most; return whether it has."""
        if self._pid_fd is None:
            return True
        return _is_readable(self._pid_fd, timeout_seconds)

    def stop(self, timeout_seconds: float) -> None:
        """End the process and wait until nothing is left of it; harmless where it has ended.

        Args:
            timeout_seconds: how long it may finish what it is doing; 0 kills it at once, which is right where
                no request is in flight.

        Raises:
            TritonError: its processes can't be ended.
        """
        with self._stopping:
            if self._supervisor.stdin is None or self._supervisor.stdin.closed:
                return
            try:
                self._supervisor.stdin.write(f"{timeout_seconds}\n".encode())
                self._supervisor.stdin.close()
            except BrokenPipeError:
                pass  # the supervisor is gone already
            if not _wait_ended(self._supervisor, timeout_seconds + _CLEAR_UP_SECONDS):
                _end(self._supervisor)
            if self._supervisor.returncode != 0:
                sweep_server_folders(self._servers_folder)
            # A killed process loses its mark, its environment, a moment before its last thread has ended.
            self.wait_dead(_CLEAR_UP_SECONDS)


def _start_supervisor(
    command: tuple[str, ...], variables: Mapping[str, str], folder: ServerFolder, log_path: Path
) -> "tuple[subprocess.Popen[bytes], int]":
    report_fd, supervisor_report_fd = os.pipe()
    settings = SupervisorSettings(
        folder.server_id, command, str(folder.path), folder.lock_fd, os.getpid(), supervisor_report_fd
    )
    with os.fdopen(report_fd) as report:
        try:
            with log_path.open("ab") as output:
                supervisor = subprocess.Popen(
                    (sys.executable, "-I", "-S", _supervisor.__file__, settings.to_json()),
                    stdin=subprocess.PIPE,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=dict(variables),
                    pass_fds=(supervisor_report_fd, folder.lock_fd),
                    start_new_session=True,
                )
        finally:
            os.close(supervisor_report_fd)
        # The line is empty where the runner has ended.
        line = report.readline() if _is_readable(report_fd, _REPORT_SECONDS) else ""
    if not line:
        _end(supervisor)
        supervisor.communicate()
        raise SupervisorError(f"the server's process can't be started (log: {log_path})")
    return supervisor, int(line)


def _end(supervisor: "subprocess.Popen[bytes]") -> None:
    """Have the supervisor kill whatever is below it; kill it where it doesn't."""
    supervisor.terminate()
    if not _wait_ended(supervisor, _CLEAR_UP_SECONDS):
        supervisor.kill()
        supervisor.wait()


def _wait_ended(supervisor: "subprocess.Popen[bytes]", timeout_seconds: float) -> bool:
    """Do what ``Popen.wait`` does, which looks only now and then: up to twice as late as it could."""
    if supervisor.poll() is not None:
        return True
    pid_fd = _open_pid(supervisor.pid)
    if pid_fd is not None:
        try:
            if not _is_readable(pid_fd, timeout_seconds):
                return False
        finally:
            os.close(pid_fd)
    supervisor.wait()
    return True


def _open_pid(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError:
        return None


def _is_readable(fd: int, timeout_seconds: float) -> bool:
    poll = select.poll()  # select.select takes no descriptor above 1023, which a busy process has
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(timeout_seconds * 1000))
