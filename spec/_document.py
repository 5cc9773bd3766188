"""A YAML document as plain data that remembers where everything stands."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

__all__ = ["Complaint", "Document", "DocumentPath", "dotted", "nearest_line", "one_line", "shorten"]

DocumentPath: TypeAlias = tuple[str | int, ...]

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SHOWN_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong at one path, before file and line are known."""

    path: DocumentPath
    what: str
    allowed: str
    fix: str
    value: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """The data of a YAML document.

    Attributes:
        data: mappings with string keys, lists, strings, integers, floats, booleans and None.
        lines: the line of every path; for an entry of a mapping its key's.
        scalars: the text of every plain scalar that became something else than a string.
        complaints: what YAML allows and a deployment file does not.
        unreadable: paths whose data is a stand-in, because a complaint is about them.
        incomplete: mappings that lack entries, because a complaint is about these.
    """

    data: object = None
    lines: Mapping[DocumentPath, int] = field(default_factory=dict)
    scalars: Mapping[DocumentPath, str] = field(default_factory=dict)
    complaints: Sequence[Complaint] = ()
    unreadable: frozenset[DocumentPath] = frozenset()
    incomplete: frozenset[DocumentPath] = frozenset()

    def at(self, path: DocumentPath) -> object:
        """Return the data at ``path``, None where there is nothing."""
        data = self.data
        for part in path:
            if isinstance(data, dict):
                data = data.get(part)
            elif isinstance(data, list) and isinstance(part, int) and part < len(data):
                data = data[part]
            else:
                return None
        return data

    def shown(self, path: DocumentPath) -> str:
        """Return the value at ``path`` as the file has it, shortened to one short line."""
        return shorten(self.scalars.get(path) or _as_yaml(self.at(path)))


def nearest_line(lines: Mapping[DocumentPath, int], path: DocumentPath) -> int:
    """Return the line of ``path`` or, where it has none, of the nearest thing around it; at least 1."""
    return next((lines[path[:end]] for end in range(len(path), -1, -1) if path[:end] in lines), 1)


def dotted(path: DocumentPath) -> str:
    """Return ``path`` as text: ``models.classifier.triton.instance_group[0].kind``."""
    parts = [
        f"[{part}]"
        if isinstance(part, int)
        else f".{part if _BARE_KEY.fullmatch(part) else json.dumps(part)}"
        for part in path
    ]
    return shorten("".join(parts).removeprefix("."), 4 * _SHOWN_CHARACTERS)


def shorten(words: str, characters: int = _SHOWN_CHARACTERS) -> str:
    """Return ``words`` on one line, cut to ``characters``."""
    words = one_line(words)
    return words if len(words) <= characters else f"{words[: characters - 3]}..."


def one_line(words: str) -> str:
    """Return ``words`` with escapes for what would break the line or not be seen."""
    return words if words.isprintable() else words.encode("unicode_escape").decode("ascii")


def _as_yaml(value: object) -> str:
    match value:
        case dict():
            return "a mapping" if value else "{}"
        case list():
            return f"a list of {len(value)}" if value else "[]"
        case None:
            return "nothing"
        case _:
            return json.dumps(value, ensure_ascii=False)
