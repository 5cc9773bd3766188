"""What a changed number of shards does to the components of an endpoint, and how to get there."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import spec
from spec.shard_lock import lock_path
from spec.sharding import ShardMove, moves_between, shard_stack_name

__all__ = ["ShardPlan", "shard_plans"]


@dataclass(frozen=True, slots=True)
class ShardPlan:
    """How the components of one endpoint come from the accepted number of stacks to the declared one.

    Attributes:
        endpoint_key: of the endpoint.
        what: is declared, and what that moves.
        allowed: instead, without a plan.
        fix: what to do, step by step.
        moves: one line per component or adapter that changes its stack: from which to which.
    """

    endpoint_key: str
    what: str
    allowed: str
    fix: str
    moves: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join([self.what, *(f"  {move}" for move in self.moves), f"  {self.fix}"])


def shard_plans(file: spec.DeploymentFile, accepted: Mapping[str, int]) -> Iterator[ShardPlan]:
    """Yield the plan of every endpoint whose number of shards is not the accepted one.

    Args:
        file: the deployment.
        accepted: numbers by endpoint key, as ``spec.shard_lock.read_lock`` gives them. An endpoint that is
            not there needs no plan with 1.
    """
    for key, endpoint in file.deployment.component_endpoints.items():
        if endpoint.shards != accepted.get(key, 1):
            yield _plan(file, key, accepted.get(key))


def _plan(file: spec.DeploymentFile, key: str, accepted: int | None) -> ShardPlan:
    deployment = file.deployment
    endpoint = deployment.component_endpoints[key]
    before, after = accepted or 1, endpoint.shards
    names = [deployment.component_name(key, component) for component in endpoint.components]
    moves = moves_between(names, before, after)
    moving = (
        f"{len(moves)} of {len(names)} components move, each deleted by one stack before another creates it, "
        "without an answer in between"
    )
    accept = f"run `seatrial shards {file.path} --accept` and commit {lock_path(file.path)}"
    way = _way(partial(shard_stack_name, deployment.name, key), accept, moves, before, after)
    if accepted is None:
        what = f"{after} stacks of components are declared, and nothing is accepted yet; where the endpoint "
        what += f"is deployed already, {moving}."
        fix = f"If nothing is deployed, {accept}. Otherwise set it to 1; or {way}."
    else:
        what = f"{after} stacks of components are declared, and {before} accepted; {moving}."
        fix = f"Set it back to {before}; or {way}."
    allowed = f"{before}, or an accepted plan; `seatrial shards {file.path}` shows the whole of it."
    return ShardPlan(key, what, allowed, fix, tuple(_lines(deployment, key, moves)))


def _way(
    stack: Callable[[int], str], accept: str, moves: tuple[ShardMove, ...], before: int, after: int
) -> str:
    if after < before:
        # What the app no longer has, `cdk deploy` leaves alone: the old stacks go first.
        gone = " ".join(stack(each) for each in range(after + 1, before + 1))
        return f"run `cdk destroy {gone}` with shards: {before}; then {accept}, and run `cdk deploy --all`"
    # The stacks that give go first: a name is free only once its old stack has deleted the component.
    giving = " ".join(stack(each) for each in sorted({move.source for move in moves}))
    first = f"`cdk deploy {giving}`, then " if giving else ""
    return f"{accept}, and run {first}`cdk deploy --all`"


def _lines(deployment: spec.Deployment, key: str, moves: tuple[ShardMove, ...]) -> Iterator[str]:
    adapters = deployment.component_endpoints[key].adapters
    for move in moves:
        source, destination = (
            shard_stack_name(deployment.name, key, each) for each in (move.source, move.destination)
        )
        # Adapters go where their base goes.
        along = [
            deployment.adapter_name(key, adapter_key)
            for adapter_key, adapter in adapters.items()
            if deployment.component_name(key, adapter.base) == move.component_name
        ]
        for name in (move.component_name, *along):
            yield f"{name}: {source} -> {destination}"
