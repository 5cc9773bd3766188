"""What a changed number of shards moves, and the way from the one number to the other."""

from pathlib import Path

import pytest

from preflight.shard_plan import ShardPlan, shard_plans
from spec import DeploymentFile, parse_deployment
from spec.sharding import moves_between

DEPLOYMENT = """\
name: trial
environment: {account: "123456789012", region: eu-west-1, availability_zones: [eu-west-1a, eu-west-1b]}
models:
  it: {export: {from: "a:b", to: torchscript, how: trace}, triton: {max_batch_size: 1}}
endpoints:
  shared:
    type: inference-components
    instances: {type: ml.m5.xlarge, max: 1}
    shards: SHARDS
    components:
"""
ACCEPT = "run `seatrial shards trial.yaml --accept` and commit trial.shards.json"


def deployment(shards: int) -> DeploymentFile:
    """Return a deployment file with so many shards and six components."""
    text = DEPLOYMENT.replace("SHARDS", str(shards))
    for number in range(6):
        text += f"      c{number}: {{model: it, copies: {{min: 1, max: 1}}, compute: {{memory_mib: 128}}}}\n"
    return parse_deployment(text, Path("trial.yaml"))


def plan(shards: int, accepted: int | None) -> ShardPlan:
    """Return the one plan from ``accepted`` to ``shards``."""
    [found] = shard_plans(deployment(shards), {} if accepted is None else {"shared": accepted})
    return found


@pytest.mark.parametrize("accepted", [{}, {"shared": 1}, {"gone": 3}])
def test_one_shard_needs_no_lock(accepted: dict[str, int]) -> None:
    """A deployment that never says shards has no plan; what the file no longer has says nothing."""
    assert list(shard_plans(deployment(1), accepted)) == []


def test_an_accepted_number_needs_no_plan() -> None:
    """What was accepted is not asked again."""
    assert list(shard_plans(deployment(3), {"shared": 3})) == []


def test_more_shards_have_a_plan() -> None:
    """It names every component that moves, from where to where, and the order of deploys."""
    found = plan(3, accepted=1)
    moves = moves_between([f"trial-shared-c{number}" for number in range(6)], 1, 3)
    assert found.what == (
        f"3 stacks of components are declared, and 1 accepted; {len(moves)} of 6 components move, each "
        "deleted by one stack before another creates it, without an answer in between."
    )
    assert found.moves == tuple(
        f"{move.component_name}: trial-shared-components-1 -> trial-shared-components-{move.destination}"
        for move in moves
    )
    assert found.fix == (
        f"Set it back to 1; or {ACCEPT}, and run `cdk deploy trial-shared-components-1`, then "
        "`cdk deploy --all`."
    )


def test_fewer_shards_destroy_first() -> None:
    """`cdk deploy` leaves stacks alone that the app no longer has: they are destroyed before."""
    assert plan(1, accepted=3).fix == (
        "Set it back to 3; or run `cdk destroy trial-shared-components-2 trial-shared-components-3` with "
        f"shards: 3; then {ACCEPT}, and run `cdk deploy --all`."
    )


def test_a_number_that_was_never_accepted() -> None:
    """Where nothing is deployed nothing moves; only the user knows whether it is."""
    found = plan(3, accepted=None)
    assert found.what.startswith(
        "3 stacks of components are declared, and nothing is accepted yet; where the endpoint is deployed "
        "already, "
    )
    assert found.fix.startswith(f"If nothing is deployed, {ACCEPT}. Otherwise set it to 1; or {ACCEPT}, and ")


def test_the_whole_plan_is_text() -> None:
    """`seatrial shards` shows what, one line per move, and the way."""
    found = plan(3, accepted=1)
    first, *moves, last = str(found).splitlines()
    assert (first, last) == (found.what, f"  {found.fix}")
    assert moves == [f"  {each}" for each in found.moves]
