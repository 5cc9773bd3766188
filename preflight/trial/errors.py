"""The exceptions of this folder."""

from preflight.errors import PreflightError

__all__ = ["GoldenFileError", "ServerGoneError", "TrialCancelledError", "TrialError"]


class TrialError(PreflightError):
    """No trial can run here; the message says why and what to do. What a model does wrong is a finding."""


class TrialCancelledError(TrialError):
    """The caller gave up; nothing of the trials is left."""


class GoldenFileError(TrialError):
    """A file of golden requests can't be read; trials turn it into a finding."""


class ServerGoneError(TrialError):
    """The server's process has ended; the trial ends with what it has, and no caller sees this."""
