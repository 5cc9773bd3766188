"""The files of a folder or an archive, one after the other, each with its bytes from the first one on."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from model_packaging.artifact import ArchiveError, ArchiveFault, ArchiveLimits, open_archive
from model_packaging.artifact.forward_bytes import FileBytes, ForwardBytes

__all__ = ["Member", "archive_members", "folder_members"]


@dataclass(frozen=True, slots=True)
class Member:
    """One file or folder.

    Attributes:
        path: relative, ``/`` between parts.
        mode: permission bits.
        size_bytes: of the file; 0 of a folder.
        content: its bytes, to be read before the next member is asked for; None of a folder.
    """

    path: str
    mode: int
    size_bytes: int
    content: ForwardBytes | None


def archive_members(archive: Path) -> Iterator[Member]:
    """Yield what the archive holds, in its order; it is read once and nothing is unpacked to disk.

    Raises:
        ArchiveError: it is refused, or a member is. What was yielded before is as it was.
    """
    with open_archive(archive) as reader:
        for header in reader:
            content = None if header.is_directory else ForwardBytes(reader.chunks(), header.size_bytes)
            if header.path:
                yield Member(header.path, header.mode, header.size_bytes, content)


def folder_members(root: Path) -> Iterator[Member]:
    """Yield what the folder holds, sorted by path.

    Raises:
        ArchiveError: something in it can't be packed or read: a link, a device, a file without permission, or
            more than an archive may hold.
    """
    limits = ArchiveLimits()
    for count, path in enumerate(_walk(root, root, limits), start=1):
        if count > limits.members:
            raise ArchiveError(str(root), "", f"holds more than {limits.members} files", ArchiveFault.LIMIT)
        yield from _member(root, path)


def _walk(root: Path, folder: Path, limits: ArchiveLimits) -> Iterator[Path]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise _unreadable(root, folder, error) from error
    for entry in entries:
        path = folder / entry.name
        yield path
        if entry.is_dir(follow_symlinks=False):
            if len(path.relative_to(root).parts) > limits.depth:
                raise ArchiveError(
                    str(root),
                    _shown(root, path),
                    f"is deeper than {limits.depth} folders",
                    ArchiveFault.LIMIT,
                )
            yield from _walk(root, path, limits)


def _member(root: Path, path: Path) -> Iterator[Member]:
    shown = _shown(root, path)
    if not shown.isprintable():
        raise ArchiveError(str(root), shown, "a path that is no printable text", ArchiveFault.PATH)
    try:
        status = path.lstat()
        mode = stat.S_IMODE(status.st_mode)
        if stat.S_ISDIR(status.st_mode):
            yield Member(shown, mode, 0, None)
        elif stat.S_ISREG(status.st_mode):
            with path.open("rb") as file:
                yield Member(shown, mode, status.st_size, FileBytes(file, path, status.st_size))
        else:
            kind = "a link" if stat.S_ISLNK(status.st_mode) else "no regular file"
            raise ArchiveError(
                str(root), shown, f"is {kind}; only regular files and folders are packed", ArchiveFault.KIND
            )
    except OSError as error:
        raise _unreadable(root, path, error) from error


def _shown(root: Path, path: Path) -> str:
    """Return the path in the folder; bytes that are no UTF-8 show as escapes."""
    name = path.relative_to(root).as_posix()
    return os.fsencode(name).decode(errors="backslashreplace")


def _unreadable(root: Path, path: Path, error: OSError) -> ArchiveError:
    reason = f"can't be read ({error.strerror or error})"
    return ArchiveError(str(root), "" if path == root else _shown(root, path), reason)
