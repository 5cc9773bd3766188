"""How a stream is cut into the parts of a multipart upload."""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

__all__ = ["PART_BYTES", "Part", "Stream", "checksum_of"]

PART_BYTES = 8 << 20
"""Of every part but the last. Amazon S3 takes 5 MiB to 5 GiB (S3 User Guide, "Amazon S3 multipart upload
limits"); a few of these in flight fill a connection ("Performance guidelines": 8 MB or 16 MB)."""

_MAX_PARTS = 10_000
"""S3 User Guide, "Amazon S3 multipart upload limits"."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its number from 1, its bytes, and their SHA-256 in base64."""

    number: int
    content: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Stream:
    """The content of one object, read once.

    Attributes:
        pieces: its bytes, in pieces of any lengths.
        size_bytes: of all of it.
        part_bytes: of a part, unless so many parts would be too many.
    """

    pieces: Iterable[bytes]
    size_bytes: int
    part_bytes: int = PART_BYTES

    @property
    def part_count(self) -> int:
        """How many parts it has: at least one, which may be empty."""
        return max(1, -(-self.size_bytes // self._length))

    def parts(self) -> Iterator[Part]:
        """Yield the parts, one in memory at a time; the same content gives the same parts."""
        number, gathered = 1, bytearray()
        for piece in self.pieces:
            gathered += piece
            while len(gathered) >= self._length and number < self.part_count:
                content = bytes(memoryview(gathered)[: self._length])
                del gathered[: self._length]
                yield _part(number, content)
                number += 1
        yield _part(number, bytes(gathered))

    @property
    def _length(self) -> int:
        # The least multiple that keeps within the number of parts.
        return self.part_bytes * max(1, -(-self.size_bytes // (self.part_bytes * _MAX_PARTS)))


def checksum_of(parts: Sequence[str]) -> str:
    """Return the checksum that Amazon S3 gives to an object of parts with these checksums.

    Source: S3 User Guide, "Checking object integrity", composite checksums; of one part it is that part's.
    """
    if len(parts) == 1:
        return parts[0]
    digests = b"".join(base64.b64decode(each) for each in parts)
    return f"{_sha256(digests)}-{len(parts)}"


def _part(number: int, content: bytes) -> Part:
    return Part(number, content, _sha256(content))


def _sha256(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()
