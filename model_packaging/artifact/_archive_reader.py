"""Reads the members of a model.tar.gz one after the other, without ever holding or trusting the whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from model_packaging.artifact._archive_limits import ArchiveLimits
from model_packaging.artifact._gzip_member import GzipMember
from model_packaging.artifact._tar_header import BLOCK_BYTES, Header, next_header
from model_packaging.artifact.errors import ArchiveError, ArchiveFault

__all__ = ["ArchiveReader", "open_archive"]

_CHUNK_BYTES = 1 << 20


class ArchiveReader:
    """The members of an archive, in order; each one's content can be read while it is the current one.

    Iterating to the end proves the archive sound: its checksum, its end mark, nothing behind it.

    Args:
        stream: the packed bytes.
        archive: how errors name it.
        limits: see ``ArchiveLimits``.
    """

    def __init__(self, stream: BinaryIO, archive: str, limits: ArchiveLimits) -> None:
        self._source = GzipMember(stream, archive, limits)
        self._archive = archive
        self._limits = limits
        self._files: set[str] = set()
        self._folders: set[str] = set()
        self._implied: set[str] = set()
        self._count = 0
        self._current: Header | None = None
        self._left_bytes = 0

    def __iter__(self) -> Iterator[Header]:
        """Yield every member.

        Raises:
            ArchiveError: a member or the archive is refused.
        """
        while (header := self._next()) is not None:
            self._current, self._left_bytes = header, header.size_bytes
            yield header
            for _ in self.chunks():
                pass
            self._source.read(-header.size_bytes % BLOCK_BYTES)
        self._current = None
        self._read_to_end()

    def chunks(self) -> Iterator[bytes]:
        """Yield what is left of the current member's content.

        Raises:
            ArchiveError: the archive ends inside it, is damaged, or passes a limit.
        """
        while self._left_bytes:
            piece = self._source.read_some(min(self._left_bytes, _CHUNK_BYTES))
            if not piece:
                name = self._current.path if self._current else ""
                raise ArchiveError(self._archive, name, "the archive ends in its middle; pack it again")
            self._left_bytes -= len(piece)
            yield piece

    def content(self, limit_bytes: int) -> bytes:
        """Return the current member's content.

        Raises:
            ArchiveError: it is longer than ``limit_bytes``, or as for ``chunks``.
        """
        if self._left_bytes > limit_bytes:
            name = self._current.path if self._current else ""
            raise ArchiveError(
                self._archive,
                name,
                f"{self._left_bytes} bytes, at most {limit_bytes} are read",
                ArchiveFault.LIMIT,
            )
        return b"".join(self.chunks())

    def _next(self) -> Header | None:
        header = next_header(self._source, self._archive, self._limits)
        if header is None:
            return None
        self._count += 1
        if self._count > self._limits.members:
            raise ArchiveError(
                self._archive,
                header.path,
                f"the archive has more than {self._limits.members} members",
                ArchiveFault.LIMIT,
            )
        self._check_place(header)
        return header

    def _check_place(self, header: Header) -> None:
        """Refuse a second member at one path, and a file where another member needs a folder."""
        path = header.path
        parts = path.split("/")
        parents = {"/".join(parts[:depth]) for depth in range(1, len(parts))}
        if path in self._files or path in self._folders:
            raise ArchiveError(
                self._archive, path, "is there twice; each path may be there once", ArchiveFault.TWICE
            )
        if parents & self._files or (path in self._implied and not header.is_directory):
            raise ArchiveError(self._archive, path, "is a file and a folder at once", ArchiveFault.TWICE)
        (self._folders if header.is_directory else self._files).add(path)
        self._implied |= parents

    def _read_to_end(self) -> None:
        """Accept zero padding up to the end of the stream, as GNU tar writes it, and nothing else."""
        while piece := self._source.read(_CHUNK_BYTES):
            if piece.strip(b"\0"):
                raise ArchiveError(
                    self._archive,
                    "",
                    "more data follows the end mark of its tar stream",
                    ArchiveFault.TRAILING,
                )


@contextmanager
def open_archive(
    archive: Path | BinaryIO, limits: ArchiveLimits | None = None, name: str | None = None
) -> Iterator[ArchiveReader]:
    """Open a model.tar.gz for reading.

    Args:
        archive: its path, or a stream of its bytes; a stream is left open.
        limits: bounds; the defaults of ``ArchiveLimits`` where not given.
        name: how errors name it; its path where not given.

    Raises:
        ArchiveError: it can't be opened.
    """
    if isinstance(archive, Path):
        try:
            stream = archive.open("rb")
        except OSError as error:
            raise ArchiveError(
                name or str(archive), "", f"can't be opened ({error.strerror or error})"
            ) from None
        with stream:
            yield ArchiveReader(stream, name or str(archive), limits or ArchiveLimits())
    else:
        yield ArchiveReader(archive, name or "archive", limits or ArchiveLimits())
