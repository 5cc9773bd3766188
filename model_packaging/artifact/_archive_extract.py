"""Unpacks a model.tar.gz: all of it or nothing, and never through a link."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from model_packaging.artifact._archive_limits import ArchiveLimits
from model_packaging.artifact._archive_reader import ArchiveReader, open_archive
from model_packaging.artifact._tar_header import Header
from model_packaging.artifact.errors import ArchiveError

__all__ = ["extract_archive"]

_FOLDER_MODE = 0o755
_FILE_MODE = 0o644
_EXECUTABLE_BITS = 0o111


def extract_archive(
    archive: Path,
    destination: Path,
    limits: ArchiveLimits | None = None,
    progress: Callable[[int], None] | None = None,
) -> tuple[Header, ...]:
    """Unpack ``archive`` to the new folder ``destination`` and return its members.

    It is unpacked into a private folder beside and renamed when complete, so ``destination`` is whole or
    absent. Modes become 0644, 0755 for folders and for files that were executable; owners and times are
    not taken over.

    Args:
        archive: the file.
        destination: a new folder.
        limits: bounds; the defaults of ``ArchiveLimits`` where not given.
        progress: called with the bytes written since the last call; what it raises ends the unpacking.

    Raises:
        ArchiveError: ``destination`` exists, the archive is refused, or the disk is full.
    """
    if destination.exists() or destination.is_symlink():
        raise ArchiveError(str(archive), "", f"{destination} exists; unpack to a new folder")
    beside = None
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{destination.name}.", dir=destination.parent))
        with open_archive(archive, limits) as reader:
            members = tuple(_extract_member(reader, header, beside, progress) for header in reader)
        beside.chmod(_FOLDER_MODE)
        beside.rename(destination)
    except OSError as error:
        raise ArchiveError(
            str(archive), "", f"can't be unpacked to {destination} ({error.strerror or error})"
        ) from error
    finally:
        if beside is not None and beside.exists():
            shutil.rmtree(beside)
    return members


def _extract_member(
    reader: ArchiveReader, header: Header, root: Path, progress: Callable[[int], None] | None
) -> Header:
    target = root / header.path
    if header.is_directory:
        target.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        return header
    target.parent.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
    mode = _FOLDER_MODE if header.mode & _EXECUTABLE_BITS else _FILE_MODE
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "wb") as file:
        for chunk in reader.chunks():
            file.write(chunk)
            if progress is not None:
                progress(len(chunk))
        os.fchmod(file.fileno(), mode)
    return header
