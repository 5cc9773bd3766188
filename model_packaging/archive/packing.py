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
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from model_packaging.archive._stored_gzip import BLOCK_BYTES, StoredGzip
from model_packaging.archive._tar_member import member_header
from model_packaging.artifact.manifest import FileRecord
from model_packaging.errors import PackError

__all__ = ["PackedArchive", "pack_folder"]

_READ_BYTES = 8 * BLOCK_BYTES
"""Whole blocks, few system calls, and still in the processor's cache when it is hashed."""
_FILE_MODE = 0o644
_EXECUTABLE_MODE = 0o755
_OWNER_EXECUTES = 0o100
_PADDING = bytes(tarfile.BLOCKSIZE)
_END_MARK = 2 * _PADDING
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
    buffers = (memoryview(bytearray(_READ_BYTES)), memoryview(bytearray(_READ_BYTES)))
    complete = False
    descriptor = os.open(destination, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _FILE_MODE)
    try:
        gzip = StoredGzip(descriptor)
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="sha256") as hasher:
            packing = _Packing(str(root), gzip, buffers, hasher, progress)
            records = [packing.add(path) for path in paths]
        gzip.feed(_END_MARK)
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
    folders = [""]
    while folders:
        folder = folders.pop()
        with os.scandir(root / folder) as entries:
            listed = list(entries)
        if not listed:
            raise PackError(f"{root / folder} is empty.", "put the model's files into it, or remove it.")
        for entry in listed:
            path = f"{folder}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                folders.append(f"{path}/")
            elif entry.is_file(follow_symlinks=False):
                found.append(path)
            else:
                raise PackError(
                    f"{root / path} is a link or no regular file.",
                    "put the file itself into the repository.",
                )
    return sorted(found)


@dataclass(frozen=True, slots=True)
class _Packing:
    """An archive that grows file by file."""

    root: str
    gzip: StoredGzip
    buffers: tuple[memoryview, memoryview]
    hasher: ThreadPoolExecutor
    progress: Callable[[int], None]

    def add(self, path: str) -> FileRecord:
        """Append one file; its header goes out with its first piece, and its padding with the last.

        A large file is hashed in another thread while this one writes the same bytes and reads the next ones:
        hashing is half of the work.
        """
        digest = hashlib.sha256()
        place = f"{self.root}/{path}"  # not pathlib's: with thousands of small files that is what costs
        descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            status = os.fstat(descriptor)
            size_bytes = status.st_size
            mode = _EXECUTABLE_MODE if status.st_mode & _OWNER_EXECUTES else _FILE_MODE
            before = member_header(path, mode, size_bytes)
            left = size_bytes
            piece, other = self.buffers
            hashed: Future[None] | None = None
            while left > _READ_BYTES:
                _read_whole(descriptor, piece, place)
                if hashed is not None:
                    hashed.result()
                hashed = self.hasher.submit(digest.update, piece)
                self.gzip.feed(before, piece)
                piece, other = other, piece
                before = b""
                left -= _READ_BYTES
                self.progress(_READ_BYTES)
            last = piece[:left]
            _read_whole(descriptor, last, place)
        finally:
            os.close(descriptor)
        if hashed is not None:
            hashed.result()
        digest.update(last)
        self.gzip.feed(before, last, _PADDING[: -size_bytes % tarfile.BLOCKSIZE])
        self.progress(left)
        return FileRecord(path, mode, size_bytes, digest.hexdigest())


def _read_whole(descriptor: int, piece: memoryview, path: str) -> None:
    """Fill ``piece``, whatever the kernel returns at once: block borders are part of the archive's bytes."""
    if _read_into(descriptor, piece) != len(piece):
        raise PackError(f"{path} shrank while it was packed.", "pack when nothing writes to it.")


def _read_into(descriptor: int, piece: memoryview) -> int:
    done = 0
    while done < len(piece):
        count = os.readv(descriptor, [piece[done:]])
        if not count:
            break
        done += count
    return done


def _ignore(_read_bytes: int) -> None:
    """Nobody watches."""
