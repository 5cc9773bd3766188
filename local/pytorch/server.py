"""A PyTorch server's process on loopback: started, watched, stopped, and nothing left of it."""

import http.client
import os
import re
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from local.pytorch import _program
from local.pytorch.contract import PING_PATH
from local.pytorch.errors import PyTorchServerError, PyTorchStartError
from local.pytorch.runtime import PyTorchRuntime
from local.triton.errors import SupervisorError, TritonError
from local.triton.supervised_process import LOOPBACK, SupervisedProcess, reserve_port

__all__ = ["PyTorchServer"]

_POLL_SECONDS = 0.02
_REQUEST_SECONDS = 5.0
_READ_BYTES = 1 << 20  # the end of a log, where it is longer
_LONGEST_CAUSE = 600
_PYTHON_ERROR = re.compile(r"^(?:\w+\.)*\w*(?:Error|Exception|Exit|Interrupt)\b.*")


class PyTorchServer:
    """One running server; make one with ``start``. Every method may be called from any thread.

    Attributes:
        http_port: on 127.0.0.1, where it answers ``/ping`` and ``/invocations``.
        log_path: everything that the toolkit and the user's code print.
    """

    def __init__(self, process: SupervisedProcess, http_port: int, log_path: Path) -> None:
        self.http_port = http_port
        self.log_path = log_path
        self._process = process

    @property
    def pid(self) -> int:
        """Of the process that runs the user's code."""
        return self._process.pid

    @classmethod
    def start(
        cls,
        runtime: PyTorchRuntime,
        model_folder: Path,
        *,
        startup_timeout_seconds: float,
        log_path: Path,
        environment: Mapping[str, str] | None = None,
        cancelled: threading.Event | None = None,
    ) -> "PyTorchServer":
        """Start a server on an unpacked artifact and wait until its model is loaded.

        Args:
            runtime: what it runs on.
            model_folder: the artifact; what ``model_fn`` gets as ``model_dir``.
            startup_timeout_seconds: how long loading may take.
            log_path: where its log goes; what is there is replaced.
            environment: the container's variables.
            cancelled: set by another thread to give up while it loads.

        Raises:
            PyTorchStartError: it did not become ready in time, or at all; nothing is left of it.
            PyTorchServerError: another process holds the folder of servers.
        """
        log_path.parent.mkdir(parents=True, exist_ok=True)
        log_path.write_bytes(b"")
        deadline = time.monotonic() + startup_timeout_seconds
        with reserve_port() as port_holder:
            port: int = port_holder.getsockname()[1]
            command = (str(runtime.python), "-I", _program.__file__, str(model_folder), str(port))
            try:
                process = SupervisedProcess.start(
                    runtime.servers_folder,
                    lambda _: command,
                    {**os.environ, **(environment or {}), **runtime.variables()},
                    log_path,
                )
            except SupervisorError as error:
                raise PyTorchStartError(_cause(log_path), log_path) from error
            except TritonError as error:
                raise PyTorchServerError(str(error)) from error
            server = cls(process, port, log_path)
            try:
                server._wait_ready(deadline, startup_timeout_seconds, cancelled)
            except BaseException:
                server.stop(0)
                raise
        return server

    def wait_dead(self, timeout_seconds: float) -> bool:
        """Wait until the process has ended, at most; return whether it has."""
        return self._process.wait_dead(timeout_seconds)

    def stop(self, timeout_seconds: float = 5.0) -> None:
        """End the server and wait until nothing is left of it; harmless where it has ended.

        Args:
            timeout_seconds: how long it may finish what it is doing; 0 kills it at once.

        Raises:
            PyTorchServerError: its processes can't be ended.
        """
        try:
            self._process.stop(timeout_seconds)
        except TritonError as error:
            raise PyTorchServerError(str(error)) from error

    def _wait_ready(self, deadline: float, timeout_seconds: float, cancelled: threading.Event | None) -> None:
        while time.monotonic() < deadline:
            if cancelled is not None and cancelled.is_set():
                raise PyTorchStartError("given up while it loaded", self.log_path)
            if self.wait_dead(0):
                raise PyTorchStartError(_cause(self.log_path), self.log_path)
            if _is_healthy(self.http_port):
                return
            time.sleep(_POLL_SECONDS)
        raise PyTorchStartError(
            f"not ready within {timeout_seconds:g} s; {_cause(self.log_path)}", self.log_path
        )


def _is_healthy(port: int) -> bool:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=_REQUEST_SECONDS)
    try:
        connection.request("GET", PING_PATH)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _cause(log_path: Path) -> str:
    """Return why the server failed, on one line: the last Python error, else the last that was said."""
    with log_path.open("rb") as file:
        file.seek(max(0, log_path.stat().st_size - _READ_BYTES))
        lines = [line for line in file.read().decode("utf-8", errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if _PYTHON_ERROR.match(line)]
    said = f"it last said: {lines[-1]}" if lines else "it said nothing"
    cause = errors[-1].strip() if errors else said
    return cause if len(cause) <= _LONGEST_CAUSE else f"{cause[: _LONGEST_CAUSE - 1]}…"
