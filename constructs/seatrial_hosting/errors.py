"""The exceptions of this folder."""

from collections.abc import Sequence

__all__ = ["HostingError"]


class HostingError(ValueError):
    """A construct's arguments don't fit; every problem is in the one message.

    Attributes:
        problems: each says what was given, what is allowed and what to do.
    """

    def __init__(self, subject: str, problems: Sequence[str]) -> None:
        super().__init__(f"{subject}: " + " ".join(problems))
        self.problems = tuple(problems)
