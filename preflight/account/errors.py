"""What can go wrong while an account is asked."""

from preflight.errors import PreflightError

__all__ = ["AccountError"]


class AccountError(PreflightError):
    """The account can't be asked at all; the message ends with what to do.

    Attributes:
        fix: that end, a sentence.
    """

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(f"{message} {fix}")
        self.fix = fix
