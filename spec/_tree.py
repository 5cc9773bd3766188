"""The parser's events -> plain data, and a complaint about everything that a deployment file does without."""

from dataclasses import dataclass, field

from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from spec._document import Complaint, DocumentPath, shorten
from spec._scalars import NumberTooLongError, plain_scalar

__all__ = ["MAXIMUM_DEPTH", "MAXIMUM_NODES", "TooMuchError", "TreeBuilder"]

MAXIMUM_DEPTH = 32
MAXIMUM_NODES = 100_000

_PLAIN_YAML = "mappings, lists and scalars, each written out where it is used"


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not come yet."""

    path: DocumentPath
    data: dict[str, object] | list[object]
    key: str | None = None
    """Of a mapping: the key whose value comes next."""
    expects_key: bool = True
    discard_value: bool = False


class TooMuchError(Exception):
    """A limit is passed: reading ends here."""


@dataclass(slots=True)
class TreeBuilder:
    """Takes one event after the other; what it holds after the last is the document."""

    data: object = None
    documents: int = 0
    nodes: int = 0
    lines: dict[DocumentPath, int] = field(default_factory=dict)
    scalars: dict[DocumentPath, str] = field(default_factory=dict)
    complaints: list[Complaint] = field(default_factory=list)
    unreadable: set[DocumentPath] = field(default_factory=set)
    incomplete: set[DocumentPath] = field(default_factory=set)
    open: list[_Open] = field(default_factory=list)

    def take(self, event: Event) -> None:
        if isinstance(event, DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self.stop(
                    event, "a second document begins here", "one document in a file", "remove the `---`"
                )
        elif isinstance(event, NodeEvent):
            self.nodes += 1
            if self.nodes > MAXIMUM_NODES:
                self.stop(
                    event,
                    f"more than {MAXIMUM_NODES} values",
                    f"{MAXIMUM_NODES} values",
                    "split the deployment",
                )
            self.take_node(event)
        elif isinstance(event, CollectionEndEvent):
            self.open.pop()

    def take_node(self, event: NodeEvent) -> None:
        parent = self.open[-1] if self.open else None
        if parent is not None and isinstance(parent.data, dict) and parent.expects_key:
            self.take_key(parent, parent.data, event)
            return
        path = self.next_path(parent)
        value = self.value_of(event, path)
        if parent is None:
            self.data = value
        elif isinstance(parent.data, list):
            parent.data.append(value)
        else:
            if parent.key is not None and not parent.discard_value:
                parent.data[parent.key] = value
            parent.expects_key = True

    def next_path(self, parent: _Open | None) -> DocumentPath:
        if parent is None:
            return ()
        part = len(parent.data) if isinstance(parent.data, list) else parent.key
        return (*parent.path, "?" if part is None else part)

    def take_key(self, parent: _Open, data: dict[str, object], event: NodeEvent) -> None:
        key = self.key_of(parent, event)
        parent.key, parent.expects_key = key, False
        parent.discard_value = key is None or key in data
        if key is None:
            self.incomplete.add(parent.path)
            return
        path = (*parent.path, key)
        if key in data:
            first = self.lines[path]
            self.complain(
                event,
                path,
                f"the key {shorten(key)!r} stands here a second time, first on line {first}",
                "each key once in a mapping",
                f"remove it here or on line {first}, or rename one of the two",
            )
        else:
            self.lines[path] = event.start_mark.line + 1

    def key_of(self, parent: _Open, event: NodeEvent) -> str | None:
        path = (*parent.path, "?")
        if not isinstance(event, ScalarEvent):
            self.value_of(event, path)
            self.complain(event, parent.path, "a key is no text", "text as keys", "write a name as the key")
            return None
        self.check_properties(event, path)
        if event.style is None and event.value == "<<":
            self.complain(
                event, parent.path, "a merge key (<<) is used", _PLAIN_YAML, "write the merged keys out"
            )
            return None
        read = self.scalar(event, path)
        if path in self.unreadable:
            return None
        if not isinstance(read, str):
            self.complain(
                event,
                parent.path,
                f"the key {shorten(event.value)!r} is no text",
                "text as keys",
                f'put it in quotes: "{shorten(event.value)}"',
            )
            return None
        return read

    def value_of(self, event: NodeEvent, path: DocumentPath) -> object:
        self.lines.setdefault(path, event.start_mark.line + 1)
        if isinstance(event, AliasEvent):
            self.complain(
                event,
                path,
                f"an alias (*{shorten(event.anchor)}) is used",
                _PLAIN_YAML,
                "write the value out",
            )
            self.unreadable.add(path)
            return None
        self.check_properties(event, path)
        if isinstance(event, ScalarEvent):
            return self.scalar(event, path)
        if len(self.open) >= MAXIMUM_DEPTH:
            allowed = f"{MAXIMUM_DEPTH} levels"
            self.stop(
                event, f"more than {allowed} of nesting", allowed, "check the indentation and the brackets"
            )
        opened = _Open(path, {} if isinstance(event, MappingStartEvent) else [])
        self.open.append(opened)
        return opened.data

    def scalar(self, event: ScalarEvent, path: DocumentPath) -> object:
        text: str = event.value
        if any("\ud800" <= character <= "\udfff" for character in text):
            self.complain(
                event,
                path,
                "an escape is half of a character",
                "whole characters",
                "write the character itself",
            )
            self.unreadable.add(path)
            return None
        if event.style is not None:
            return text
        try:
            value = plain_scalar(text)
        except NumberTooLongError as error:
            self.complain(
                event, path, str(error), "numbers a computer can hold", "put it in quotes or shorten it"
            )
            self.unreadable.add(path)
            return None
        if not isinstance(value, str):
            self.scalars.setdefault(path, text)
        return value

    def check_properties(self, event: NodeEvent, path: DocumentPath) -> None:
        if event.anchor is not None:
            self.complain(
                event, path, f"an anchor (&{shorten(event.anchor)}) is set", _PLAIN_YAML, "remove the anchor"
            )
        if isinstance(event, ScalarEvent | CollectionStartEvent) and event.tag is not None:
            self.complain(
                event,
                path,
                f"a tag ({shorten(event.tag)}) is used",
                _PLAIN_YAML,
                "remove the tag; quotes make text",
            )
            self.unreadable.add(path)

    def complain(self, event: Event, path: DocumentPath, what: str, allowed: str, fix: str) -> None:
        self.complaints.append(Complaint(path, what, allowed, fix, line=event.start_mark.line + 1))

    def stop(self, event: Event, what: str, allowed: str, fix: str) -> None:
        self.complain(event, self.open[-1].path if self.open else (), what, f"at most {allowed}", fix)
        raise TooMuchError
