"""The folder of one model's artifact: who may write it, what is in it, and how a new artifact replaces it.

It holds ``manifest.json`` and the files that names: ``<content key>.tar.gz``, the bill of materials
``<content key>.cdx.json`` and, where the model has an eager reference, ``<content key>.samples.npz``. The
manifest is renamed into place last, so whoever reads it finds whole files; the files of the artifact before
are deleted after that.
"""

import contextlib
import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from model_packaging.artifact.errors import ManifestError
from model_packaging.artifact.manifest import MANIFEST_FILE_NAME, Manifest, read_manifest, write_manifest
from model_packaging.errors import BuildInProgressError, PackError

__all__ = ["ARCHIVE_SUFFIX", "SAMPLES_SUFFIX", "SBOM_SUFFIX", "BuildFolder"]

ARCHIVE_SUFFIX = ".tar.gz"
SAMPLES_SUFFIX = ".samples.npz"
SBOM_SUFFIX = ".cdx.json"
"""By which tools know a CycloneDX document (CycloneDX, "Recognized File Patterns")."""
_LOCK_FILE_NAME = ".lock"
_TEMPORARY_PREFIX = ".build-"
_LOCK_ATTEMPTS = 100


class BuildFolder:
    """A model's folder below ``build/``, locked by this process.

    Args:
        path: the folder; ``BuildFolder.locked`` makes it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    @contextlib.contextmanager
    def locked(cls, path: Path) -> "Iterator[BuildFolder]":
        """Make ``path``, lock it against other builds, and clear what killed builds left.

        The lock is the kernel's: it ends with its process, however that ends. After a build that failed, a
        folder that holds nothing else is removed with its lock file.

        Raises:
            BuildInProgressError: another process builds here.
            PackError: the folder can't be made or written.
        """
        try:
            lock = _lock(path)
        except OSError as error:
            raise PackError(f"{path} can't be written ({error.strerror}).", "make it writable.") from error
        try:
            os.ftruncate(lock, 0)
            os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
            folder = cls(path)
            folder._clear()
            yield folder
        except BaseException:
            _remove_unused(path)
            raise
        finally:
            os.close(lock)

    @contextlib.contextmanager
    def temporary(self) -> Iterator[Path]:
        """Give a new folder on the same file system; it is gone afterwards."""
        path = Path(tempfile.mkdtemp(prefix=_TEMPORARY_PREFIX, dir=self.path))
        try:
            yield path
        finally:
            shutil.rmtree(path)

    def current(self) -> Manifest | None:
        """Return the manifest, where it and the files it names are there in full size; else None."""
        try:
            manifest = read_manifest(self.path / MANIFEST_FILE_NAME)
            size_bytes = (self.path / manifest.archive.file_name).stat().st_size
            others = [(self.path / name).stat().st_size for name in manifest.file_names[1:]]
        except (ManifestError, OSError):
            return None  # whatever is wrong with it, a new build replaces it
        return manifest if size_bytes == manifest.archive.size_bytes and all(others) else None

    def commit(self, manifest: Manifest, files: Mapping[str, Path]) -> None:
        """Make ``manifest`` and its files the artifact of this folder.

        Args:
            manifest: names the files.
            files: by the name in the manifest, on the same file system; they are moved.

        Raises:
            OSError: the folder can't be written; the old artifact is then still whole.
        """
        for path in files.values():
            with path.open("rb") as file:
                os.fsync(file.fileno())  # the manifest must name whole files
        for name, path in files.items():
            path.replace(self.path / name)
        write_manifest(manifest, self.path / MANIFEST_FILE_NAME)
        self._remove_files_except(manifest.file_names)

    def _clear(self) -> None:
        """Remove what builds left that were killed: this process holds the lock, so none is alive."""
        for path in self.path.glob(f"{_TEMPORARY_PREFIX}*"):
            shutil.rmtree(path)
        for path in self.path.glob(f".{MANIFEST_FILE_NAME}.*"):
            path.unlink()
        try:
            manifest = read_manifest(self.path / MANIFEST_FILE_NAME)
        except ManifestError:
            return  # nothing says which files are old; the next commit will
        self._remove_files_except(manifest.file_names)

    def _remove_files_except(self, kept: Collection[str]) -> None:
        for path in self.path.iterdir():
            if path.name.endswith((ARCHIVE_SUFFIX, SAMPLES_SUFFIX, SBOM_SUFFIX)) and path.name not in kept:
                path.unlink()


def _lock(path: Path) -> int:
    """Make ``path`` and its lock file, and return the descriptor that holds the lock.

    Raises:
        BuildInProgressError: another process holds it.
        OSError: one of them can't be made.
    """
    failure = OSError(errno.ENOENT, "its lock file vanishes again and again")
    for _ in range(_LOCK_ATTEMPTS):
        try:
            path.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path / _LOCK_FILE_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except (FileExistsError, FileNotFoundError) as error:
            failure = error  # most likely a build that failed has just removed the folder
            continue
        if _holds(descriptor, path):
            return descriptor
        os.close(descriptor)
    raise failure


def _holds(descriptor: int, path: Path) -> bool:
    """Lock ``descriptor``; False where a build that failed has removed the file since it was opened."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.pread(descriptor, 20, 0).decode(errors="replace").strip()
        os.close(descriptor)
        raise BuildInProgressError(
            f"process {owner or 'unknown'} is building in {path}.", "wait until it ends, then run again."
        ) from None
    return os.fstat(descriptor).st_nlink > 0


def _remove_unused(path: Path) -> None:
    """Remove a folder that holds nothing but the lock file; this process holds the lock.

    Who opened the file meanwhile finds it without a link, and who makes a new one keeps the folder from
    being removed.
    """
    with contextlib.suppress(OSError):  # why the build failed matters more
        if [each.name for each in path.iterdir()] == [_LOCK_FILE_NAME]:
            (path / _LOCK_FILE_NAME).unlink()
            path.rmdir()
