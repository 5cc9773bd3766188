"""How many stacks the components of each endpoint were deployed in: a file beside the deployment file.

CloudFormation can't move a component with a fixed name from one stack to another, so a changed number of
shards must be seen before it is deployed. The file is committed with the deployment file.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import spec
from catalogue.generated import write_generated
from stacks.errors import StacksError
from stacks.sharding import ShardMove, moves_between

__all__ = ["lock_path", "read_lock", "shard_problems", "shard_stack_name", "write_lock"]


def lock_path(deployment: Path) -> Path:
    """Return where the numbers of a deployment file stand: ``deployments/vision.shards.json``."""
    return deployment.with_name(f"{deployment.stem}.shards.json")


def shard_stack_name(deployment: str, endpoint_key: str, shard: int) -> str:
    """Return the name of a stack with components."""
    return f"{deployment}-{endpoint_key}-components-{shard}"


def read_lock(deployment: Path) -> Mapping[str, int]:
    """Return the accepted number of shards by endpoint key; an endpoint that is not there has 1.

    Raises:
        StacksError: the file is there and can't be read.
    """
    path = lock_path(deployment)
    try:
        numbers = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise StacksError([f"{path}: it can't be read ({error}); restore it from version control"]) from error
    if not isinstance(numbers, dict) or not all(type(each) is int and each > 0 for each in numbers.values()):
        raise StacksError(
            [f"{path}: it maps endpoint keys to numbers above 0; restore it from version control"]
        )
    return numbers


def write_lock(file: spec.DeploymentFile) -> None:
    """Accept the numbers of shards that ``file`` declares."""
    numbers = {key: each.shards for key, each in file.deployment.component_endpoints.items()}
    write_generated(lock_path(file.path), json.dumps(numbers, indent=2, sort_keys=True) + "\n")


def shard_problems(file: spec.DeploymentFile) -> list[str]:
    """Return the plan of every endpoint whose number of shards is not the accepted one.

    Raises:
        StacksError: the lock file can't be read.
    """
    accepted = read_lock(file.path)
    deployment = file.deployment
    return [
        _plan(file, key, accepted.get(key, 1), endpoint.shards)
        for key, endpoint in deployment.component_endpoints.items()
        if endpoint.shards != accepted.get(key, 1)
    ]


def _plan(file: spec.DeploymentFile, key: str, before: int, after: int) -> str:
    deployment = file.deployment
    endpoint = deployment.component_endpoints[key]
    names = [deployment.component_name(key, component) for component in endpoint.components]
    moves = moves_between(names, before, after)
    line = file.line_of("endpoints", key, "shards")
    what = (
        f"{file.path}:{line}: endpoints.{key}.shards: {after} stacks of components are declared, and "
        f"{before} accepted; {len(moves)} of {len(names)} components move, each deleted by one stack "
        "before another creates it, without an answer in between:"
    )
    accept = f"run `seatrial shards {file.path} --accept`, commit {lock_path(file.path)}"
    sources = sorted({move.source for move in moves})
    stacks = " ".join(shard_stack_name(deployment.name, key, each) for each in sources)
    if after < before:
        # What the app no longer has, `cdk deploy` leaves alone: the old stacks go first.
        way = f"run `cdk destroy {stacks}` with shards: {before}; then {accept}, and `cdk deploy --all`"
    else:
        first = f"`cdk deploy {stacks}`, then " if stacks else ""
        way = f"{accept}, and {first}`cdk deploy --all`"
    moved = [
        f"  {_moved(deployment.name, key, replace(move, component_name=name))}"
        for move in moves
        for name in (move.component_name, *_adapters_of(deployment, key, move.component_name))
    ]
    return "\n".join([what, *moved, f"  Set it back to {before}; or {way}"])


def _adapters_of(deployment: spec.Deployment, key: str, component_name: str) -> list[str]:
    """Return the names of the adapters that go where their base goes."""
    return [
        deployment.adapter_name(key, adapter_key)
        for adapter_key, adapter in deployment.component_endpoints[key].adapters.items()
        if deployment.component_name(key, adapter.base) == component_name
    ]


def _moved(deployment: str, key: str, move: ShardMove) -> str:
    source, destination = (
        shard_stack_name(deployment, key, each) for each in (move.source, move.destination)
    )
    return f"{move.component_name}: {source} -> {destination}"
