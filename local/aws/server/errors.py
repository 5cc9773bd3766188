"""What the server answers and raises when something is refused or goes wrong."""

__all__ = [
    "AwsError",
    "LaunchError",
    "PortInUseError",
    "ServerError",
    "UnhealthyError",
    "validation_exception",
]


class ServerError(Exception):
    """The server can't do its work; the message is one line that a user can act on."""


class PortInUseError(ServerError):
    """A port that the server was told to listen on is taken."""


class LaunchError(ServerError):
    """An endpoint's models can't be served; the message becomes the endpoint's ``FailureReason``."""


class UnhealthyError(ServerError):
    """A container would not pass its health check; the message is the cause."""


class AwsError(Exception):
    """A refusal in AWS's own shape.

    Args:
        code: AWS's error code, e.g. ``ValidationException``.
        message: AWS's words.
        status: the HTTP status.
    """

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def validation_exception(message: str) -> AwsError:
    """Return the error by which SageMaker's control plane refuses a request."""
    return AwsError("ValidationException", message)
