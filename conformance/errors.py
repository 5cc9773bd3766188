"""The exceptions of this folder."""

__all__ = ["ConformanceError", "NotSettledError", "RefutedError"]


class ConformanceError(Exception):
    """A run can't begin or go on; the message says why and what to do."""


class RefutedError(ConformanceError):
    """AWS did something else than is believed; the message says what."""


class NotSettledError(ConformanceError):
    """A probe came to no answer: something else was in the way; the message says what."""
