"""Writes one gzip member of stored DEFLATE blocks (RFC 1951, section 3.2.4; RFC 1952)."""

import os
import struct
from collections.abc import Sequence

from isal import isal_zlib

__all__ = ["BLOCK_BYTES", "StoredGzip"]

BLOCK_BYTES = 0xFFFF
"""The longest stored block: its length has 16 bits."""

_HEADER = b"\x1f\x8b\x08\x00" + bytes(4) + b"\x00\xff"
"""No flags, no time, no compression hint, operating system unknown: nothing that could vary."""

_BLOCK_HEADER = struct.Struct("<BHH").pack
_FULL_BLOCK = _BLOCK_HEADER(0, BLOCK_BYTES, 0)
_LAST_BLOCK = _BLOCK_HEADER(1, 0, 0xFFFF)
_MAX_BUFFERS = 1024  # IOV_MAX of Linux and macOS
_SIZE_MODULUS = 1 << 32


class StoredGzip:
    """A gzip member on a file descriptor.

    Equal sequences of pieces give equal bytes, in however many calls they come.

    Args:
        descriptor: an empty file, open for writing; the caller closes it.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._crc = 0
        self._content_bytes = 0
        self._written_bytes = 0
        self._write([_HEADER])

    def feed(self, *pieces: bytes | memoryview) -> None:
        """Append ``pieces``; where one ends, so does a block.

        Raises:
            OSError: they can't be written.
        """
        buffers: list[bytes | memoryview] = []
        for data in pieces:
            self._crc = isal_zlib.crc32(data, self._crc)
            self._content_bytes += len(data)
            for start in range(0, len(data), BLOCK_BYTES):
                block = data[start : start + BLOCK_BYTES]
                size = len(block)
                buffers.append(
                    _FULL_BLOCK if size == BLOCK_BYTES else _BLOCK_HEADER(0, size, size ^ BLOCK_BYTES)
                )
                buffers.append(block)
                if len(buffers) == _MAX_BUFFERS:
                    self._write(buffers)
                    buffers.clear()
        self._write(buffers)

    def close(self) -> int:
        """End the member and return its size in bytes; the descriptor stays open.

        Raises:
            OSError: it can't be written.
        """
        self._write([_LAST_BLOCK, struct.pack("<II", self._crc, self._content_bytes % _SIZE_MODULUS)])
        return self._written_bytes

    def _write(self, buffers: Sequence[bytes | memoryview]) -> None:
        if not buffers:
            return
        wanted = sum(len(buffer) for buffer in buffers)
        written = os.writev(self._descriptor, buffers)
        if written < wanted:  # a full disk shows as a short write first, and raises at the next
            rest = memoryview(b"".join(buffers))[written:]
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        self._written_bytes += wanted
