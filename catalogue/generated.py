"""Files that are generated and checked in: how they are written, and how a stale one is told."""

import os
import sys
from pathlib import Path

__all__ = ["check_generated", "write_generated"]


def write_generated(path: Path, text: str) -> None:
    """Write ``text`` beside ``path``, then rename: a killed run leaves the old file."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def check_generated(path: Path, text: str, complaint: str) -> int:
    """Return 0 where ``path`` holds ``text``; otherwise say ``complaint`` on stderr and return 1."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(f"{complaint}\n")
    return 1
