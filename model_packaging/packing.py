"""Packs a folder into a deterministic model.tar.gz, reading every byte once and compressing none.

Weights hardly compress (8 % of trained float32), and compressing them costs 20 to 30 times the CPU of
storing them. So the gzip member holds stored DEFLATE blocks (RFC 1951, section 3.2.4): any reader takes it,
no compressor's version decides its bytes, and it unpacks in half the time.
"""

import errno
import hashlib
import os
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from model_packaging._stored_gzip import BLOCK_BYTES, StoredGzip
from model_packaging.artifact.manifest import FileRecord
from model_packaging.errors import PackError

__all__ = ["PackedArchive", "pack_folder"]

_READ_BYTES = 16 * BLOCK_BYTES
"""Whole blocks, few system calls, and still in the processor's cache when it is hashed."""
_FILE_MODE = 0o644
_EXECUTABLE_MODE = 0o755
_OWNER_EXECUTES = 0o100
_END_MARK = bytes(2 * tarfile.BLOCKSIZE)
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True, slots=True)
class PackedArchive:
    """A packed folder.

    Attributes:
        files: in the archive's order.
        size_bytes: of the archive.
    """

    files: tuple[FileRecord, ...]
    size_bytes: int


def pack_folder(
    root: Path, destination: Path, progress: Callable[[int], None] | None = None
) -> PackedArchive:
    """Pack every file under ``root`` into the new file ``destination``.

    The bytes depend on the files' paths, contents and whether their owner may execute them: members are
    sorted by path, undated, owned by 0:0, of mode 0644 or 0755. On any failure ``destination`` is removed.

    Args:
        root: the folder; paths in the archive are relative to it.
        destination: in the folder of its final name; the caller renames it.
        progress: called with the bytes read since the last call.

    Raises:
        PackError: a link, device or empty folder is under ``root``, a file changes while it is read, or
            the disk is full.
    """
    try:
        return _pack(root, destination, progress or _ignore)
    except OSError as error:
        if error.errno in _NO_SPACE:
            needed = sum(path.stat().st_size for path in root.rglob("*") if path.is_file())
            raise PackError(
                f"{destination.parent} has no room for an archive of about {needed / 1e6:.0f} MB "
                f"({error.strerror}).",
                "free space there.",
            ) from error
        raise PackError(
            f"packing {root} into {destination} failed ({error.strerror or error}: {error.filename}).",
            "make both readable and writable.",
        ) from error


def _pack(root: Path, destination: Path, progress: Callable[[int], None]) -> PackedArchive:
    paths = _files_under(root)
    buffer = memoryview(bytearray(_READ_BYTES))
    complete = False
    descriptor = os.open(destination, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _FILE_MODE)
    try:
        gzip = StoredGzip(descriptor)
        records = [_pack_file(root, path, gzip, buffer, progress) for path in paths]
        gzip.feed(memoryview(_END_MARK))
        size_bytes = gzip.close()
        os.fsync(descriptor)
        complete = True
    finally:
        os.close(descriptor)
        if not complete:
            destination.unlink()
    return PackedArchive(tuple(records), size_bytes)


def _files_under(root: Path) -> list[str]:
    """Return the paths of every file, relative, with ``/``, sorted as code points."""
    found: list[str] = []
    for folder, folders, files in os.walk(root, onerror=_raise):
        for name in (*folders, *files):
            path = Path(folder, name)
            is_expected = path.is_dir() if name in folders else path.is_file()
            if path.is_symlink() or not is_expected:
                raise PackError(
                    f"{path} is a link or no regular file.", "put the file itself into the repository."
                )
        if not folders and not files:
            raise PackError(f"{folder} is empty.", "put the model's files into it, or remove it.")
        found += [Path(folder, name).relative_to(root).as_posix() for name in files]
    return sorted(found)


def _pack_file(
    root: Path, path: str, gzip: StoredGzip, buffer: memoryview, progress: Callable[[int], None]
) -> FileRecord:
    digest = hashlib.sha256()
    descriptor = os.open(root / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        status = os.fstat(descriptor)
        mode = _EXECUTABLE_MODE if status.st_mode & _OWNER_EXECUTES else _FILE_MODE
        gzip.feed(memoryview(_header(path, mode, status.st_size)))
        left = status.st_size
        while left:
            # Whole buffers, whatever the kernel returns at once: block borders are part of the bytes.
            piece = buffer[: min(left, _READ_BYTES)]
            if _read_into(descriptor, piece) != len(piece):
                raise PackError(
                    f"{root / path} shrank while it was packed.", "pack when nothing writes to it."
                )
            digest.update(piece)
            gzip.feed(piece)
            left -= len(piece)
            progress(len(piece))
    finally:
        os.close(descriptor)
    gzip.feed(memoryview(bytes(-status.st_size % tarfile.BLOCKSIZE)))
    return FileRecord(path, mode, status.st_size, digest.hexdigest())


def _header(path: str, mode: int, size_bytes: int) -> bytes:
    """Return a ustar header; a pax header goes before it only where path or size don't fit (POSIX.1-2017)."""
    info = tarfile.TarInfo(path)
    info.mode = mode
    info.size = size_bytes
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "strict")


def _read_into(descriptor: int, piece: memoryview) -> int:
    done = 0
    while done < len(piece):
        count = os.readv(descriptor, [piece[done:]])
        if not count:
            break
        done += count
    return done


def _raise(error: OSError) -> None:
    raise error


def _ignore(_read_bytes: int) -> None:
    """Nobody watches."""
