"""The resident memory of a process and its descendants, from Linux's /proc (proc(5), ``stat``, ``statm``)."""

import os
from collections.abc import Iterator
from pathlib import Path

__all__ = ["resident_mib"]

_PROC = Path("/proc")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_MIB = 1 << 20


def resident_mib(pid: int) -> float:
    """Return what ``pid`` and its descendants hold in MiB, shared pages for each; 0 where it is gone."""
    children: dict[int, list[int]] = {}
    for child, parent in _parents():
        children.setdefault(parent, []).append(child)
    waiting, pages = [pid], 0
    while waiting:
        each = waiting.pop()
        pages += _resident_pages(each)
        waiting += children.get(each, [])
    return pages * _PAGE_BYTES / _MIB


def _parents() -> Iterator[tuple[int, int]]:
    for folder in _PROC.iterdir():
        if folder.name.isdecimal():
            text = _read(folder / "stat")
            # The name in parentheses may hold anything, a closing parenthesis too.
            fields = text.rpartition(")")[2].split()
            if len(fields) > 1:
                yield int(folder.name), int(fields[1])


def _resident_pages(pid: int) -> int:
    fields = _read(_PROC / str(pid) / "statm").split()
    return int(fields[1]) if len(fields) > 1 else 0


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:  # it ended in between
        return ""
