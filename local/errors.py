"""What the laptop's model servers have in common when something goes wrong."""

__all__ = ["ModelServerError"]


class ModelServerError(Exception):
    """Something about one of the laptop's model servers went wrong; the message says what and what to do."""
