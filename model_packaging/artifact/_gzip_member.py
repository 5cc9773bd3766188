"""Reads a gzip stream of exactly one member, within limits."""

import zlib
from typing import BinaryIO

from model_packaging.artifact._archive_limits import ArchiveLimits
from model_packaging.artifact.errors import ArchiveError, ArchiveFault

__all__ = ["GzipMember"]

_READ_BYTES = 256 * 1024
_INFLATE_BYTES = 1 << 20
_GZIP_WRAPPER = 31
"""zlib's window bits for a gzip header and trailer, which it then checks (zlib manual, inflateInit2)."""


class GzipMember:
    """The unpacked bytes of a single-member gzip stream.

    SageMaker's readers differ in what they do at a second member: some stop, some fail. So one member and
    nothing behind it is all that is accepted.

    Args:
        stream: the packed bytes.
        archive: how errors name it.
        limits: for the total size and the ratio.
    """

    def __init__(self, stream: BinaryIO, archive: str, limits: ArchiveLimits) -> None:
        self._stream = stream
        self._archive = archive
        self._limits = limits
        self._inflate = zlib.decompressobj(_GZIP_WRAPPER)
        self._ready = b""
        self._at = 0
        self._packed_bytes = 0
        self._unpacked_bytes = 0

    def read(self, size: int) -> bytes:
        """Return the next ``size`` bytes, fewer only at the end of the stream.

        Raises:
            ArchiveError: no gzip, damaged, cut off, followed by something else, or beyond a limit.
        """
        piece = self.read_some(size)
        if len(piece) == size:
            return piece
        pieces = [piece]
        while piece and (left := size - sum(map(len, pieces))):
            piece = self.read_some(left)
            pieces.append(piece)
        return b"".join(pieces)

    def read_some(self, size: int) -> bytes:
        """Return some of the next ``size`` bytes, none only at the end of the stream.

        What is inflated is handed on as it is, without another copy, where it is wanted whole.

        Raises:
            ArchiveError: as ``read``.
        """
        while self._at == len(self._ready) and not self._inflate.eof:
            self._fill()
        if self._at == 0 and len(self._ready) <= size:
            piece, self._ready = self._ready, b""
            return piece
        piece = self._ready[self._at : self._at + size]
        self._at += len(piece)
        return piece

    def _fill(self) -> None:
        packed = self._inflate.unconsumed_tail
        if not packed:
            packed = self._stream.read(_READ_BYTES)
            self._packed_bytes += len(packed)
            if not packed:
                reason = "is empty" if not self._packed_bytes else "ends in the middle of its gzip stream"
                raise ArchiveError(self._archive, "", f"{reason}; pack it again")
        try:
            piece = self._inflate.decompress(packed, _INFLATE_BYTES)
        except zlib.error as error:
            raise ArchiveError(
                self._archive, "", f"is no gzip file, or a damaged one ({error}); a model.tar.gz is allowed"
            ) from None
        self._unpacked_bytes += len(piece)
        self._check_limits()
        self._ready, self._at = piece, 0
        if self._inflate.eof and (self._inflate.unused_data or self._stream.read(1)):
            raise ArchiveError(
                self._archive,
                "",
                "more bytes follow its gzip member; exactly one member is allowed",
                ArchiveFault.TRAILING,
            )

    def _check_limits(self) -> None:
        if self._unpacked_bytes > self._limits.total_bytes:
            raise ArchiveError(
                self._archive,
                "",
                f"unpacks to more than the allowed {self._limits.total_bytes} bytes",
                ArchiveFault.LIMIT,
            )
        if (
            self._unpacked_bytes > self._limits.ratio_free_bytes
            and self._unpacked_bytes > self._limits.ratio * self._packed_bytes
        ):
            raise ArchiveError(
                self._archive,
                "",
                f"unpacks to more than {self._limits.ratio:g} times its size, as decompression bombs do",
                ArchiveFault.LIMIT,
            )
