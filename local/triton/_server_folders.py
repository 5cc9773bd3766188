"""The folders of running servers: one each, locked by its supervisor; one without a lock is a leftover.

The kernel drops the lock with the supervisor, however that ended, so what a lock says is always true.
"""

import contextlib
import fcntl
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local.triton._marked_processes import kill_marked_processes
from local.triton._supervisor import remove_shared_memory
from local.triton.errors import TritonError

__all__ = ["ServerFolder", "make_server_folder", "sweep_server_folders"]

_LOCK_SECONDS = 30.0
_LOCK_NAME = "lock"


@dataclass(frozen=True, slots=True)
class ServerFolder:
    """One server's folder.

    Attributes:
        server_id: also the folder's name.
        path: the folder.
        lock_fd: holds the folder's lock while it is open, here or in a process that inherited it.
    """

    server_id: str
    path: Path
    lock_fd: int


def make_server_folder(servers_folder: Path) -> ServerFolder:
    """Sweep up after servers that have no supervisor any more, and make the folder of a new one, locked."""
    with _exclusive(servers_folder):
        _sweep(servers_folder)
        server_id = uuid.uuid4().hex[:12]
        path = servers_folder / server_id
        path.mkdir()
        lock_fd = os.open(path / _LOCK_NAME, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(lock_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return ServerFolder(server_id, path, lock_fd)


def sweep_server_folders(servers_folder: Path) -> None:
    """End the processes and remove the shared memory and folder of every server whose supervisor is gone."""
    with _exclusive(servers_folder):
        _sweep(servers_folder)


@contextlib.contextmanager
def _exclusive(servers_folder: Path) -> Iterator[None]:
    """Hold the lock of the folder of folders, so that a folder being made is not taken for a leftover."""
    servers_folder.mkdir(parents=True, exist_ok=True)
    path = servers_folder.with_suffix(".lock")
    deadline = time.monotonic() + _LOCK_SECONDS
    with path.open("w") as lock:
        while not _try_lock(lock.fileno()):
            if time.monotonic() > deadline:
                raise TritonError(
                    f"{path} stays locked by another process for {_LOCK_SECONDS:g} s: end that one, try again"
                )
            time.sleep(0.01)
        yield


def _sweep(servers_folder: Path) -> None:
    for path in servers_folder.iterdir():
        with contextlib.ExitStack() as stack:
            with contextlib.suppress(FileNotFoundError):  # its supervisor removes it just now
                lock = stack.enter_context((path / _LOCK_NAME).open("r+"))
                if not _try_lock(lock.fileno()):
                    continue
            kill_marked_processes(path.name)
            remove_shared_memory(path.name)
            shutil.rmtree(path, ignore_errors=True)


def _try_lock(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
