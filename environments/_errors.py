"""The exceptions of this folder."""

__all__ = ["SetupError"]


class SetupError(Exception):
    """An environment can't be made; the message says which, why, and what to do."""
