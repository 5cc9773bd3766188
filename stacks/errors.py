"""The exceptions of this folder."""

from collections.abc import Sequence

__all__ = ["StacksError"]


class StacksError(Exception):
    """A deployment can't be synthesized from what is there; ``str()`` of it is one line per problem.

    Attributes:
        problems: each says where, what, and what to do.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)
