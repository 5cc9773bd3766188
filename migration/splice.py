"""Changing single values of a YAML text and leaving every other byte as it is.

ruamel.yaml says where each node stands; nothing is printed by it, so comments, blank lines, quotes and
indents stay the author's own.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from migration.change import Change, Path
from migration.errors import MigrationError

__all__ = ["spliced"]

_COMMA = re.compile(r"[ \t]*,?")
_REST_OF_LINE = re.compile(r"[ \t]*,?[ \t]*(#[^\n]*)?(\r?\n|\Z)")


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of a mapping, or an item of a list.

    Attributes:
        first: where its text begins: the key, or the item.
        value: its node.
        siblings: the first and last character of all entries beside it, itself included, in order.
        index: its own among them.
        flow: it stands between braces or brackets.
    """

    first: int
    value: Node
    siblings: Sequence[tuple[int, int]]
    index: int
    flow: bool


def spliced(text: str, changes: Iterable[Change]) -> str:
    """Return ``text`` with ``changes`` made, one after the other.

    An entry that goes takes its line's comment along, and the mapping or list around it where that would be
    left empty; comments on lines of their own stay.

    Raises:
        MigrationError: a place is not in the text.
    """
    for change in sorted(changes, key=_last_first, reverse=True):
        entry = _find(text, change.path)
        if change.value is None:
            text = _without(text, change.path)
        else:
            text = text[: entry.value.start_mark.index] + change.value + text[entry.value.end_mark.index :]
    return text


def _last_first(change: Change) -> tuple[tuple[int, int | str], ...]:
    """Order so that an index of a list still holds when its turn comes."""
    return tuple((int(isinstance(part, int)), part) for part in change.path)


def _without(text: str, path: Path) -> str:
    entry = _find(text, path)
    while len(entry.siblings) == 1 and len(path) > 1:
        path = path[:-1]
        entry = _find(text, path)
    if entry.flow:
        return _without_flow_entry(text, entry)
    begin, end = entry.siblings[entry.index]
    line = text.rfind("\n", 0, begin) + 1
    following = text.find("\n", end)
    return text[:line] + (text[following + 1 :] if following >= 0 else "")


def _without_flow_entry(text: str, entry: _Entry) -> str:
    """Take an entry out of braces or brackets; a comma that is left before the closing one is allowed."""
    begin, end = entry.siblings[entry.index]
    line = text.rfind("\n", 0, begin) + 1
    begins_line = not text[line:begin].strip()
    rest = _REST_OF_LINE.match(text, end)
    if begins_line and rest is not None:
        return text[:line] + text[rest.end() :]
    if entry.index > 0 and not begins_line:
        return text[: entry.siblings[entry.index - 1][1]] + text[end:]
    if entry.index + 1 < len(entry.siblings):
        return text[:begin] + text[entry.siblings[entry.index + 1][0] :]
    comma = _COMMA.match(text, end)
    return text[:begin] + text[comma.end() if comma else end :]


def _find(text: str, path: Path) -> _Entry:
    node = YAML(typ="rt", pure=True).compose(text)
    found: _Entry | None = None
    for part in path:
        found = _entry(text, node, part)
        if found is None:
            raise MigrationError(f"{'.'.join(map(str, path))} is not in the file")
        node = found.value
    if found is None:
        raise MigrationError("a change names no place in the file")
    return found


def _entry(text: str, node: Node, part: str | int) -> _Entry | None:
    if isinstance(node, MappingNode):
        pairs = [(key.start_mark.index, value, key.value) for key, value in node.value]
    elif isinstance(node, SequenceNode):
        pairs = [(item.start_mark.index, item, index) for index, item in enumerate(node.value)]
    else:
        return None
    siblings = [(first, _end(text, value)) for first, value, _ in pairs]
    for index, (first, value, name) in enumerate(pairs):
        if name == part:
            return _Entry(first, value, siblings, index, bool(node.flow_style))
    return None


def _end(text: str, node: Node) -> int:
    """Return where a node's own text ends; a block's mark stands at whatever follows it."""
    if isinstance(node, MappingNode) and not node.flow_style and node.value:
        return _end(text, node.value[-1][1])
    if isinstance(node, SequenceNode) and not node.flow_style and node.value:
        return _end(text, node.value[-1])
    end: int = node.end_mark.index
    return len(text[:end].rstrip()) if text[node.start_mark.index : end].strip() else end
