"""A real Triton process on loopback: started, watched, stopped, and nothing left of it, whatever ends it."""

import http.client
import os
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from local.triton._ports import LOOPBACK, reserve_port
from local.triton._repository_files import completes_nothing, missing_model_file
from local.triton._supervisor import shared_memory_prefix
from local.triton.errors import SupervisorError, TritonStartError
from local.triton.log import TritonLog
from local.triton.overlay import Overlay, overlay_repository
from local.triton.runtime import TritonRuntime
from local.triton.supervised_process import ServerFolder, SupervisedProcess

__all__ = ["TritonServer"]

_POLL_SECONDS = 0.01
_REQUEST_SECONDS = 5.0
_EXIT_SECONDS = 3  # how long Triton itself waits for requests in flight once it is asked to end


class TritonServer:
    """One running Triton; make one with ``start``. Every method may be called from any thread.

    Attributes:
        http_port: on 127.0.0.1, where it answers KServe v2.
        log: everything that it says.
        overlays: what it serves differently from what the repository says, for want of a GPU.
    """

    def __init__(
        self,
        *,
        process: SupervisedProcess,
        http_port: int,
        log: TritonLog,
        overlays: tuple[Overlay, ...],
    ) -> None:
        self.http_port = http_port
        self.log = log
        self.overlays = overlays
        self._process = process

    @property
    def pid(self) -> int:
        """Of the tritonserver process."""
        return self._process.pid

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
        cancelled: threading.Event | None = None,
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
            cancelled: set by another thread to give up while it loads.

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
            overlays: tuple[Overlay, ...] = ()

            def command(folder: ServerFolder) -> tuple[str, ...]:
                nonlocal overlays
                overlays = overlay_repository(repository, folder.path / "repository")
                for overlay in overlays:
                    log.write(f"seatrial: {overlay}")
                served = folder.path / "repository" if overlays else repository
                return (
                    *_repository_arguments(runtime, served, models),
                    *extra_arguments,
                    *_own_arguments(folder.server_id, port),
                )

            try:
                process = SupervisedProcess.start(
                    runtime.servers_folder,
                    command,
                    {**os.environ, **(environment or {}), **runtime.variables()},
                    log.path,
                )
            except SupervisorError as error:
                raise TritonStartError(log.cause(), log.path) from error
            server = cls(process=process, http_port=port, log=log, overlays=overlays)
            try:
                server._wait_ready(deadline, startup_timeout_seconds, cancelled)
            except BaseException:
                server.stop(timeout_seconds=0)
                raise
        return server

    def is_alive(self) -> bool:
        """Say whether the tritonserver process runs."""
        return not self.wait_dead(0)

    def wait_dead(self, timeout_seconds: float) -> bool:
        """Wait until the tritonserver process has ended, at most; return whether it has."""
        return self._process.wait_dead(timeout_seconds)

    def stop(self, timeout_seconds: float = 5.0) -> None:
        """End the server and wait until nothing is left of it; harmless where it has ended.

        Args:
            timeout_seconds: how long it may finish what it is doing; 0 kills it at once, which is right where
                no request is in flight.

        Raises:
            TritonError: its processes can't be ended.
        """
        self._process.stop(timeout_seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _wait_ready(self, deadline: float, timeout_seconds: float, cancelled: threading.Event | None) -> None:
        while time.monotonic() < deadline:
            if cancelled is not None and cancelled.is_set():
                raise TritonStartError("given up while it loaded", self.log.path)
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


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=_REQUEST_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
