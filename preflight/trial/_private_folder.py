"""A private folder for one trial, and the artifact unpacked in it as SageMaker unpacks it."""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from model_packaging.artifact import extract_archive

__all__ = ["private_folder", "unpack"]

_TRIALS = Path(".seatrial", "trials")
_PREFIX = "trial-"
_LOCK_NAME = "lock"
_CONFIG_FILE_NAME = "config.pbtxt"


@contextlib.contextmanager
def private_folder(project_root: Path) -> Iterator[Path]:
    """Yield a new folder that nobody else may read; it goes with the trial, however that ends.

    Folders of trials whose process was killed go as well. The kernel drops the lock with the process, so
    what a lock says is always true.
    """
    trials = project_root / _TRIALS
    trials.mkdir(parents=True, exist_ok=True)
    with _exclusive(trials):
        _sweep(trials)
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=trials))
        lock = os.open(folder / _LOCK_NAME, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        _remove(folder)
        os.close(lock)


def unpack(source: Path, destination: Path, check: Callable[[], None]) -> None:
    """Make ``destination`` what SageMaker unpacks to ``/opt/ml/model``.

    A folder is copied: the model's own code may write beside itself. One model's folder, with config.pbtxt at
    its root, becomes a repository of this one model.

    Args:
        source: the archive or the folder.
        destination: a new folder.
        check: called again and again; what it raises ends the unpacking.

    Raises:
        ArchiveError: the archive is refused.
        OSError: the folder can't be copied.
    """
    if source.is_file():
        extract_archive(source, destination, progress=lambda _: check())
        return
    check()
    target = destination / source.resolve().name if (source / _CONFIG_FILE_NAME).is_file() else destination

    def copy(origin: str, to: str) -> str:
        check()
        return shutil.copyfile(origin, to)

    shutil.copytree(source, target, copy_function=copy, ignore=shutil.ignore_patterns("__pycache__"))


@contextlib.contextmanager
def _exclusive(trials: Path) -> Iterator[None]:
    """Hold the lock of the folder of folders, so that one being made is not taken for a leftover."""
    with trials.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # held for a moment only
        yield


def _sweep(trials: Path) -> None:
    for folder in trials.glob(f"{_PREFIX}*"):
        # Of a process that was killed before it made the lock, it is made here.
        with contextlib.suppress(FileNotFoundError), (folder / _LOCK_NAME).open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue  # its trial is under way
            _remove(folder)


def _remove(folder: Path) -> None:
    """Remove ``folder``, also where its artifact has folders that may not be written."""
    for inner, names, _ in os.walk(folder):
        for each in (Path(inner, name) for name in names):
            with contextlib.suppress(OSError):  # gone meanwhile
                if not each.is_symlink():
                    each.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)
