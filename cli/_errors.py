"""How a command ends: 0 for done, 1 for a finding or a failure, 2 for wrong usage, 130 for Ctrl-C."""

import dataclasses
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from cli._output import Output
from cli._project import PROJECT

__all__ = ["FAILED", "INTERRUPTED", "TERMINATED", "ending_in_words"]

FAILED = 1
INTERRUPTED = 130
TERMINATED = 143

_OURS = frozenset(
    {
        "catalogue",
        "environments",
        "invocation",
        "local",
        "migration",
        "model_packaging",
        "preflight",
        "spec",
        "stacks",
    }
)
"""An exception class of one of our folders carries a message for the user; any other one is a bug."""


@contextmanager
def ending_in_words(output: Output) -> Iterator[None]:
    """Turn every exception into words on stderr, an exit status and, with JSON, a document."""
    try:
        yield
    except (typer.Exit, typer.Abort, BrokenPipeError):
        raise
    except KeyboardInterrupt:
        output.say("interrupted")
        output.document({"ok": False, "error": "interrupted"})
        raise typer.Exit(INTERRUPTED) from None
    except Exception as error:
        words = str(error) if _is_ours(error) else _bug(error)
        output.say(words)
        output.document({"ok": False, "error": words, **_problems(error)})
        raise typer.Exit(FAILED) from error


def _is_ours(error: Exception) -> bool:
    return type(error).__module__.partition(".")[0] in _OURS


def _problems(error: Exception) -> dict[str, object]:
    """Return what an error lists one by one, field by field, for a program that reads it."""
    problems = [each for each in getattr(error, "problems", ()) if dataclasses.is_dataclass(type(each))]
    return {"problems": [dataclasses.asdict(each) for each in problems]} if problems else {}


def _bug(error: Exception) -> str:
    """Keep the traceback for a report and give the user one line."""
    words = f"unexpected {type(error).__name__}: {error} (a bug in Seatrial; please report it"
    path = PROJECT.state_folder / "last-error.txt"
    try:
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    except OSError:
        return f"{words})"  # a full disk may be the very cause
    return f"{words} with {path.relative_to(PROJECT.root)})"
