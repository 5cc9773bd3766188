"""A pipe by which a child process learns that its parent has ended, however that ended."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["ORPHANED", "end_with_parent", "lifeline"]

ORPHANED = 3
"""Exit code of a child that ended because its parent did."""


@contextmanager
def lifeline() -> Iterator[int]:
    """Give the reading end of a pipe that ends with this process; pass it on with ``pass_fds``.

    Not the child's standard input: user code that reads that would wait for what nobody writes.
    """
    reading, writing = os.pipe()
    try:
        yield reading
    finally:
        os.close(writing)
        os.close(reading)


def end_with_parent(descriptor: int) -> None:
    """End this process, at once and from now on, when the pipe behind ``descriptor`` does."""
    threading.Thread(target=_wait_for_the_end, args=(descriptor,), daemon=True).start()


def _wait_for_the_end(descriptor: int) -> None:
    while os.read(descriptor, 1):
        pass
    os._exit(ORPHANED)
