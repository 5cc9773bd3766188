"""Reads config.pbtxt with every value's place in the text, so that one value can be found or replaced alone.

protobuf's own parser forgets comments and lines, and the environments that start Triton carry none. This
reads its text format (https://protobuf.dev/reference/protobuf/textformat-spec/) without a schema: whether the
fields are Triton's is left to ``config_pbtxt``, or to Triton itself.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = [
    "ConfigTextError",
    "Field",
    "FieldLines",
    "Message",
    "Scalar",
    "line_of_field",
    "parse_config_text",
]

_DEEPEST = 100  # protobuf's own default limit of nested messages
_TOKEN = re.compile(
    r"""(?P<space>[\s]+|\#[^\n]*)
      | (?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      | (?P<word>[A-Za-z0-9_.+]+(?:[A-Za-z0-9_.+-])*)
      | (?P<mark>[{}<>\[\]:,;-])""",
    re.VERBOSE,
)
_CLOSING = {"{": "}", "<": ">"}


class ConfigTextError(ValueError):
    """The text is no protobuf text format; the message begins with ``line:column``."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as it stands in ``text[start:end]``: a word, a number, or string literals."""

    text: str
    line: int
    start: int
    end: int

    @property
    def string(self) -> str:
        """The string without its quotes; escapes, which no name of Triton's has, stay as they are."""
        return self.text[1:-1] if self.text[:1] in {'"', "'"} else self.text


@dataclass(frozen=True, slots=True)
class Message:
    """The fields between two braces, or of the whole text."""

    fields: tuple["Field", ...]

    def all(self, name: str) -> tuple["Field", ...]:
        """Return every field called ``name``."""
        return tuple(field for field in self.fields if field.name == name)

    def scalars(self, name: str) -> tuple[Scalar, ...]:
        """Return every scalar of the fields called ``name``."""
        values = (value for field in self.all(name) for value in field.values)
        return tuple(value for value in values if isinstance(value, Scalar))

    def messages(self, name: str) -> tuple["Message", ...]:
        """Return every message of the fields called ``name``."""
        return tuple(
            value for field in self.all(name) for value in field.values if isinstance(value, Message)
        )

    def string(self, name: str) -> str:
        """Return the last value of the string field ``name``, empty where there is none."""
        values = self.scalars(name)
        return values[-1].string if values else ""


@dataclass(frozen=True, slots=True)
class Field:
    """One field, its separator included, as it stands in ``text[start:end]``."""

    name: str
    values: tuple[Scalar | Message, ...]
    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


def parse_config_text(text: str) -> Message:
    """Return the fields of ``text``.

    Raises:
        ConfigTextError: it breaks the format's syntax.
    """
    return _Parser(text).parse()


def line_of_field(message: Message, field: Sequence[str | int]) -> int:
    """Return the line of one field; as ``FieldLines.line``, which is for many fields of one text."""
    return FieldLines(message).line(field)


class FieldLines:
    """The lines of a text's fields; what each message has under a name is gathered once.

    Args:
        message: the whole text.
    """

    def __init__(self, message: Message) -> None:
        self._message = message
        # A message is known by its identity: it is kept by the one around it, and to compare it takes long.
        self._gathered: dict[tuple[int, str], list[tuple[int, Scalar | Message]]] = {}

    def line(self, field: Sequence[str | int]) -> int:
        """Return the line of a field, or of the nearest one around it that the text has; 0 where none is.

        Args:
            field: names of fields, each followed by an index from 0 where it is repeated:
                ``("input", 0, "dims")``. Both ways to repeat one are counted: a list, and the field again.
        """
        line, message = 0, self._message
        names = list(field)
        while names:
            name = names.pop(0)
            index = names.pop(0) if names and isinstance(names[0], int) else 0
            found = self._values(message, str(name))
            if not found:
                break
            line, value = found[min(int(index), len(found) - 1)]
            inner = value if isinstance(value, Scalar) else next(iter(value.fields), None)
            line = inner.line if inner is not None and len(found) > 1 else line
            if not isinstance(value, Message):
                break
            message = value
        return line

    def _values(self, message: Message, name: str) -> list[tuple[int, Scalar | Message]]:
        key = (id(message), name)
        if key not in self._gathered:
            self._gathered[key] = [(each.line, value) for each in message.all(name) for value in each.values]
        return self._gathered[key]


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._tokens = tuple(self._tokenize())
        self._next = 0
        self._depth = 0

    def parse(self) -> Message:
        message = self._message(closing="")
        if self._peek().kind != "end":
            raise self._error(f"expected a field's name, found {self._peek().text!r}")
        return message

    def _tokenize(self) -> Iterator[_Token]:
        position = 0
        while position < len(self._text):
            match = _TOKEN.match(self._text, position)
            if match is None:
                raise self._error(f"unexpected {self._text[position]!r}", position)
            kind = match.lastgroup or ""
            if kind != "space":
                yield _Token(kind, match.group(), match.start(), match.end())
            position = match.end()
        yield _Token("end", "the end of the text", position, position)

    def _message(self, closing: str) -> Message:
        if self._depth == _DEEPEST:
            raise self._error(f"messages are nested more than {_DEEPEST} deep")
        self._depth += 1
        fields = []
        while self._peek().kind != "end" and self._peek().text != closing:
            fields.append(self._field())
        self._depth -= 1
        return Message(tuple(fields))

    def _field(self) -> Field:
        name = self._take()
        if name.kind != "word":
            raise self._error(f"expected a field's name, found {name.text!r}", name.start)
        colon = self._take_if(":")
        values = self._list(name) if self._take_if("[") else (self._value(scalar_allowed=bool(colon)),)
        end = self._tokens[self._next - 1].end
        if separator := self._take_if(",") or self._take_if(";"):
            end = separator.end
        return Field(name.text, values, self._line(name.start), name.start, end)

    def _list(self, name: _Token) -> tuple[Scalar | Message, ...]:
        values: list[Scalar | Message] = []
        while not self._take_if("]"):
            if values and not self._take_if(","):
                raise self._error(
                    f"expected ',' or ']' in the list of {name.text!r}, found {self._peek().text!r}"
                )
            values.append(self._value(scalar_allowed=True))
        return tuple(values)

    def _value(self, *, scalar_allowed: bool) -> Scalar | Message:
        first = self._take()
        if closing := _CLOSING.get(first.text):
            message = self._message(closing)
            if not self._take_if(closing):
                raise self._error(f"expected {closing!r}, found {self._peek().text!r}")
            return message
        if not scalar_allowed:
            raise self._error(f"expected ':' or '{{', found {first.text!r}", first.start)
        last = first
        if first.text == "-":
            last = self._take()
        if last.kind not in {"word", "string"}:
            raise self._error(f"expected a value, found {last.text!r}", last.start)
        while last.kind == "string" and self._peek().kind == "string":
            last = self._take()
        return Scalar(self._text[first.start : last.end], self._line(first.start), first.start, last.end)

    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._tokens[self._next]
        if token.kind != "end":
            self._next += 1
        return token

    def _take_if(self, text: str) -> _Token | None:
        return self._take() if self._peek().kind == "mark" and self._peek().text == text else None

    def _line(self, position: int) -> int:
        return bisect_right(self._line_starts, position)

    def _error(self, what: str, position: int | None = None) -> ConfigTextError:
        at = self._peek().start if position is None else position
        column = at - (self._text.rfind("\n", 0, at) + 1) + 1
        return ConfigTextError(f"{self._line(at)}:{column}: {what}")
