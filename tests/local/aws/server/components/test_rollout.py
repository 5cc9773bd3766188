"""Rolling updates step by step, with copies that are none."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from local.aws.server.clock import Clock
from local.aws.server.components.copies import Revision, RunningCopy
from local.aws.server.components.fleet import ComponentFleet
from local.aws.server.components.instances import VariantInstances
from local.aws.server.components.rollout import Rollout, RolloutPolicy, batch_size
from local.aws.server.components.routes import RoutedComponent
from local.aws.server.components.specification import ComponentModel
from local.aws.server.errors import LaunchError
from local.aws.server.fleet import VariantServer
from local.aws.server.scope import Scope
from local.triton.sagemaker_contract import ServingPlan
from planning.control.resources import Resources
from tests.local.aws.server.fakes import FakeServer

_SCOPE = Scope("000000000000", "us-east-1")
_ROUTED = RoutedComponent(_SCOPE, "c", "e", "RANDOM")
_REAL_SECONDS = 10.0


@dataclass
class _Room:
    """A component with copies that each fill an instance, and what was done with them, in order."""

    instances: int
    steps: list[str] = field(default_factory=list)
    broken: Callable[[Revision], bool] = lambda _: False
    in_alarm: Callable[[], str | None] = lambda: None
    served: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = Clock()
        hosts = VariantInstances(
            "ml.g5.xlarge", Resources(1, 4, 16384), self.instances, None, ["a"], now=self.clock.now
        )
        self.fleet = ComponentFleet(_ROUTED, hosts, self, self)
        self.old, self.new = _revision("old"), _revision("new")

    def run(self, policy: RolloutPolicy) -> None:
        with self.clock.working():
            Rollout(self.fleet, policy, self.clock, lambda _: self.in_alarm()).run(self.old, self.new)

    def serve(self, count: int) -> None:
        self.fleet.start(self.old, count)
        self.steps.clear()
        self.served.clear()

    def revisions(self) -> list[str]:
        return sorted(copy.revision.component for copy in self.fleet.copies)

    # --- as a launcher ---

    def prepare(self, *_: object) -> Revision:
        raise AssertionError("nothing is prepared here")

    def start(self, revision: Revision, copy_id: str) -> RunningCopy:
        if self.broken(revision):
            raise LaunchError("not healthy.")
        self.steps.append(f"start {revision.component}")
        server = VariantServer("v", 1.0, ServingPlan("m", ("m",), ()), FakeServer())
        return RunningCopy(copy_id, revision, server)

    def stop(self, copies: tuple[RunningCopy, ...]) -> None:
        self.steps.extend(f"stop {copy.revision.component}" for copy in copies)

    def discard(self, _: Revision) -> None:
        raise AssertionError("nothing is discarded here")

    # --- as the data plane ---

    def route_component(self, _: RoutedComponent, copies: Collection[VariantServer]) -> None:
        self.served.append(len(copies))

    def drain_copies(self, *_: object) -> None:
        """Nothing is under way."""

    def forget_component(self, _: RoutedComponent) -> None:
        raise AssertionError("the component stays")


def _revision(name: str) -> Revision:
    compute = {"NumberOfAcceleratorDevicesRequired": 1, "MinMemoryRequiredInMb": 1024}
    return Revision(name, "v", ComponentModel({"ComputeResourceRequirements": compute}, None), None, Path())


def _one_by_one(wait_seconds: float = 0.0) -> RolloutPolicy:
    return RolloutPolicy({"Type": "COPY_COUNT", "Value": 1}, wait_seconds)


def test_each_new_copy_is_there_before_an_old_one_goes() -> None:
    """Batch by batch, and never fewer copies than before."""
    room = _Room(3)
    room.serve(2)
    room.run(_one_by_one())
    assert room.steps == ["start new", "stop old"] * 2
    assert min(room.served) == 2
    assert room.revisions() == ["new", "new"]


def test_without_a_policy_all_copies_change_at_once() -> None:
    """That takes room for twice as many."""
    room = _Room(4)
    room.serve(2)
    room.run(RolloutPolicy())
    assert room.steps == ["start new", "start new", "stop old", "stop old"]


def test_without_room_for_a_new_copy_nothing_changes() -> None:
    """The reason says what is missing, and the old copies were not touched."""
    room = _Room(2)
    room.serve(2)
    with pytest.raises(LaunchError, match=r"fit on no instance .* The update was rolled back\."):
        room.run(_one_by_one())
    assert room.steps == []
    assert room.revisions() == ["old", "old"]


def test_what_changed_already_comes_back() -> None:
    """The second new copy isn't healthy: the first one goes once the old one is back."""
    room = _Room(3)
    room.serve(2)
    room.broken = lambda revision: revision is room.new and "start new" in room.steps
    with pytest.raises(LaunchError, match=r"not healthy\. The update was rolled back\."):
        room.run(_one_by_one())
    assert room.steps == ["start new", "stop old", "start old", "stop new"]
    assert min(room.served) == 2
    assert room.revisions() == ["old", "old"]


def test_a_rollback_without_room_goes_one_in_the_place_of_one() -> None:
    """Three of four have changed and one instance is free: no copy is missing at any time."""
    room = _Room(5)
    room.serve(4)
    room.in_alarm = lambda: "a" if room.steps.count("start new") == 3 else None
    with pytest.raises(LaunchError, match="CloudWatch alarm a is in state ALARM"):
        room.run(_one_by_one())
    assert min(room.served) == 4
    assert room.revisions() == ["old"] * 4


def test_a_rollback_that_fails_says_so() -> None:
    """The reason has both, and what serves goes on serving."""
    room = _Room(3)
    room.serve(2)
    room.broken = lambda _: "start new" in room.steps
    with pytest.raises(LaunchError, match="its rollback, too: not healthy"):
        room.run(_one_by_one())
    assert room.revisions() == ["new", "old"]


def test_a_component_without_copies_has_nothing_to_roll() -> None:
    """At zero copies the update is over at once."""
    room = _Room(1)
    room.run(_one_by_one(wait_seconds=3600.0))
    assert room.steps == []


@pytest.mark.parametrize(
    ("size", "copies", "expected"),
    [
        (None, 4, 4),
        ({"Type": "COPY_COUNT", "Value": 2}, 4, 2),
        ({"Type": "COPY_COUNT", "Value": 9}, 4, 4),
        ({"Type": "CAPACITY_PERCENT", "Value": 50}, 5, 3),
        ({"Type": "CAPACITY_PERCENT", "Value": 5}, 4, 1),
    ],
)
def test_how_many_copies_a_batch_has(size: dict[str, Any] | None, copies: int, expected: int) -> None:
    """Percentages are rounded up; a batch has at least one copy, and at most all."""
    assert batch_size(size, copies) == expected
