"""The exceptions of this folder."""

from spec import Problem

__all__ = ["ReplayError", "TrafficFileError"]


class ReplayError(Exception):
    """A replay can't go on; the message says why, and what to do."""


class TrafficFileError(ReplayError):
    """A traffic file can't be used; ``str()`` of it is one line per problem.

    Attributes:
        problems: all of them, in the file's order; never empty.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(each) for each in problems))
        self.problems = problems
