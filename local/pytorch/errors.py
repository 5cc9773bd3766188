"""The exceptions of this folder."""

from pathlib import Path

from local.errors import ModelServerError

__all__ = ["PyTorchServerError", "PyTorchStartError", "PyTorchUnavailableError"]


class PyTorchServerError(ModelServerError):
    """Something about the laptop's PyTorch server went wrong; the message says what and what to do."""


class PyTorchUnavailableError(PyTorchServerError):
    """The server can't run here: the environment or a package is missing; the message names it."""


class PyTorchStartError(PyTorchServerError):
    """The server did not become ready.

    Attributes:
        cause: one line: why, in the words of the toolkit or of the user's code.
        log_path: everything that was printed.
    """

    def __init__(self, cause: str, log_path: Path) -> None:
        super().__init__(f"the PyTorch server did not start: {cause} (log: {log_path})")
        self.cause = cause
        self.log_path = log_path
