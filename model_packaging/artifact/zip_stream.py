"""Reads the records of a zip from its first byte to its last, without the directory at its end.

That directory is how everybody else reads a zip; in a stream it comes last, and is held against what was
read. A record whose header doesn't say its size is followed by a data descriptor that does (PKWARE,
APPNOTE.TXT, 4.3.9). torch writes all of its records so (PyTorch, third_party/miniz, miniz.c,
``mz_zip_writer_add_mem_ex_v2``): the end of stored bytes is the descriptor that says how many there were.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass

from model_packaging.artifact._zip_headers import DESCRIPTOR_FORMS, FixedHeader, ZipHeader
from model_packaging.artifact.forward_bytes import ForwardBytes

__all__ = ["ZIP_MAGIC", "ZipEndsError", "ZipRecord", "ZipStreamError", "read_zip_stream"]

ZIP_MAGIC = b"PK\x03\x04"
"""Of a record, and so of a zip that holds one."""

_ENTRY = b"PK\x01\x02"
_DESCRIPTOR = b"PK\x07\x08"
_AFTER_DESCRIPTOR = (ZIP_MAGIC, _ENTRY)
_AFTER_ENTRIES = (b"PK\x05\x06", b"PK\x06\x06")
_STORED, _DEFLATED = 0, 8
_RAW_DEFLATE = -15
_PIECE_BYTES = 1 << 20

_MAX_RECORDS = 200_000
"""A model of 10,000 tensors has about 12,000."""
_MAX_NAME_BYTES = 4096
_MAX_KEPT_BYTES = 96 << 20
_MAX_DESCRIPTORS = 10_000
"""That say another size than there was: four bytes turn up by chance once in 4 GB."""
_MAX_INFLATED_BYTES = 256 << 20
"""Of all records together: torch compresses sources alone."""


class ZipStreamError(Exception):
    """The bytes are no zip that can be read in one go; the message says why."""


class ZipEndsError(ZipStreamError):
    """The zip ends before its directory does: nobody can read it."""


@dataclass(frozen=True, slots=True)
class ZipRecord:
    """One record.

    Attributes:
        name: its path in the zip.
        size_bytes: unpacked.
        content: what is in it, where it was to be kept; None otherwise.
    """

    name: str
    size_bytes: int
    content: bytes | None = None


def read_zip_stream(source: ForwardBytes, keeps: Callable[[str], bool]) -> tuple[ZipRecord, ...]:
    """Return the records of the zip ``source``, in its order, read to the end of its directory.

    Args:
        source: at its beginning.
        keeps: says of a record's name whether to keep its content.

    Raises:
        ZipStreamError: it is none, damaged, passes a limit, or its directory lists something else.
    """
    return _ZipStream(source, keeps).read()


class _ZipStream:
    """One zip, as far as it has been read."""

    def __init__(self, source: ForwardBytes, keeps: Callable[[str], bool]) -> None:
        self._source = source
        self._keeps = keeps
        self._place = 0
        self._kept_bytes = 0
        self._inflated_bytes = 0
        self._false_descriptors = 0

    def read(self) -> tuple[ZipRecord, ...]:
        records: list[ZipRecord] = []
        places: list[tuple[str, int, int]] = []
        while self._source.peek(4) == ZIP_MAGIC:
            if len(records) == _MAX_RECORDS:
                raise ZipStreamError(f"it has more than {_MAX_RECORDS} records")
            start = self._place
            records.append(self._record())
            places.append((records[-1].name, start, records[-1].size_bytes))
        if not records:
            raise ZipStreamError("it begins with no record")
        if sorted(self._entries(len(records))) != sorted(places):
            raise ZipStreamError("its directory lists other records than it holds")
        return tuple(records)

    def _record(self) -> ZipRecord:
        header = self._header()
        keep = self._keeps(header.name)
        if header.is_encrypted:
            raise ZipStreamError(f"its record {header.name!r} is encrypted")
        if header.method == _STORED:
            size_bytes, content = self._stored(header, keep=keep)
        elif header.method == _DEFLATED:
            size_bytes, content = self._deflated(header, keep=keep)
        else:
            raise ZipStreamError(f"its record {header.name!r} is packed by the method {header.method}")
        return ZipRecord(header.name, size_bytes, content)

    def _header(self) -> ZipHeader:
        fixed = FixedHeader.of_record(self._take(FixedHeader.RECORD_BYTES))
        if fixed.name_bytes > _MAX_NAME_BYTES:
            raise ZipStreamError(f"a name of {fixed.name_bytes} bytes; at most {_MAX_NAME_BYTES} are read")
        return fixed.with_tail(self._take(fixed.tail_bytes))

    def _stored(self, header: ZipHeader, *, keep: bool) -> tuple[int, bytes | None]:
        if header.has_descriptor and not header.packed_bytes:
            return self._stored_up_to_descriptor(header, keep=keep)
        size_bytes, content = header.packed_bytes, None
        if size_bytes != header.size_bytes:
            raise ZipStreamError(f"its record {header.name!r} is stored, and its sizes differ")
        if keep:
            self._count_kept(size_bytes)
            content = self._take(size_bytes)
        else:
            self._skip(size_bytes)
        checksum = header.checksum
        if header.has_descriptor:
            checksum = self._descriptor(header.name, size_bytes, size_bytes)
        _check(header.name, content, checksum)
        return size_bytes, content

    def _stored_up_to_descriptor(self, header: ZipHeader, *, keep: bool) -> tuple[int, bytes | None]:
        """Pass over bytes up to the descriptor that says how many they were."""
        start = self._place
        kept: list[bytes] = []

        def advance(count: int) -> None:
            if keep:
                self._count_kept(count)
                kept.append(self._take(count))
            else:
                self._skip(count)

        while True:
            distance = self._source.find(_DESCRIPTOR)
            if distance < 0:
                advance(max(0, self._source.buffered - len(_DESCRIPTOR) + 1))
                if not self._source.more():
                    raise ZipEndsError(f"it ends in its record {header.name!r}")
                continue
            advance(distance)
            size_bytes = self._place - start
            if (checksum := self._descriptor_here(size_bytes)) is not None:
                content = b"".join(kept) if keep else None
                _check(header.name, content, checksum)
                return size_bytes, content
            advance(len(_DESCRIPTOR))
            self._false_descriptors += 1
            if self._false_descriptors > _MAX_DESCRIPTORS:
                raise ZipStreamError("it holds thousands of descriptors that describe nothing")

    def _descriptor_here(self, size_bytes: int) -> int | None:
        """Take the descriptor of so many stored bytes and return their checksum; None where there is none."""
        for form in DESCRIPTOR_FORMS:
            length = len(_DESCRIPTOR) + form.size
            data = self._source.peek(length + len(ZIP_MAGIC))
            if len(data) < length or data[length:] not in _AFTER_DESCRIPTOR:
                continue
            checksum, packed, unpacked = form.unpack_from(data, len(_DESCRIPTOR))
            if packed == unpacked == size_bytes:
                self._take(length)
                return int(checksum)
        return None

    def _deflated(self, header: ZipHeader, *, keep: bool) -> tuple[int, bytes | None]:
        inflate = zlib.decompressobj(_RAW_DEFLATE)
        kept: list[bytes] = []
        start, size_bytes = self._place, 0
        while not inflate.eof:
            if not self._source.buffered and not self._source.more():
                raise ZipEndsError(f"it ends in its record {header.name!r}")
            piece = self._source.peek(min(self._source.buffered, _PIECE_BYTES))
            try:
                unpacked = inflate.decompress(piece, _PIECE_BYTES)
            except zlib.error as error:
                raise ZipStreamError(f"its record {header.name!r} is damaged ({error})") from None
            self._skip(len(piece) - len(inflate.unused_data) - len(inflate.unconsumed_tail))
            size_bytes += len(unpacked)
            self._inflated_bytes += len(unpacked)
            if self._inflated_bytes > _MAX_INFLATED_BYTES:
                raise ZipStreamError(f"its records unpack to more than {_MAX_INFLATED_BYTES} bytes")
            if keep:
                self._count_kept(len(unpacked))
                kept.append(unpacked)
        packed_bytes, checksum = self._place - start, header.checksum
        if header.has_descriptor:
            checksum = self._descriptor(header.name, packed_bytes, size_bytes)
        elif (packed_bytes, size_bytes) != (header.packed_bytes, header.size_bytes):
            raise ZipStreamError(f"its record {header.name!r} has another size than its header says")
        content = b"".join(kept) if keep else None
        _check(header.name, content, checksum)
        return size_bytes, content

    def _descriptor(self, name: str, packed_bytes: int, size_bytes: int) -> int:
        """Take the descriptor, with its signature or without, and return the checksum in it."""
        marked = len(_DESCRIPTOR) if self._source.peek(len(_DESCRIPTOR)) == _DESCRIPTOR else 0
        for form in DESCRIPTOR_FORMS:
            data = self._source.peek(marked + form.size)
            if len(data) == marked + form.size:
                checksum, packed, unpacked = form.unpack_from(data, marked)
                if (packed, unpacked) == (packed_bytes, size_bytes):
                    self._take(len(data))
                    return int(checksum)
        raise ZipStreamError(f"its record {name!r} has another size than its descriptor says")

    def _entries(self, expected: int) -> list[tuple[str, int, int]]:
        """Return name, place and size of every record that the directory lists."""
        entries: list[tuple[str, int, int]] = []
        while self._source.peek(4) == _ENTRY:
            if len(entries) == expected:
                raise ZipStreamError("its directory lists more records than it holds")
            fixed = FixedHeader.of_entry(self._take(FixedHeader.ENTRY_BYTES))
            entry = fixed.with_tail(self._take(fixed.tail_bytes))
            entries.append((entry.name, entry.place, entry.size_bytes))
        if self._source.peek(4) not in _AFTER_ENTRIES:
            raise ZipEndsError("it ends without a directory")
        return entries

    def _count_kept(self, count: int) -> None:
        self._kept_bytes += count
        if self._kept_bytes > _MAX_KEPT_BYTES:
            raise ZipStreamError(f"its code and pickles have more than {_MAX_KEPT_BYTES} bytes")

    def _take(self, size: int) -> bytes:
        data = self._source.take(size)
        self._place += len(data)
        if len(data) < size:
            raise ZipEndsError("it ends in the middle of a record")
        return data

    def _skip(self, size: int) -> None:
        passed = self._source.skip(size)
        self._place += passed
        if passed < size:
            raise ZipEndsError("it ends in the middle of a record")


def _check(name: str, content: bytes | None, checksum: int) -> None:
    if content is not None and zlib.crc32(content) != checksum:
        raise ZipStreamError(f"its record {name!r} is damaged: its checksum differs")
