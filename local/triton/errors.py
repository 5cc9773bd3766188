"""The exceptions of this folder."""

from pathlib import Path

from local.errors import ModelServerError

__all__ = [
    "ModelLoadError",
    "ServeRuleError",
    "SupervisorError",
    "TritonError",
    "TritonStartError",
    "TritonUnavailableError",
]


class TritonError(ModelServerError):
    """Something about the laptop's Triton went wrong; the message says what and what to do."""


class TritonUnavailableError(TritonError):
    """No Triton can run here: the platform, the environment or a library is missing; the message names it."""


class ServeRuleError(TritonError):
    """The container's ``serve`` would refuse this model data or environment before Triton starts."""


class SupervisorError(TritonError):
    """A server's process ended before its supervisor could report it."""


class TritonStartError(TritonError):
    """Triton did not become ready.

    Attributes:
        cause: one line: why, in Triton's own words where it said anything.
        log_path: everything that Triton said.
    """

    def __init__(self, cause: str, log_path: Path) -> None:
        super().__init__(f"Triton did not start: {cause} (log: {log_path})")
        self.cause = cause
        self.log_path = log_path


class ModelLoadError(TritonError):
    """A multi-model container can't load a model.

    Attributes:
        status: by which it says so: 507 for a lack of memory, 400 for everything else.
        message: why, in Triton's own words where it said anything.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
