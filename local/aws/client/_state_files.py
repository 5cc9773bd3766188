"""Files in the state folder that the client side writes, and the lock that it starts servers under."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from local.aws.client.errors import LocalAwsStartError

__all__ = ["one_start_at_a_time", "writing"]

_LOCK_FILE_NAME = "start.lock"
_POLL_SECONDS = 0.05


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Say which file could not be written.

    Raises:
        LocalAwsStartError: for any OSError in the context, with ``path`` and the system's reason.
    """
    try:
        yield
    except OSError as error:
        raise LocalAwsStartError(
            f"{path} can't be written ({error.strerror or error}): make room there and make it writable"
        ) from error


@contextlib.contextmanager
def one_start_at_a_time(state_dir: Path, timeout_seconds: float) -> Iterator[None]:
    """Make ``state_dir`` and wait until no other process starts a server with it.

    The lock is the kernel's: it ends with its process, however that ends. Servers don't inherit it.

    Raises:
        LocalAwsStartError: the folder can't be written, or another start takes longer than
            ``timeout_seconds``.
    """
    path = state_dir / _LOCK_FILE_NAME
    with writing(path):
        state_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _wait_for_lock(descriptor, path, timeout_seconds)
        with writing(path):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _wait_for_lock(descriptor: int, path: Path, timeout_seconds: float) -> None:
    deadline = time.monotonic() + timeout_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                break
            time.sleep(_POLL_SECONDS)
        else:
            return
    holder = os.pread(descriptor, 20, 0).decode(errors="replace").strip() or "unknown"
    raise LocalAwsStartError(
        f"process {holder} has been starting the laptop's AWS for {timeout_seconds:.0f} s (it holds {path}): "
        "wait until it ends, or end it"
    )
