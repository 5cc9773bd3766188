"""Headers of a zip: of its records, of its directory's entries, and what stands behind a record.

Source: PKWARE, APPNOTE.TXT, 4.3.7 (local file header), 4.3.9 (data descriptor), 4.3.12 (central directory)
and 4.5.3 (Zip64: sizes too large for 32 bits).
"""

import struct
from dataclasses import dataclass
from typing import ClassVar, Self

__all__ = ["DESCRIPTOR_FORMS", "FixedHeader", "ZipHeader"]

_RECORD = struct.Struct("<4s5H3L2H")
_ENTRY = struct.Struct("<4s6H3L5H2L")
DESCRIPTOR_FORMS = (struct.Struct("<L2L"), struct.Struct("<L2Q"))
"""Of a data descriptor behind its signature: checksum, packed size, size; in Zip64 the sizes have 64 bits."""

_ENCRYPTED, _HAS_DESCRIPTOR = 0x1, 0x8
_IN_EXTRA = 0xFFFFFFFF
_ZIP64 = 1
_EXTRA_HEADER_BYTES = 4
_MAX_EXTRA_FIELDS = 64
"""Of one header that are looked at; torch writes one or two."""


@dataclass(frozen=True, slots=True)
class ZipHeader:
    """A record's header, or its entry in the directory.

    Attributes:
        name: of the record.
        method: how it is packed.
        checksum: CRC-32 of its content; 0 where a descriptor says it.
        packed_bytes: its size in the zip; likewise.
        size_bytes: of its content; likewise.
        place: of the record in the zip, as the directory says it; 0 of a record's own header.
        is_encrypted: whether it can't be read without a password.
        has_descriptor: whether checksum and sizes stand behind it.
    """

    name: str
    method: int
    checksum: int
    packed_bytes: int
    size_bytes: int
    place: int
    is_encrypted: bool
    has_descriptor: bool


@dataclass(frozen=True, slots=True)
class FixedHeader:
    """The part of a header whose length is fixed.

    Attributes:
        flags: general purpose bit flag.
        method: compression method.
        checksum: CRC-32.
        sizes: size, packed size and place.
        name_bytes: length of the name that follows.
        extra_bytes: of the extra field behind it.
        comment_bytes: of the comment behind that; only entries of the directory have one.
    """

    RECORD_BYTES: ClassVar[int] = _RECORD.size
    ENTRY_BYTES: ClassVar[int] = _ENTRY.size

    flags: int
    method: int
    checksum: int
    sizes: tuple[int, int, int]
    name_bytes: int
    extra_bytes: int
    comment_bytes: int

    @classmethod
    def of_record(cls, data: bytes) -> Self:
        """Return what ``data``, of ``RECORD_BYTES``, say."""
        _, _, flags, method, _, _, checksum, packed, size, name_bytes, extra_bytes = _RECORD.unpack(data)
        return cls(flags, method, checksum, (size, packed, 0), name_bytes, extra_bytes, 0)

    @classmethod
    def of_entry(cls, data: bytes) -> Self:
        """Return what ``data``, of ``ENTRY_BYTES``, say."""
        _, _, _, flags, method, _, _, checksum, packed, size, *lengths, _, _, _, place = _ENTRY.unpack(data)
        name_bytes, extra_bytes, comment_bytes = lengths
        return cls(flags, method, checksum, (size, packed, place), name_bytes, extra_bytes, comment_bytes)

    @property
    def tail_bytes(self) -> int:
        """How many bytes follow."""
        return self.name_bytes + self.extra_bytes + self.comment_bytes

    def with_tail(self, tail: bytes) -> ZipHeader:
        """Return the whole header.

        Args:
            tail: the ``tail_bytes`` bytes that follow.
        """
        extra = tail[self.name_bytes : self.name_bytes + self.extra_bytes]
        size_bytes, packed_bytes, place = _wide(extra, self.sizes)
        return ZipHeader(
            name=tail[: self.name_bytes].decode(errors="backslashreplace"),
            method=self.method,
            checksum=self.checksum,
            packed_bytes=packed_bytes,
            size_bytes=size_bytes,
            place=place,
            is_encrypted=bool(self.flags & _ENCRYPTED),
            has_descriptor=bool(self.flags & _HAS_DESCRIPTOR),
        )


def _wide(extra: bytes, sizes: tuple[int, int, int]) -> tuple[int, int, int]:
    """Return size, packed size and place, of which those that are full of ones are in ``extra``, in order."""
    values = list(sizes)
    start = 0
    for _ in range(_MAX_EXTRA_FIELDS):
        if len(extra) - start < _EXTRA_HEADER_BYTES:
            break
        kind, length = struct.unpack_from("<2H", extra, start)
        start += _EXTRA_HEADER_BYTES
        if kind == _ZIP64:
            field = extra[start : start + length]
            wide = [field[start : start + 8] for start in range(0, len(field), 8)]
            for index, value in enumerate(values):
                if value == _IN_EXTRA and wide:
                    values[index] = int.from_bytes(wide.pop(0), "little")
        start += length
    return values[0], values[1], values[2]
