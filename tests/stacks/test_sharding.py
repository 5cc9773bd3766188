"""Where components go, what moves, and that a changed number of shards is refused until it is accepted."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spec import DeploymentFile, parse_deployment
from stacks import StacksError
from stacks.shard_lock import lock_path, read_lock, shard_problems, write_lock
from stacks.sharding import assign, moves_between

names = st.sets(st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True), max_size=40)
shards = st.integers(1, 12)

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


@given(names, st.text("abc", min_size=1, max_size=30), shards)
def test_one_component_more_moves_no_other(others: set[str], new: str, count: int) -> None:
    """Adding or removing a component changes the stack it is in, and no other."""
    before, after = assign(others, count), assign({*others, new}, count)
    assert {name: after[name] for name in others} == dict(before)


@given(names, shards)
def test_one_shard_more_only_takes(components: set[str], count: int) -> None:
    """Whatever moves when a shard comes moves into it."""
    assert {move.destination for move in moves_between(components, count, count + 1)} <= {count + 1}


@given(names, shards)
def test_one_shard_less_only_gives(components: set[str], count: int) -> None:
    """Whatever moves when a shard goes was in it."""
    assert {move.source for move in moves_between(components, count + 1, count)} <= {count + 1}


def test_a_thousand_components_spread_evenly() -> None:
    """No shard gets half more than its share, and every process says the same."""
    found = assign([f"components-shared-{number}" for number in range(1000)], 20)
    sizes = [list(found.values()).count(shard) for shard in range(1, 21)]
    assert max(sizes) <= 75
    assert min(sizes) >= 25
    assert found["components-shared-0"] == 5


def deployment(folder: Path, count: int, components: int = 6) -> DeploymentFile:
    """Return a deployment file with so many shards and components."""
    text = DEPLOYMENT.replace("SHARDS", str(count))
    for number in range(components):
        text += f"      c{number}: {{model: it, copies: {{min: 1, max: 1}}, compute: {{memory_mib: 128}}}}\n"
    return parse_deployment(text, folder / "trial.yaml")


def test_one_shard_needs_no_lock(tmp_path: Path) -> None:
    """A deployment that never says shards has no file of them."""
    assert shard_problems(deployment(tmp_path, 1)) == []


def test_more_shards_are_refused_with_the_plan(tmp_path: Path) -> None:
    """The plan names every component that moves, from where to where, and the order of deploys."""
    file = deployment(tmp_path, 3)
    [plan] = shard_problems(file)
    moves = moves_between([f"trial-shared-c{number}" for number in range(6)], 1, 3)
    assert (
        f"{file.path}:9: endpoints.shared.shards: 3 stacks of components are declared, and 1 accepted" in plan
    )
    assert f"{len(moves)} of 6 components move" in plan
    for move in moves:
        stack = f"trial-shared-components-{move.destination}"
        assert f"  {move.component_name}: trial-shared-components-1 -> {stack}" in plan.splitlines()
    assert plan.endswith("and `cdk deploy trial-shared-components-1`, then `cdk deploy --all`")


def test_fewer_shards_destroy_first(tmp_path: Path) -> None:
    """`cdk deploy` leaves stacks alone that the app no longer has: they are destroyed before."""
    write_lock(deployment(tmp_path, 3))
    [plan] = shard_problems(deployment(tmp_path, 1))
    assert (
        "run `cdk destroy trial-shared-components-2 trial-shared-components-3` with shards: 3; then" in plan
    )


def test_accepting_writes_the_lock(tmp_path: Path) -> None:
    """What was accepted is not asked again; the file is sorted JSON, with nothing beside it."""
    file = deployment(tmp_path, 3)
    write_lock(file)
    assert shard_problems(file) == []
    assert read_lock(file.path) == {"shared": 3}
    assert lock_path(file.path).read_text(encoding="utf-8") == json.dumps({"shared": 3}, indent=2) + "\n"
    assert [each.name for each in tmp_path.iterdir()] == ["trial.shards.json"]


@pytest.mark.parametrize("content", [b"{", b"\xff", b"[]", b'{"shared": 0}', b'{"shared": true}'])
def test_a_broken_lock_is_told(tmp_path: Path, content: bytes) -> None:
    """A lock that can't be read stops the synth: without it nobody knows what is deployed."""
    file = deployment(tmp_path, 1)
    lock_path(file.path).write_bytes(content)
    with pytest.raises(StacksError, match="restore it from version control"):
        shard_problems(file)
