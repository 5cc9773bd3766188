"""The command line as a whole: which commands there are."""

import os
import sys
from collections.abc import Sequence

import typer

from cli import check, invoke, local, package, rehearse, shards
from cli._errors import INTERRUPTED

__all__ = ["main"]

app = typer.Typer(
    name="seatrial",
    help="A PyTorch model and a YAML file in, a proved SageMaker endpoint out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("package")(package.package)
app.command("check")(check.check)
app.command("rehearse")(rehearse.rehearse_deployment)
app.command("invoke")(invoke.invoke)
app.command("shards")(shards.shards)
app.add_typer(local.app, name="local")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0, 1, 2 for wrong usage, 130 for Ctrl-C."""
    try:
        app(args=list(arguments) if arguments is not None else None)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone, as `| head` does; Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 0
