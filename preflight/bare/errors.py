"""The exceptions of this folder."""

from preflight.errors import PreflightError

__all__ = ["BareError", "ContextError"]


class BareError(PreflightError):
    """There is nothing to check at a path; the message says what there is."""


class ContextError(PreflightError):
    """An instance type, an image's tag, a region or a variable that can't be; the message says what can."""
