"""The exceptions of this folder; every message is one line that a user can act on."""

__all__ = ["LocalAwsError", "LocalAwsStartError", "LocalPortBusyError"]


class LocalAwsError(Exception):
    """The laptop's AWS can't be reached, started or stopped."""


class LocalAwsStartError(LocalAwsError):
    """The server did not start; the message says why, and where its log is."""


class LocalPortBusyError(LocalAwsError):
    """A port that the server needs is taken by another process."""
