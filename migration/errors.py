"""The exceptions of this folder."""

__all__ = ["MigrationError"]


class MigrationError(Exception):
    """A deployment file can't be rewritten; the message says which and why."""
