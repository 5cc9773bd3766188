import pytest

import catalogue
from local.aws.server.components.hosts import ComponentHosts, instance_type_of
from local.aws.server.components.instance_capacities import capacity_of
from local.aws.server.components.instances import VariantInstances
from local.aws.server.errors import LaunchError
from local.aws.server.scope import Scope
from planning.control.instance_scaling import ManagedInstanceScaling, ScaleInPolicy, ScaleInStrategy
from planning.control.packing import Scheduling
from planning.control.resources import Copy, Resources

_SCOPE = Scope("000000000000", "us-east-1")
_CAPACITY = Resources(1, 4.0, 16384)
_HALF = Resources(0, 2.0, 8192)
_IDLE_SECONDS = 600.0


class _Room:
    """A clock, and instances by it."""

    def __init__(self, count: int, scaling: ManagedInstanceScaling | None) -> None:
        self.now = 0.0
        self.instances = VariantInstances(
            "ml.g4dn.xlarge", _CAPACITY, count, scaling, ["a", "b"], now=lambda: self.now
        )

    def add(self, *ids: str) -> list[str]:
        """Place copies that fill half an instance; return those that found no place."""
        copies = [Copy(each, "c", _HALF) for each in ids]
        return [copy.copy_id for copy in self.instances.add(copies, Scheduling())]

    def release_at(self, now: float) -> int:
        self.now = now
        self.instances.release()
        return self.instances.count


def _managed(least: int, most: int, strategy: ScaleInStrategy = ScaleInStrategy.IDLE_RELEASE) -> _Room:
    policy = ScaleInPolicy(strategy, idle_release_delay_seconds=_IDLE_SECONDS)
    return _Room(least, ManagedInstanceScaling(least, most, policy))


def test_instances_come_for_copies_up_to_the_maximum() -> None:
    """Two copies share an instance; the third brings a second one; beyond the maximum they find no place."""
    room = _managed(0, 2)
    assert room.instances.count == 0
    assert room.add("1", "2") == []
    assert room.instances.count == 1
    assert room.add("3", "4", "5") == ["5"]
    assert room.instances.count == room.instances.desired == 2


def test_an_idle_instance_goes_after_a_while() -> None:
    """Not at once, and never below the minimum."""
    room = _managed(1, 3)
    room.add("1", "2", "3", "4", "5")
    room.instances.remove(["1", "2", "3", "4", "5"])
    assert room.release_at(_IDLE_SECONDS - 1) == 3
    assert room.release_at(_IDLE_SECONDS) == 1


def test_consolidation_moves_copies_together() -> None:
    """After the cooldown two half-full instances become one, and its copies are still there to evict."""
    room = _managed(0, 2, ScaleInStrategy.CONSOLIDATION)
    room.add("1", "2", "3")
    room.instances.remove(["1"])
    assert room.release_at(60) == 2
    assert room.release_at(1300) == 1
    assert set(room.instances.evict("c", 9)) == {"2", "3"}


def test_without_managed_scaling_the_count_is_fixed() -> None:
    """No copy brings an instance; a resize does, and a smaller one lets idle instances go."""
    room = _Room(1, None)
    assert room.add("1", "2", "3") == ["3"]
    room.instances.resize(2)
    assert room.add("3") == []
    room.instances.resize(1)
    assert (room.instances.count, room.instances.desired) == (2, 1)
    room.instances.remove(["3"])
    assert room.release_at(60) == 1


def test_another_instance_type_takes_over_the_copies() -> None:
    """An endpoint's update to a type that is too small for its copies fails."""
    hosts = ComponentHosts(lambda *_: ["a"], lambda: 0.0)
    hosts.open(_SCOPE, "e", [_variant("ml.g4dn.xlarge", 1)], ())
    instances = hosts.find(_SCOPE, "e", "v")
    assert instances is not None
    instances.add([Copy("1", "c", Resources(1, 2.0, 8192))], Scheduling())
    with pytest.raises(LaunchError, match=r"component c doesn't fit on the instances of type ml\.m5\.xlarge"):
        hosts.open(_SCOPE, "e", [_variant("ml.m5.xlarge", 1)], ())
    hosts.open(_SCOPE, "e", [_variant("ml.g5.xlarge", 1)], ())
    moved = hosts.find(_SCOPE, "e", "v")
    assert moved is not None
    assert moved.instance_type == "ml.g5.xlarge"
    assert moved.evict("c", 1) == ("1",)


def test_the_same_type_keeps_its_instances() -> None:
    """Another configuration of the same type changes the limits alone."""
    hosts = ComponentHosts(lambda *_: ["a"], lambda: 0.0)
    hosts.open(_SCOPE, "e", [_variant("ml.g4dn.xlarge", 1)], ())
    before = hosts.find(_SCOPE, "e", "v")
    hosts.open(_SCOPE, "e", [_variant("ml.g4dn.xlarge", 3)], ())
    assert hosts.find(_SCOPE, "e", "v") is before
    assert before is not None
    assert before.count == 3


def test_a_variant_with_a_model_hosts_nothing() -> None:
    """Only variants without a model have instances for components; closed endpoints have none."""
    hosts = ComponentHosts(lambda *_: ["a"], lambda: 0.0)
    hosts.open(_SCOPE, "e", [{**_variant("ml.g4dn.xlarge", 1), "ModelName": "m"}], ())
    assert hosts.find(_SCOPE, "e", "v") is None
    hosts.open(_SCOPE, "e", [_variant("ml.g4dn.xlarge", 1)], ())
    hosts.close(_SCOPE, "e")
    assert hosts.find(_SCOPE, "e", "v") is None


def test_an_unknown_instance_type_cant_host() -> None:
    """The reason names it."""
    hosts = ComponentHosts(lambda *_: ["a"], lambda: 0.0)
    with pytest.raises(LaunchError, match=r"instance type ml\.z1\.huge has isn't known here"):
        hosts.open(_SCOPE, "e", [_variant("ml.z1.huge", 1)], ())


def test_the_pool_of_the_first_priority_is_used() -> None:
    """Pools are alternatives: here the first one always has capacity."""
    pools = [
        {"InstanceType": "ml.g5.xlarge", "Priority": 2},
        {"InstanceType": "ml.g4dn.xlarge", "Priority": 1},
    ]
    assert instance_type_of({"InstancePools": pools}) == "ml.g4dn.xlarge"


def test_capacities_agree_with_the_catalogue() -> None:
    """Two tables of the same figures say the same, of every type."""
    for each in catalogue.instance_types():
        assert capacity_of(each.name) == Resources(each.accelerators, float(each.vcpus), each.memory_mib)


def _variant(instance_type: str, count: int) -> dict[str, object]:
    return {"VariantName": "v", "InstanceType": instance_type, "InitialInstanceCount": count}
