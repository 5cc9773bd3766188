"""An unpacked artifact with an entry point on SageMaker's PyTorch toolkit, asked by .npy."""

import threading
from collections.abc import Mapping
from pathlib import Path

from invocation.errors import InvocationError
from invocation.npy import npy_request, read_array_answer
from local.pytorch import PyTorchRuntime, PyTorchServer
from local.pytorch.contract import INVOCATIONS_PATH, pytorch_plan
from model_packaging.artifact import Signature
from model_packaging.eager.comparison import Arrays
from preflight.trial._configured import Configured
from preflight.trial._http import Connection
from preflight.trial._process_memory import resident_mib
from preflight.trial._served import Answered
from preflight.trial.request_outcome import Form

__all__ = ["ServedByPyTorch"]

_OK = 200
_LONGEST_ERROR = 400


class ServedByPyTorch:
    """A running server with a model that has loaded; make one with ``start``."""

    def __init__(
        self, server: PyTorchServer, configured: Configured, notes: tuple[str, ...], timeout_seconds: float
    ) -> None:
        self._server = server
        self._timeout_seconds = timeout_seconds
        self.configured = configured
        self.notes = notes
        self.forms = (Form.NPY,)

    @classmethod
    def start(
        cls,
        runtime: PyTorchRuntime,
        folder: Path,
        environment: Mapping[str, str],
        configured: Configured,
        *,
        load_timeout_seconds: float,
        request_timeout_seconds: float,
        log_path: Path,
        cancelled: threading.Event,
    ) -> "ServedByPyTorch":
        """Start a server on ``folder`` and wait until its model has loaded.

        Raises:
            PyTorchStartError: it doesn't load, not in time, or ``cancelled`` was set; nothing is left of it.
            PyTorchServerError: the server can't run here.
        """
        server = PyTorchServer.start(
            runtime,
            folder,
            startup_timeout_seconds=load_timeout_seconds,
            log_path=log_path,
            environment=environment,
            cancelled=cancelled,
        )
        notes = tuple(f"{each}." for each in pytorch_plan(folder, environment).ignored)
        return cls(server, configured, notes, request_timeout_seconds)

    def client(self) -> "PyTorchClient":
        """Return a new client."""
        return PyTorchClient(
            Connection(self._server.http_port, self._timeout_seconds), self.configured.signature
        )

    def statistics(self) -> None:
        """Return None: the toolkit counts nothing."""
        return

    def memory_mib(self) -> float:
        """Return the resident memory of the server's process."""
        return resident_mib(self._server.pid)

    def died(self) -> str:
        """Return why the process ended; empty while it runs."""
        if not self._server.wait_dead(0):
            return ""
        said = self._server.log_path.read_text(encoding="utf-8", errors="replace").split("\n")
        return next((line.strip() for line in reversed(said) if line.strip()), "it said nothing")

    def stop(self) -> None:
        """End it at once."""
        self._server.stop(0)


class PyTorchClient:
    """One client of it."""

    def __init__(self, connection: Connection, signature: Signature | None) -> None:
        self._connection = connection
        self._signature = signature or Signature((), (), batched=False)

    def ask(self, inputs: Arrays, form: Form) -> Answered:  # noqa: ARG002 - the toolkit knows one form
        """Send a request as SageMaker would pass it on."""
        try:
            request = npy_request(self._signature, inputs)
        except InvocationError as refused:
            return Answered(None, 0.0, 0, error=str(refused))
        headers = (("Content-Type", request.content_type), ("Accept", request.accept or "*/*"))
        reply = self._connection.exchange("POST", INVOCATIONS_PATH, headers, request.body)
        error, outputs = reply.broken, None
        if not error and reply.status != _OK:
            said = " ".join(reply.body.decode("utf-8", errors="replace").split())
            error = f"HTTP {reply.status}: {said[-_LONGEST_ERROR:]}"
        if not error:
            try:
                content_type = reply.headers.get("content-type", "")
                outputs = read_array_answer(self._signature, content_type, reply.body)
            except InvocationError as unreadable:
                error = str(unreadable)
        return Answered(outputs, reply.seconds, len(request.body), len(reply.body), error, reply.timed_out)
