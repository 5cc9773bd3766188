"""Reads protobuf's wire format from a file, field by field, and passes over what nobody asked for.

Source: Protocol Buffers, "Encoding". A model of gigabytes is read in a few kilobytes of memory: what is not
wanted is sought past. A hostile file ends in an error after a bounded number of fields.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from model_packaging.artifact.effort import Effort

__all__ = ["Field", "SeekableAhead", "WireError", "WireReader"]

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MAX_VARINT_BYTES = 10
_MAX_FIELDS = 1_000_000
"""A node or a tensor is one; the largest language models have some 100,000."""
_SIGN_BIT = 1 << 63


class WireError(Exception):
    """The bytes are no protobuf message, or one that is too long to be read; the message says why."""


class SeekableAhead(Protocol):
    """What is read: each place that is sought lies ahead of the one before it."""

    def seek(self, place: int, /) -> int: ...

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message.

    Attributes:
        number: as the message's definition has it.
        value: of an integer, signed; 0 otherwise.
        start: of a nested message, text or bytes: its place in the file; -1 otherwise.
        end: one past it.
    """

    number: int
    value: int
    start: int
    end: int

    @property
    def size_bytes(self) -> int:
        """Of a nested message, text or bytes."""
        return self.end - self.start


class WireReader:
    """Fields of the messages in one file.

    Args:
        file: its bytes; it is only sought ahead.
        size_bytes: its length.
        effort: each field is a step of it, and raises EffortSpentError where none is left.
    """

    def __init__(self, file: SeekableAhead, size_bytes: int, effort: Effort | None = None) -> None:
        self._file = file
        self._size_bytes = size_bytes
        self._effort = effort or Effort()
        self._fields = 0

    def message(self) -> Iterator[Field]:
        """Yield the fields of the file's outermost message; as ``fields``."""
        return self.fields(Field(0, 0, 0, self._size_bytes))

    def fields(self, message: Field) -> Iterator[Field]:
        """Yield the fields of a nested message, in the file's order; the caller may read others meanwhile.

        Raises:
            WireError: see the class.
        """
        if message.start < 0:
            raise WireError("a message is missing where one belongs")
        place = message.start
        while place < message.end:
            self._fields += 1
            if self._fields > _MAX_FIELDS:
                raise WireError(f"it has more than {_MAX_FIELDS} fields")
            self._effort.take()
            field, place = self._field(place, message.end)
            yield field

    def text(self, field: Field, limit_bytes: int) -> str:
        """Return the text of ``field``.

        Raises:
            WireError: it is none, or longer than ``limit_bytes``.
        """
        if field.start < 0 or field.size_bytes > limit_bytes:
            raise WireError(f"field {field.number} is no text of at most {limit_bytes} bytes")
        self._file.seek(field.start)
        try:
            return self._file.read(field.size_bytes).decode()
        except UnicodeDecodeError:
            raise WireError(f"field {field.number} is no UTF-8 text") from None

    def _field(self, place: int, end: int) -> tuple[Field, int]:
        key, place = self._varint(place, end)
        number, kind = key >> 3, key & 7
        if kind == _VARINT:
            value, place = self._varint(place, end)
            field = Field(number, value - ((value & _SIGN_BIT) << 1), -1, -1)
        elif kind == _BYTES:
            size, start = self._varint(place, end)
            place = start + size
            field = Field(number, 0, start, place)
        elif kind in (_FIXED32, _FIXED64):
            place += 4 if kind == _FIXED32 else 8
            field = Field(number, 0, -1, -1)
        else:
            field = Field(0, 0, -1, -1)
        if field.number == 0:
            raise WireError(f"the byte before {place} begins no field")
        if place > end:
            raise WireError(f"the field at byte {place} ends outside of its message")
        return field, place

    def _varint(self, place: int, end: int) -> tuple[int, int]:
        self._file.seek(place)
        data = self._file.read(min(_MAX_VARINT_BYTES, end - place))
        value = 0
        for index, byte in enumerate(data):
            value |= (byte & 0x7F) << (7 * index)
            if byte < 0x80:  # noqa: PLR2004 - the continuation bit
                return value & ((1 << 64) - 1), place + index + 1
        raise WireError(f"the number at byte {place} does not end")
