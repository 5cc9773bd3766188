"""What a rehearsal did, and how long each step took."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field

__all__ = ["Step", "Steps"]

Working = Callable[[str], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Step:
    """One step that has ended, and its length in seconds."""

    name: str
    seconds: float


def _silently(what: str) -> AbstractContextManager[None]:  # noqa: ARG001 - the shape of a progress display
    return nullcontext()


@dataclass(slots=True)
class Steps:
    """Times steps and shows the one that is going on.

    Attributes:
        working: shows a step while it runs; silent by default.
        done: the steps that have ended, in order.
    """

    working: Working = _silently
    done: list[Step] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time what happens inside; a step that raises is not counted as done."""
        started = time.monotonic()
        with self.working(name):
            yield
        self.done.append(Step(name, time.monotonic() - started))
