"""One rehearsal at a time: two would deploy the same stacks and write the same cdk.out."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.rehearsal.errors import RehearsalError

__all__ = ["only_one_rehearsal"]


@contextmanager
def only_one_rehearsal(folder: Path) -> Iterator[None]:
    """Hold the lock in ``folder``; the kernel releases it however this process ends.

    Raises:
        RehearsalError: another process rehearses, or the folder can't be written.
    """
    path = folder / "lock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise RehearsalError(f"{folder} can't be written ({error.strerror}); make it writable.") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = path.read_text(encoding="utf-8").strip() or "another"
            raise RehearsalError(f"process {holder} is rehearsing here; wait until it ends.") from None
        os.truncate(lock, 0)
        os.write(lock, str(os.getpid()).encode())
        yield
    finally:
        os.close(lock)
