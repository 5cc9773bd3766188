"""The exceptions of this folder."""

__all__ = ["CdkError", "RehearsalError"]


class RehearsalError(Exception):
    """A rehearsal can't go on; the message says at which step, why, and what to do."""


class CdkError(RehearsalError):
    """The CDK CLI ended with an error; the message holds the CLI's own reason."""
