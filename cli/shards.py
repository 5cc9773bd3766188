"""`seatrial shards`: see and accept over how many stacks the components of endpoints are spread."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli._errors import FAILED, ending_in_words
from cli._options import DeploymentPath, JsonFlag
from cli._output import Output

if TYPE_CHECKING:
    from preflight.shard_plan import ShardPlan
    from spec import DeploymentFile

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
        from preflight.shard_plan import shard_plans
        from spec import load_deployment
        from spec.shard_lock import lock_path, read_lock, write_lock

        file = load_deployment(deployment)
        plans = [_shown(file, plan) for plan in shard_plans(file, read_lock(file.path))]
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


def _shown(file: "DeploymentFile", plan: "ShardPlan") -> str:
    place = ("endpoints", plan.endpoint_key, "shards")
    return f"{file.path}:{file.line_of(*place)}: {'.'.join(place)}: {plan}"
