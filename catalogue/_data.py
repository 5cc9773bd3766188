"""Reading the data files: lazily, once each."""

import json
from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parent / "data"


@cache
def read_data(name: str) -> dict[str, Any]:
    """Return ``catalogue/data/<name>.json``; callers share it and must not change it."""
    document: dict[str, Any] = json.loads((_DATA / f"{name}.json").read_bytes())
    return document


def near_names(name: str, names: tuple[str, ...]) -> str:
    """Say which of ``names`` are near ``name``, or how many there are, as the middle of a sentence."""
    from difflib import get_close_matches  # noqa: PLC0415 - only a wrong name pays for it

    near = get_close_matches(name, names, n=3)
    return f"near names are {', '.join(near)}" if near else f"there are {len(names)}: {', '.join(names)}"
