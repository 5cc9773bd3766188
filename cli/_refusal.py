"""How a command refuses what it was given, before it does anything."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import NoReturn

import typer

from cli._errors import FAILED
from cli._output import Output

__all__ = ["refuse", "refuse_name"]


def refuse(output: Output, words: str) -> NoReturn:
    """Say ``words`` and end the command."""
    output.say(words)
    output.document({"ok": False, "error": words})
    raise typer.Exit(FAILED)


def refuse_name(output: Output, what: str, name: str, names: Sequence[str]) -> NoReturn:
    """Say that there is no ``name``, which names there are, and which one may have been meant."""
    near = get_close_matches(name, names, n=1)
    words = f"{what} {name!r}; it has {', '.join(names) or 'none'}."
    refuse(output, words + (f" Did you mean {near[0]!r}?" if near else ""))
