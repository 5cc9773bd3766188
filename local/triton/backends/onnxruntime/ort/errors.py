"""The exception of this folder."""

__all__ = ["OrtError"]


class OrtError(Exception):
    """The model can't be loaded, or a batch can't be answered; the message is the native backend's own."""
