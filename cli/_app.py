"""The command line as a whole: which commands there are."""

import os
import signal
import sys
import tomllib
from collections.abc import Sequence
from typing import Annotated, NoReturn

import typer

from cli import check, client, doctor, invoke, local, migrate, package, publish, rehearse, replay, shards
from cli._errors import INTERRUPTED, TERMINATED
from cli._project import PROJECT

__all__ = ["main"]

app = typer.Typer(
    name="seatrial",
    help="A PyTorch model and a YAML file in, a proved SageMaker endpoint out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("package", short_help="build the models of a deployment")(package.package)
app.command("publish", short_help="put the models of a deployment into S3")(publish.publish)
app.command("check", short_help="all findings, before anything is deployed")(check.check)
app.command("doctor", short_help="whether this machine can run everything")(doctor.doctor)
app.command("rehearse", short_help="package, deploy on the laptop, compare answers")(
    rehearse.rehearse_deployment
)
app.command("replay", short_help="play days of traffic on the laptop, in minutes")(replay.replay_traffic)
app.command("invoke", short_help="send one request to an endpoint")(invoke.invoke)
app.command("client", short_help="write a typed client of a model")(client.client)
app.command("shards", short_help="show or accept a changed number of shards")(shards.shards)
app.command("migrate", short_help="rewrite a file without what AWS has retired")(migrate.migrate)
app.add_typer(local.app, name="local")


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="print the version and exit")] = False,  # noqa: FBT002 - typer's flag
) -> None:
    if version:
        typer.echo(f"seatrial {_declared_version()}")
        raise typer.Exit


def _declared_version() -> str:
    """Return the version in pyproject.toml: the checkout is what runs, nothing is installed."""
    text = (PROJECT.root / "pyproject.toml").read_text(encoding="utf-8")
    version: str = tomllib.loads(text)["project"]["version"]
    return version


def _terminated(_number: int, _frame: object) -> NoReturn:
    sys.exit(TERMINATED)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0, 1, 2 for usage, 130 for Ctrl-C, 143 for SIGTERM."""
    # Ends as an exception does, so that whatever was started is stopped.
    signal.signal(signal.SIGTERM, _terminated)
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
