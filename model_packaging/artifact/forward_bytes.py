"""Bytes that are read once, from the first to the last: a member of an archive, or a file.

What reads a model file looks for a few kilobytes in gigabytes. It holds one piece at a time, and passes over
what it doesn't want.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

__all__ = ["FileBytes", "ForwardBytes", "ForwardFile"]

_PIECE_BYTES = 64 << 10


class ForwardBytes:
    """Bytes that come in pieces.

    Args:
        pieces: in their order; none is empty.
        size_bytes: of all of them, as far as known from outside: an archive's member may end before.
    """

    def __init__(self, pieces: Iterable[bytes], size_bytes: int) -> None:
        self.size_bytes = size_bytes
        self._pieces: Iterator[bytes] = iter(pieces)
        self._data = b""
        self._at = 0

    @property
    def buffered(self) -> int:
        """How many bytes lie ready."""
        return len(self._data) - self._at

    def more(self) -> bool:
        """Get another piece behind those that lie ready; False at the end."""
        piece = next(self._pieces, b"")
        self._data = self._data[self._at :] + piece if self.buffered else piece
        self._at = 0
        return bool(piece)

    def peek(self, size: int) -> bytes:
        """Return the next ``size`` bytes and stay; fewer only at the end."""
        if self.buffered < size:
            self._gather(size)
        return self._data[self._at : self._at + size]

    def take(self, size: int) -> bytes:
        """Return the next ``size`` bytes; fewer only at the end."""
        piece = self.peek(size)
        self._at += len(piece)
        return piece

    def skip(self, size: int) -> int:
        """Pass over ``size`` bytes and return how many there were: fewer only at the end."""
        left = size
        while left > self.buffered:
            left -= self.buffered
            self._data, self._at = b"", 0
            if not self.more():
                return size - left
        self._at += left
        return size

    def _gather(self, size: int) -> None:
        """Have ``size`` bytes ready, joined once however many pieces they come in."""
        pieces, there = [self._data[self._at :]], self.buffered
        while there < size and (piece := next(self._pieces, b"")):
            pieces.append(piece)
            there += len(piece)
        self._data, self._at = b"".join(pieces), 0

    def find(self, wanted: bytes) -> int:
        """Return how far away ``wanted`` is among the bytes that lie ready; -1 where it isn't there."""
        found = self._data.find(wanted, self._at)
        return found - self._at if found >= 0 else -1


class FileBytes(ForwardBytes):
    """The bytes of a file, where what is passed over needs no reading.

    Args:
        file: at its beginning; left open.
        path: of the file.
        size_bytes: of it.
    """

    def __init__(self, file: BinaryIO, path: Path, size_bytes: int) -> None:
        super().__init__(iter(lambda: file.read(_PIECE_BYTES), b""), size_bytes)
        self.path = path
        self._file = file

    def skip(self, size: int) -> int:
        """Pass over ``size`` bytes and return how many there were: fewer only at the end."""
        beyond = size - self.buffered
        if beyond <= _PIECE_BYTES:
            return super().skip(size)
        super().skip(self.buffered)
        there = min(beyond, self.size_bytes - self._file.tell())
        self._file.seek(there, 1)
        return size - beyond + there


class ForwardFile:
    """Forward bytes for a reader that seeks, as long as it only seeks ahead.

    Reading stays where it was sought to: the next place may lie before the end of what was read.

    Args:
        source: at its beginning.
    """

    def __init__(self, source: ForwardBytes) -> None:
        self._source = source
        self._place = 0

    def seek(self, place: int) -> int:
        """Go ahead to ``place``, counted from the beginning; at most to the end.

        Raises:
            ValueError: it lies behind.
        """
        if place < self._place:
            raise ValueError(f"byte {place} was passed over already")
        self._place += self._source.skip(place - self._place)
        return self._place

    def read(self, size: int) -> bytes:
        """Return ``size`` bytes from where it was sought to; fewer only at the end."""
        return self._source.peek(size)
