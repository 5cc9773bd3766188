"""YAML text -> Document: a bounded, strict subset of YAML 1.2, read from the parser's events.

Events rather than ruamel's nodes or objects, because a deployment file is untrusted input: no recursion, no
aliases to expand, no tags to construct, and every limit holds while reading.
"""

from collections.abc import Iterator

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import Event

from spec._document import Complaint, Document
from spec._syntax import syntax_complaint
from spec._tree import TooMuchError, TreeBuilder

__all__ = ["read_document"]


def read_document(text: str) -> Document:
    """Return ``text`` as a Document; what is wrong with it is among the document's complaints, never raised.

    Anchors, aliases, merge keys and tags are refused: what a file says should stand where it is read. After
    a syntax error or a passed limit the data ends where the reading did.
    """
    tree = TreeBuilder()
    ended = True
    try:
        for event in _events(text):
            tree.take(event)
    except TooMuchError:
        ended = False
    except (YAMLError, ValueError, OverflowError) as error:
        tree.complaints.append(syntax_complaint(error, text))
        ended = False
    if ended and tree.documents == 0:
        tree.complaints.append(
            Complaint((), "the file is empty", "one YAML mapping", "start from deployments/local.yaml")
        )
        ended = False
    return Document(
        data=tree.data,
        lines=tree.lines,
        scalars=tree.scalars,
        complaints=tuple(tree.complaints),
        unreadable=frozenset(tree.unreadable) | (frozenset() if ended else {()}),
        incomplete=frozenset(tree.incomplete),
    )


def _events(text: str) -> Iterator[Event]:
    yield from YAML(typ="safe", pure=True).parse(text)
