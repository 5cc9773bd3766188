"""A real Triton process on loopback: started, watched, stopped, and nothing left of it, whatever ends it."""

import http.client
import os
import select
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from local.triton import _supervisor
from local.triton._ports import LOOPBACK, reserve_port
from local.triton._repository_files import completes_nothing, missing_model_file
from local.triton._server_folders import ServerFolder, make_server_folder, sweep_server_folders
from local.triton._supervisor import SupervisorSettings, shared_memory_prefix
from local.triton.errors import TritonStartError
from local.triton.log import TritonLog
from local.triton.overlay import Overlay, overlay_repository
from local.triton.runtime import TritonRuntime

__all__ = ["TritonServer"]

_POLL_SECONDS = 0.01
_REQUEST_SECONDS = 5.0
_REPORT_SECONDS = 30.0  # a moment, on a machine that isn't stuck
_EXIT_SECONDS = 3  # how long Triton itself waits for requests in flight once it is asked to end
_CLEAR_UP_SECONDS = 15.0  # the supervisor's own bound, and some more


class TritonServer:
    """One running Triton; make one with ``start``. Every method may be called from any thread.

    Attributes:
        http_port: on 127.0.0.1, where it answers KServe v2.
        pid: of the tritonserver process.
        log: everything that it says.
        overlays: what it serves differently from what the repository says, for want of a GPU.
    """

    def __init__(
        self,
        *,
        supervisor: subprocess.Popen[bytes],
        servers_folder: Path,
        http_port: int,
        pid: int,
        log: TritonLog,
        overlays: tuple[Overlay, ...],
    ) -> None:
        self.http_port = http_port
        self.pid = pid
        self.log = log
        self.overlays = overlays
        self._supervisor = supervisor
        self._servers_folder = servers_folder
        self._pid_fd = _open_pid(pid)
        if self._pid_fd is not None:
            weakref.finalize(self, os.close, self._pid_fd)
        self._stopping = threading.Lock()

    @classmethod
    def start(
        cls,
        runtime: TritonRuntime,
        repository: Path,
        *,
        models: Sequence[str],
        startup_timeout_seconds: float,
        log_path: Path,
        extra_arguments: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> "TritonServer":
        """Start Triton on ``repository`` and wait until it is ready.

        Args:
            runtime: which Triton.
            repository: the model repository; it is read, never written.
            models: the model folders to load, and what they need to have loaded beside them.
            startup_timeout_seconds: how long loading may take.
            log_path: where its log goes; what is there is replaced.
            extra_arguments: of tritonserver.
            environment: variables for its process, over this process's own.

        Raises:
            TritonStartError: it did not become ready in time, or at all; nothing is left of it.
            TritonError: another process holds the folder of servers.
        """
        log = TritonLog.create(log_path)
        for model in models:
            if missing := missing_model_file(repository, model):
                raise TritonStartError(missing, log_path)
        deadline = time.monotonic() + startup_timeout_seconds
        with reserve_port() as port_holder:
            port: int = port_holder.getsockname()[1]
            folder = make_server_folder(runtime.servers_folder)
            try:
                overlays = overlay_repository(repository, folder.path / "repository")
                for overlay in overlays:
                    log.write(f"seatrial: {overlay}")
                served = folder.path / "repository" if overlays else repository
                supervisor, pid = _start_supervisor(
                    (
                        *_repository_arguments(runtime, served, models),
                        *extra_arguments,
                        *_own_arguments(folder.server_id, port),
                    ),
                    {**os.environ, **(environment or {}), **runtime.variables()},
                    folder,
                    log,
                )
            finally:
                os.close(folder.lock_fd)  # the supervisor has inherited it, or there is nothing to lock
            server = cls(
                supervisor=supervisor,
                servers_folder=runtime.servers_folder,
                http_port=port,
                pid=pid,
                log=log,
                overlays=overlays,
            )
            try:
                server._wait_ready(deadline, startup_timeout_seconds)
            except BaseException:
                server.stop(timeout_seconds=0)
                raise
        return server

    def is_alive(self) -> bool:
        """Say whether the tritonserver process runs."""
        return not self.wait_dead(0)

    def wait_dead(self, timeout_seconds: float) -> bool:
        """Wait until the tritonserver process has ended, at most; return whether it has."""
        if self._pid_fd is None:
            return True
        return _is_readable(self._pid_fd, timeout_seconds)

    def stop(self, timeout_seconds: float = 5.0) -> None:
        """End the server and wait until nothing is left of it; harmless where it has ended.

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
            try:
                self._supervisor.wait(timeout_seconds + _CLEAR_UP_SECONDS)
            except subprocess.TimeoutExpired:
                self._supervisor.kill()
                self._supervisor.wait()
            if self._supervisor.returncode != 0:
                sweep_server_folders(self._servers_folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _wait_ready(self, deadline: float, timeout_seconds: float) -> None:
        while time.monotonic() < deadline:
            if self.wait_dead(0):
                raise TritonStartError(self.log.cause(), self.log.path)
            if _answers(self.http_port, "/v2/health/ready"):
                return
            time.sleep(_POLL_SECONDS)
        raise TritonStartError(f"not ready within {timeout_seconds:g} s; {self.log.cause()}", self.log.path)


def _repository_arguments(runtime: TritonRuntime, repository: Path, models: Sequence[str]) -> tuple[str, ...]:
    return (
        str(runtime.server_path),
        f"--model-repository={repository}",
        "--model-control-mode=explicit",
        *(f"--load-model={model}" for model in models),
        *(["--disable-auto-complete-config"] if completes_nothing(repository) else []),
        f"--backend-directory={runtime.backend_folder}",
        f"--cache-directory={runtime.cache_folder}",
    )


def _own_arguments(server_id: str, port: int) -> tuple[str, ...]:
    """Return what must come last, because the last one counts: it listens on loopback alone, and is ours."""
    return (
        f"--id={server_id}",
        f"--backend-config=python,shm-region-prefix-name={shared_memory_prefix(server_id)}",
        f"--exit-timeout-secs={_EXIT_SECONDS}",
        "--allow-http=true",
        f"--http-address={LOOPBACK}",
        f"--http-port={port}",
        "--reuse-http-port=true",
        "--allow-grpc=false",
        "--allow-metrics=false",
        "--allow-sagemaker=false",
        "--allow-vertex-ai=false",
    )


def _start_supervisor(
    command: tuple[str, ...], variables: Mapping[str, str], folder: ServerFolder, log: TritonLog
) -> tuple[subprocess.Popen[bytes], int]:
    report_fd, supervisor_report_fd = os.pipe()
    settings = SupervisorSettings(
        folder.server_id, command, str(folder.path), os.getpid(), supervisor_report_fd
    )
    with os.fdopen(report_fd) as report:
        try:
            with log.path.open("ab") as output:
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
        if not _is_readable(report_fd, _REPORT_SECONDS):
            supervisor.kill()
        line = report.readline()  # empty where the supervisor has ended
    if not line:
        supervisor.communicate()
        raise TritonStartError(log.cause(), log.path)
    return supervisor, int(line)


def _open_pid(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError:
        return None


def _is_readable(fd: int, timeout_seconds: float) -> bool:
    poll = select.poll()  # select.select takes no descriptor above 1023, which a busy process has
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(timeout_seconds * 1000))


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=_REQUEST_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
