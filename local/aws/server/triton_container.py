"""A Triton in service, started again when it dies, as SageMaker starts a container again.

Starting again has an end: a Triton that dies time after time stays down, the log says so, and every request
to it is answered with a ``ModelError`` until the endpoint is updated or deleted.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from local.triton.errors import TritonError

__all__ = ["RestartPolicy", "TritonContainer", "TritonProcess"]

_logger = logging.getLogger("seatrial.endpoints")

_WATCH_SECONDS = 3600.0
"""How long one wait for a Triton's end may take; another follows."""


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """How often and how soon a Triton that died is started again.

    Attributes:
        most_restarts: in a row; one more death, and it stays down.
        first_pause_seconds: before the first of them; each further pause is twice the last.
        steady_seconds: a Triton that served this long before it died begins a new row.
    """

    most_restarts: int = 3
    first_pause_seconds: float = 0.5
    steady_seconds: float = 60.0


class TritonProcess(Protocol):
    """A running Triton that can't be started again, only another one in its place."""

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


class TritonContainer:
    """A variant's Triton, whichever process it is just now. Every method may be called from any thread.

    Args:
        label: what the log calls it: ``endpoint e, variant v``.
        triton: the first process.
        start: starts the next one, given how often that was done before; raises ``TritonError`` or
            ``OSError``.
        policy: how often and how soon.
    """

    def __init__(
        self,
        label: str,
        triton: TritonProcess,
        start: Callable[[int], TritonProcess],
        policy: RestartPolicy | None = None,
    ) -> None:
        self._label = label
        self._start = start
        self._policy = policy or RestartPolicy()
        self._triton: TritonProcess | None = triton
        self._restarts = 0
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        threading.Thread(target=self._watch, args=(triton,), name=f"watch {label}", daemon=True).start()

    @property
    def http_port(self) -> int | None:
        """The loopback port of its HTTP front end; None while it is down.

        Another process may take the port of a Triton that died, so a port is never used longer.
        """
        triton = self._triton
        return None if triton is None else triton.http_port

    @property
    def pid(self) -> int | None:
        """Its process; None while it is down."""
        triton = self._triton
        return None if triton is None else triton.pid

    def stop(self, timeout_seconds: float) -> None:
        """Stop it for good, by force after the time-out.

        Raises:
            TritonError: its processes can't be ended.
        """
        with self._lock:
            self._stopping.set()
            triton, self._triton = self._triton, None
        if triton is not None:
            triton.stop(timeout_seconds)

    # --- on the watching thread ---

    def _watch(self, triton: TritonProcess) -> None:
        try:
            restarts_in_a_row = 0
            while True:
                in_service_since = time.monotonic()
                while not triton.wait_dead(_WATCH_SECONDS):
                    pass
                if time.monotonic() - in_service_since >= self._policy.steady_seconds:
                    restarts_in_a_row = 0
                if not self._take_down(triton):
                    return
                next_triton = None
                while next_triton is None:
                    if restarts_in_a_row == self._policy.most_restarts:
                        _logger.error("%s: Triton died too often: it stays down", self._label)
                        return
                    pause_seconds = self._policy.first_pause_seconds * 2**restarts_in_a_row
                    if self._stopping.wait(pause_seconds):
                        return
                    restarts_in_a_row += 1
                    next_triton = self._bring_up()
                triton = next_triton
        except Exception:  # a thread has no caller: the log must tell
            _logger.exception("%s: Triton is not watched any more", self._label)

    def _take_down(self, triton: TritonProcess) -> bool:
        """Send no further request to a Triton that died; return whether it did so by itself."""
        with self._lock:
            if self._stopping.is_set():
                return False
            self._triton = None
        _logger.error("%s: Triton (process %d) died", self._label, triton.pid)
        try:
            triton.stop(0)
        except TritonError as error:
            _logger.error("%s: what it left can't be cleared up: %s", self._label, error)  # noqa: TRY400 - one line says it
        return True

    def _bring_up(self) -> TritonProcess | None:
        """Start the next process; None where it doesn't start, or isn't wanted any more."""
        self._restarts += 1
        try:
            triton = self._start(self._restarts)
        except (TritonError, OSError) as error:
            if not self._stopping.is_set():
                _logger.error("%s: Triton can't be started again: %s", self._label, error)  # noqa: TRY400 - one line says it
            return None
        with self._lock:
            wanted = not self._stopping.is_set()
            if wanted:
                self._triton = triton
        if not wanted:
            triton.stop(0)
            return None
        _logger.warning("%s: Triton was started again (process %d)", self._label, triton.pid)
        return triton
