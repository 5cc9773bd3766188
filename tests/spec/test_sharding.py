"""Where components go, what moves, and the file of the numbers of shards that were accepted."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spec import DeploymentFileError, load_deployment
from spec.shard_lock import lock_path, read_lock, write_lock
from spec.sharding import assign, moves_between, shard_stack_name

names = st.sets(st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True), max_size=40)
shards = st.integers(1, 12)

COMPONENTS = Path(__file__).parents[2] / "deployments" / "components.yaml"


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


def test_the_stacks_of_shards_have_their_numbers() -> None:
    """Shards count from 1, under the stack of their endpoint."""
    assert shard_stack_name("trial", "shared", 2) == "trial-shared-components-2"


def test_accepting_writes_the_lock(tmp_path: Path) -> None:
    """The file is sorted JSON, with nothing beside it."""
    path = tmp_path / "trial.yaml"
    path.write_text(COMPONENTS.read_text(encoding="utf-8"), encoding="utf-8")
    assert read_lock(path) == {}
    write_lock(load_deployment(path))
    assert read_lock(path) == {"shared": 1}
    assert lock_path(path).read_text(encoding="utf-8") == json.dumps({"shared": 1}, indent=2) + "\n"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["trial.shards.json", "trial.yaml"]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"{", "the numbers of shards can't be read (Expecting property name"),
        (b"\xff", "the numbers of shards can't be read ('utf-8' codec"),
        (b"[]", "these are no numbers of shards"),
        (b'{"shared": 0}', "these are no numbers of shards"),
        (b'{"shared": true}', "these are no numbers of shards"),
    ],
)
def test_a_broken_lock_is_told(tmp_path: Path, content: bytes, what: str) -> None:
    """A lock that can't be read stops everything: without it nobody knows what is deployed."""
    path = lock_path(tmp_path / "trial.yaml")
    path.write_bytes(content)
    with pytest.raises(DeploymentFileError, match=re.escape(f"{path}: {what}")) as raised:
        read_lock(tmp_path / "trial.yaml")
    assert str(raised.value).endswith(
        "Allowed: endpoint keys with numbers above 0. Fix: restore it from version control."
    )
