"""`seatrial migrate`: a deployment file without what AWS has retired."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli._errors import FAILED, ending_in_words
from cli._options import DeploymentPath, JsonFlag
from cli._output import Output

if TYPE_CHECKING:
    from migration import Migration

__all__ = ["migrate"]


def migrate(
    deployment: DeploymentPath,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="show the diff and write nothing")] = False,  # noqa: FBT002 - typer's flag
    json: JsonFlag = False,  # noqa: FBT002 - typer's flag
) -> None:
    """Rewrite what of DEPLOYMENT AWS has retired, and show the diff; comments and layout stay.

    Exits 1, and changes nothing, where something is left for you to decide.
    """
    output = Output(as_json=json)
    with ending_in_words(output):
        from migration import plan_migration

        planned = plan_migration(deployment)
        written = bool(planned.diff) and not dry_run
        if written:
            _write(deployment, planned.after)
        _print(output, planned, written=written)
        output.document(
            {
                "ok": not planned.undecided,
                "changes": [str(each) for each in planned.changes],
                "diff": planned.diff,
                "undecided": [
                    {"place": ".".join(map(str, each.path)), "what": each.what, "choices": list(each.choices)}
                    for each in planned.undecided
                ],
                "written": written,
            }
        )
        if planned.undecided:
            raise typer.Exit(FAILED)


def _print(output: Output, planned: "Migration", *, written: bool) -> None:
    for each in planned.undecided:
        output.line(f"{planned.path}: {'.'.join(map(str, each.path))}: {each.what}")
        for choice in each.choices:
            output.line(f"  - {choice}")
    if planned.undecided:
        output.say("nothing is changed until you have decided")
    elif not planned.diff:
        output.line("nothing in the file is retired")
    else:
        output.line(planned.diff.rstrip("\n"))
        output.say("written; package and check it again" if written else "nothing is written")


def _write(path: Path, text: str) -> None:
    """Put ``text`` in place of the file, whole or not at all."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(text.encode("utf-8"))
        beside.chmod(path.stat().st_mode)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
