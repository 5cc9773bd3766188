"""How much work the reading of a whole artifact may be: counted, so that it ends at the same place each time.

Limits on one file say nothing about an archive with thousands of such files. So every reader takes its steps
from one budget, and a clock, which another machine would read otherwise, has no part in it.
"""

import re

__all__ = ["STEPS", "Effort", "EffortSpentError"]

STEPS = 2_000_000
"""Some five seconds' work. A file of the largest language models is about 100,000 (``_protobuf_wire``)."""

_STEPS_OF_TOKEN = 8
"""What parsing a word of a text and looking at it takes, beside reading a field of protobuf: measured."""
_TOKEN = re.compile(rb"\w+|[^\w\s]")


class EffortSpentError(Exception):
    """The artifact's budget is spent; the message says so, as the reason why a file was not looked into."""

    def __init__(self) -> None:
        super().__init__(f"the artifact's files together take more than {STEPS} steps to read")


class Effort:
    """The budget of one artifact.

    Args:
        steps: how many there are: a field of protobuf, a record of a zip or an opcode of a pickle is one.
    """

    def __init__(self, steps: int = STEPS) -> None:
        self._left = steps

    @property
    def is_spent(self) -> bool:
        """Whether nothing is left."""
        return self._left <= 0

    def take(self, steps: int = 1) -> None:
        """Take ``steps`` from it.

        Raises:
            EffortSpentError: fewer are left; then none is.
        """
        self._left -= steps
        if self._left < 0:
            raise EffortSpentError

    def take_text(self, text: bytes) -> None:
        """Take what it is to parse ``text``, a configuration or a Python file.

        Raises:
            EffortSpentError: as ``take``.
        """
        self.take(_STEPS_OF_TOKEN * sum(1 for _ in _TOKEN.finditer(text)))
