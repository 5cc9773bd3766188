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


_MOST_NAMES = 60
"""How many names a message lists whole; of more it gives the first few."""


def near_names(name: str, names: tuple[str, ...]) -> str:
    """Say which of ``names`` are near ``name``, or how many there are, as the middle of a sentence."""
    from difflib import get_close_matches  # noqa: PLC0415 - only a wrong name pays for it

    near = get_close_matches(name, names, n=3)
    if near:
        return f"near names are {', '.join(near)}"
    if len(names) <= _MOST_NAMES:
        return f"there are {len(names)}: {', '.join(names)}"
    return f"there are {len(names)}, such as {', '.join(names[:3])}"
