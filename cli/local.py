"""`seatrial local`: the laptop's AWS by itself."""

import dataclasses
import shlex
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cli._as_of import as_of_lines
from cli._errors import FAILED, ending_in_words
from cli._options import JsonFlag
from cli._output import Output
from cli._project import PROJECT

if TYPE_CHECKING:
    from local.aws.client import LocalAwsStatus
    from local.aws.client.status import CopyStatus, VariantStatus

__all__ = ["app"]

app = typer.Typer(help="The laptop's AWS by itself.", no_args_is_help=True)

_Port = Annotated[
    int | None, typer.Option("--port", help="of the gateway; 4577 by default", min=1, max=65535)
]


@app.command()
def up(
    port: _Port = None,
    runtime_port: Annotated[
        int | None,
        typer.Option("--runtime-port", help="of sagemaker-runtime; the gateway's + 1", min=1, max=65535),
    ] = None,
    as_of: Annotated[
        int | None,
        typer.Option("--as-of", help="stand for the AWS of that year: 2020, when it had Elastic Inference"),
    ] = None,
    json: JsonFlag = False,  # noqa: FBT002 - typer's flag
) -> None:
    """Start the laptop's AWS, unless it is up; it goes on in the background."""
    from local.aws.account import AS_OF_YEARS

    if as_of is not None and as_of not in AS_OF_YEARS:
        years = ", ".join(map(str, AS_OF_YEARS))
        raise typer.BadParameter(f"{as_of} is none of {years}", param_hint="--as-of")
    output = Output(as_json=json)
    with ending_in_words(output):
        from local.aws.client import LocalAws

        with output.working("starting the laptop's AWS"):
            status = LocalAws(PROJECT.root, port=port, runtime_port=runtime_port, as_of=as_of).up()
        _print(output, status)


@app.command()
def status(json: JsonFlag = False) -> None:  # noqa: FBT002 - typer's flag
    """Say what runs; exit 1 where the laptop's AWS is down."""
    output = Output(as_json=json)
    with ending_in_words(output):
        from local.aws.client import LocalAws

        found = LocalAws(PROJECT.root).status()
        _print(output, found)
        if not found.running:
            raise typer.Exit(FAILED)


@app.command()
def env(json: JsonFlag = False) -> None:  # noqa: FBT002 - typer's flag
    """Print the variables that point cdk, the AWS CLI and boto3 at the laptop's AWS, for `eval`."""
    output = Output(as_json=json)
    with ending_in_words(output):
        from local.aws.client import LocalAws

        aws = LocalAws(PROJECT.root)
        variables = aws.environment()
        found = aws.status()
        if not found.running:
            output.say("the laptop's AWS is not running: start it with `seatrial local up`")
        for line in as_of_lines(found):
            output.say(line)
        # The user's own profile would contradict the keys below: no file of the laptop's AWS has it.
        output.line("unset AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SESSION_TOKEN")
        for name, value in variables.items():
            output.line(f"export {name}={shlex.quote(value)}")
        output.document(variables)


@app.command()
def down(json: JsonFlag = False) -> None:  # noqa: FBT002 - typer's flag
    """Stop the laptop's AWS with all its servers; what was deployed to it is gone."""
    output = Output(as_json=json)
    with ending_in_words(output):
        from local.aws.client import LocalAws

        was_up = LocalAws(PROJECT.root).down()
        output.line("stopped" if was_up else "it was not running")
        output.document({"ok": True, "was_running": was_up})


def _print(output: Output, status: "LocalAwsStatus") -> None:
    if not status.running:
        output.line(f"the laptop's AWS is down (ports {status.port} and {status.runtime_port})")
    else:
        output.line(f"the laptop's AWS is up: http://127.0.0.1:{status.port} (process {status.pid})")
        for line in as_of_lines(status):
            output.line(line)
        output.line(f"sagemaker-runtime: http://127.0.0.1:{status.runtime_port}   log: {status.log_path}")
        if status.endpoints:
            output.table(["", "status", "model", "server"], _rows(status))
        for line in _remarks(status):
            output.line(line)
    output.document({**dataclasses.asdict(status), "log_path": str(status.log_path)})


def _rows(status: "LocalAwsStatus") -> Iterator[tuple[str, ...]]:
    """Yield a row per endpoint, and one per component below its endpoint."""
    for endpoint in status.endpoints:
        yield (endpoint.name, endpoint.status, *_served(endpoint.variants))
        for component in endpoint.components:
            copies = f"{component.status}, {len(component.copies)} of {component.desired_copies} copies"
            yield (f"  {component.name}", copies, *_served(component.copies))


def _served(servers: "Sequence[VariantStatus] | Sequence[CopyStatus]") -> tuple[str, str]:
    models = ", ".join(dict.fromkeys(each.model for each in servers))
    return models, ", ".join(f"process {each.server_pid}" if each.server_pid else "down" for each in servers)


def _remarks(status: "LocalAwsStatus") -> Iterator[str]:
    """Yield why something failed, and what is served differently from what its artifact says."""
    for endpoint in status.endpoints:
        if endpoint.failure_reason:
            yield f"{endpoint.name}: {endpoint.failure_reason}"
        overlays = [overlay for variant in endpoint.variants for overlay in variant.overlays]
        for component in endpoint.components:
            if component.failure_reason:
                yield f"{component.name}: {component.failure_reason}"
            overlays += [overlay for copy in component.copies for overlay in copy.overlays]
        for overlay in dict.fromkeys(overlays):
            yield f"{endpoint.name}: {overlay}"
