"""Takes over an existing repository: all of its files, as they are."""

import shutil
import threading
from pathlib import Path

from model_packaging.artifact.archive import ArchiveError, extract_archive
from model_packaging.cancellation import check_cancelled
from model_packaging.errors import LayoutError
from model_packaging.layout.repository_files import repository_files
from model_packaging.untrusted.fetched_files import fetched_file
from spec import ExistingRepository

__all__ = ["copy_repository"]

_PLACEHOLDER = ".keep"


def copy_repository(
    existing: ExistingRepository, project_root: Path, destination: Path, cancelled: threading.Event
) -> None:
    """Copy the repository to the new folder ``destination``.

    An empty folder, such as an ensemble's version, gets an empty file: an archive holds files alone.

    Args:
        existing: the section.
        project_root: where its path starts.
        destination: a new folder.
        cancelled: set by another thread to end it.

    Raises:
        LayoutError: it is missing, or holds a link or something else that is no regular file.
        FetchError: its archive can't be fetched, or has another digest.
        WorkerError: it was cancelled.
    """
    if existing.sha256 is not None:
        archive = fetched_file(existing.from_, existing.sha256, project_root, "repository.from", cancelled)
        try:
            extract_archive(archive, destination, progress=lambda _: check_cancelled(cancelled))
        except ArchiveError as error:
            raise LayoutError(
                f"{existing.from_} can't be unpacked ({error.reason}).",
                "pack the model folders as one .tar.gz, without links.",
            ) from error
    else:
        _copy_folder(existing, project_root, destination, cancelled)
    for folder in sorted(destination.rglob("*")):
        if folder.is_dir() and not any(folder.iterdir()):
            (folder / _PLACEHOLDER).touch()


def _copy_folder(
    existing: ExistingRepository, project_root: Path, destination: Path, cancelled: threading.Event
) -> None:
    root = project_root / existing.from_
    destination.mkdir()
    for path in repository_files(existing, project_root):
        check_cancelled(cancelled)
        target = destination / path.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target, follow_symlinks=False)
    for folder in root.rglob("*"):
        if folder.is_dir():
            (destination / folder.relative_to(root)).mkdir(parents=True, exist_ok=True)
