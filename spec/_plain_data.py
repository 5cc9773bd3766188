"""Looking into plain data whose types nobody has checked yet."""

from collections.abc import Iterator
from typing import TypeVar

__all__ = ["Kind", "entries", "get", "number"]

Kind = TypeVar("Kind")


def entries(data: object, section: str) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield the entries of a mapping by key; an entry that is no mapping comes as an empty one."""
    for key, entry in (get(data, dict, section) or {}).items():
        yield key, entry if isinstance(entry, dict) else {}


def get(data: object, kind: type[Kind], *path: str | int) -> Kind | None:
    """Return what stands at ``path``, None where that is nothing or of another kind."""
    for part in path:
        data = data.get(part) if isinstance(data, dict) else None
    return data if isinstance(data, kind) and not isinstance(data, bool) else None


def number(data: object, *path: str | int) -> int | None:
    """Return the whole number at ``path``, None where there is none."""
    return get(data, int, *path)
