"""A model server in service, started again when it dies, as SageMaker starts a container again.

Starting again has an end: a server that dies time after time stays down, the log says so, and every request
to it is answered with a ``ModelError`` until the endpoint is updated or deleted.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from local.errors import ModelServerError

__all__ = ["RestartPolicy", "ServedContainer", "ServerProcess"]

_logger = logging.getLogger("seatrial.endpoints")

_WATCH_SECONDS = 3600.0
"""How long one wait for a server's end may take; another follows."""


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """How often and how soon a server that died is started again.

    Attributes:
        most_restarts: in a row; one more death, and it stays down.
        first_pause_seconds: before the first of them; each further pause is twice the last.
        steady_seconds: a server that served this long before it died begins a new row.
    """

    most_restarts: int = 3
    first_pause_seconds: float = 0.5
    steady_seconds: float = 60.0


class ServerProcess(Protocol):
    """A running Triton, or PyTorch server, that can't be started again, only another one in its place."""

    @property
    def http_port(self) -> int:
        """The loopback port of its HTTP front end."""
        ...

    @property
    def pid(self) -> int:
        """Its process."""
        ...

    def wait_dead(self, timeout_seconds: float) -> bool:
        """Wait until the process has ended, at most; return whether it has."""
        ...

    def stop(self, timeout_seconds: float) -> None:
        """Stop it, by force after the time-out."""
        ...


class ServedContainer:
    """A variant's model server, whichever process it is just now. Every method may be called from any thread.

    Args:
        label: what the log calls it: ``endpoint e, variant v``.
        server: the first process.
        start: starts the next one, given how often that was done before; raises
            ``ModelServerError`` or ``OSError``.
        policy: how often and how soon.
        kind: what the log calls the server.
    """

    def __init__(
        self,
        label: str,
        server: ServerProcess,
        start: Callable[[int], ServerProcess],
        policy: RestartPolicy | None = None,
        kind: str = "Triton",
    ) -> None:
        self._label = label
        self._kind = kind
        self._start = start
        self._policy = policy or RestartPolicy()
        self._server: ServerProcess | None = server
        self._restarts = 0
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        threading.Thread(target=self._watch, args=(server,), name=f"watch {label}", daemon=True).start()

    @property
    def http_port(self) -> int | None:
        """The loopback port of its HTTP front end; None while it is down.

        Another process may take the port of a server that died, so a port is never used longer.
        """
        server = self._server
        return None if server is None else server.http_port

    @property
    def pid(self) -> int | None:
        """Its process; None while it is down."""
        server = self._server
        return None if server is None else server.pid

    def stop(self, timeout_seconds: float) -> None:
        """Stop it for good, by force after the time-out.

        Raises:
            ModelServerError: its processes can't be ended.
        """
        with self._lock:
            self._stopping.set()
            server, self._server = self._server, None
        if server is not None:
            server.stop(timeout_seconds)

    # --- on the watching thread ---

    def _watch(self, server: ServerProcess) -> None:
        try:
            restarts_in_a_row = 0
            while True:
                in_service_since = time.monotonic()
                while not server.wait_dead(_WATCH_SECONDS):
                    pass
                if time.monotonic() - in_service_since >= self._policy.steady_seconds:
                    restarts_in_a_row = 0
                if not self._take_down(server):
                    return
                next_server = None
                while next_server is None:
                    if restarts_in_a_row == self._policy.most_restarts:
                        _logger.error("%s: %s died too often: it stays down", self._label, self._kind)
                        return
                    pause_seconds = self._policy.first_pause_seconds * 2**restarts_in_a_row
                    if self._stopping.wait(pause_seconds):
                        return
                    restarts_in_a_row += 1
                    next_server = self._bring_up()
                server = next_server
        except Exception:  # a thread has no caller: the log must tell
            _logger.exception("%s: %s is not watched any more", self._label, self._kind)

    def _take_down(self, server: ServerProcess) -> bool:
        """Send no further request to a server that died; return whether it did so by itself."""
        with self._lock:
            if self._stopping.is_set():
                return False
            self._server = None
        _logger.error("%s: %s (process %d) died", self._label, self._kind, server.pid)
        try:
            server.stop(0)
        except ModelServerError as error:
            _logger.error("%s: what it left can't be cleared up: %s", self._label, error)  # noqa: TRY400 - one line says it
        return True

    def _bring_up(self) -> ServerProcess | None:
        """Start the next process; None where it doesn't start, or isn't wanted any more."""
        self._restarts += 1
        try:
            server = self._start(self._restarts)
        except (ModelServerError, OSError) as error:
            if not self._stopping.is_set():
                message = "%s: %s can't be started again: %s"
                _logger.error(message, self._label, self._kind, error)  # noqa: TRY400 - one line says it
            return None
        with self._lock:
            wanted = not self._stopping.is_set()
            if wanted:
                self._server = server
        if not wanted:
            server.stop(0)
            return None
        message = "%s: %s was started again (process %d)"
        _logger.warning(message, self._label, self._kind, server.pid)
        return server
