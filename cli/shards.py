"""`seatrial shards`: see and accept over how many stacks the components of endpoints are spread."""

from typing import Annotated

import typer

from cli._errors import FAILED, ending_in_words
from cli._options import DeploymentPath, JsonFlag
from cli._output import Output

__all__ = ["shards"]


def shards(
    deployment: DeploymentPath,
    accept: Annotated[  # noqa: FBT002 - typer's flag
        bool, typer.Option("--accept", help="write the declared numbers into the file beside DEPLOYMENT")
    ] = False,
    json: JsonFlag = False,  # noqa: FBT002 - typer's flag
) -> None:
    """Show what moves between stacks where DEPLOYMENT declares another number of shards than was accepted."""
    output = Output(as_json=json)
    with ending_in_words(output):
        from spec import load_deployment
        from stacks.shard_lock import lock_path, shard_problems, write_lock

        file = load_deployment(deployment)
        plans = shard_problems(file)
        for plan in plans:
            output.say(plan)
        if plans and accept:
            write_lock(file)
            output.say(f"accepted; commit {lock_path(file.path)}")
        elif not plans:
            output.say("every endpoint has the number of shards that was accepted")
        output.document({"ok": accept or not plans, "plans": plans, "accepted": accept and bool(plans)})
        if plans and not accept:
            raise typer.Exit(FAILED)
