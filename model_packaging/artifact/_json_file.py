"""Writes a JSON document so that whoever reads it finds the old one or the new one, each of them whole."""

import json
import os
from pathlib import Path

__all__ = ["write_json"]


def write_json(document: object, path: Path) -> None:
    """Write ``document`` to ``path`` atomically, sorted and indented, and make that outlive a power cut.

    Raises:
        OSError: the folder can't be written; the old file is then still whole.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8") as file:
            file.write(json.dumps(document, indent=1, sort_keys=True) + "\n")
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        _sync_folder(path.parent)
    finally:
        beside.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make a rename in ``folder`` outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
