"""How many instances, and which go."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.control.errors import InvalidPolicyError
from planning.control.instance_scaling import (
    InstancesNeeded,
    ManagedInstanceScaling,
    Move,
    Release,
    ScaleInPolicy,
    ScaleInStrategy,
    instances_needed,
    instances_to_release,
)
from planning.control.packing import (
    Copy,
    Instance,
    PlacementStrategy,
    Resources,
    Scheduling,
    Schedulings,
    place_all,
)

FOUR_GPUS = Resources(4, 48, 192 * 1024)
ONE_GPU = Resources(1, 4, 16 * 1024)
PACKED = {"c": Scheduling(PlacementStrategy.BINPACK)}
CONSOLIDATE = ScaleInPolicy(ScaleInStrategy.CONSOLIDATION)


def _copies(count: int, start: int = 0) -> list[Copy]:
    return [Copy(f"c-{n}", "c", ONE_GPU) for n in range(start, start + count)]


def _instance(name: str, copies: list[Copy], zone: str = "a") -> Instance:
    return Instance(name, zone, FOUR_GPUS, tuple(copies))


def _needed(copies: list[Copy], instances: list[Instance], least: int, most: int) -> InstancesNeeded:
    scaling = ManagedInstanceScaling(least, most)
    return instances_needed(copies, instances, scaling, new_instance=FOUR_GPUS, zones=("a", "b"))


def _released(
    instances: list[Instance],
    scaling: ManagedInstanceScaling,
    now: float = 1e6,
    schedulings: Schedulings | None = None,
    idle_since_seconds: dict[str, float] | None = None,
) -> Release:
    return instances_to_release(
        instances,
        scaling,
        schedulings,
        now_seconds=now,
        last_operation_seconds=0,
        idle_since_seconds=idle_since_seconds,
    )


@pytest.mark.parametrize(("copies", "count"), [(0, 0), (1, 1), (4, 1), (5, 2), (8, 2), (9, 3)])
def test_copies_need_instances(copies: int, count: int) -> None:
    """Four copies of one GPU fit an instance of four, the fifth needs another."""
    assert _needed(_copies(copies), [], 0, 10).count == count


def test_room_on_what_there_is_comes_first() -> None:
    """Nothing is launched while copies fit on the instances that there are."""
    assert _needed(_copies(2, start=2), [_instance("i", _copies(2))], 0, 10).count == 0


def test_instances_are_launched_zone_by_zone() -> None:
    """Each one where the fewest are."""
    assert _needed(_copies(12), [], 0, 10).new_zones == ("a", "b", "a")
    assert _needed(_copies(4, start=4), [_instance("i", _copies(4))], 0, 10).new_zones == ("b",)


def test_maximum_holds() -> None:
    """Copies beyond the maximum of instances have no place, and are named."""
    needed = _needed(_copies(6), [], 0, 1)
    assert needed.count == 1
    assert [each.copy_id for each in needed.unplaceable] == ["c-4", "c-5"]


def test_nothing_is_launched_for_a_copy_that_never_fits() -> None:
    """A copy larger than an instance launches none."""
    needed = _needed([Copy("big", "c", Resources(5, 1, 1))], [], 0, 10)
    assert (needed.count, len(needed.unplaceable)) == (0, 1)


def test_minimum_is_launched_without_copies() -> None:
    """The minimum of instances is there whatever the copies need."""
    assert _needed([], [], 2, 10).new_zones == ("a", "b")


def test_idle_instances_are_released_down_to_the_minimum() -> None:
    """IDLE_RELEASE takes instances without copies, and stops at the minimum."""
    fleet = [_instance("busy", _copies(1)), _instance("idle-1", []), _instance("idle-2", [])]
    assert _released(fleet, ManagedInstanceScaling(0, 5)).instance_ids == ("idle-1", "idle-2")
    assert _released(fleet, ManagedInstanceScaling(2, 5)).instance_ids == ("idle-1",)
    assert _released(fleet, ManagedInstanceScaling(3, 5)).instance_ids == ()


def test_idle_instances_stay_for_the_delay() -> None:
    """With an idle_release_delay_seconds an instance goes once it has been idle for that long."""
    scaling = ManagedInstanceScaling(0, 5, ScaleInPolicy(idle_release_delay_seconds=600))
    fleet = [_instance("idle", [])]
    assert _released(fleet, scaling, 699, idle_since_seconds={"idle": 100}) == Release()
    assert _released(fleet, scaling, 700, idle_since_seconds={"idle": 100}).instance_ids == ("idle",)


def test_idle_release_never_moves_copies() -> None:
    """Two half-empty instances stay under IDLE_RELEASE."""
    fleet = [_instance("one", _copies(1)), _instance("two", _copies(1, start=1))]
    assert _released(fleet, ManagedInstanceScaling(0, 5)) == Release()


def test_consolidation_moves_the_least_reserved() -> None:
    """CONSOLIDATION empties the instance with the least on it, one by default."""
    fleet = [_instance("two", _copies(2)), _instance("one", _copies(1, start=2))]
    assert _released(fleet, ManagedInstanceScaling(0, 5, CONSOLIDATE)) == Release(
        ("one",), (Move("c-2", "one", "two"),)
    )


def test_consolidation_waits_for_its_cooldown() -> None:
    """20 minutes after the last operation, not before."""
    fleet = [_instance("two", _copies(2)), _instance("one", _copies(1, start=2))]
    scaling = ManagedInstanceScaling(0, 5, CONSOLIDATE)
    assert _released(fleet, scaling, 1199) == Release()
    assert _released(fleet, scaling, 1200).instance_ids == ("one",)


def test_consolidation_keeps_to_its_step_and_the_minimum() -> None:
    """At most maximum_step_size instances at a time, never below the minimum."""
    fleet = [_instance(f"i-{n}", _copies(1, start=n)) for n in range(4)]
    wide = ScaleInPolicy(ScaleInStrategy.CONSOLIDATION, maximum_step_size=3)
    assert len(_released(fleet, ManagedInstanceScaling(0, 5, CONSOLIDATE)).instance_ids) == 1
    assert len(_released(fleet, ManagedInstanceScaling(0, 5, wide)).instance_ids) == 3
    assert len(_released(fleet, ManagedInstanceScaling(3, 5, wide)).instance_ids) == 1


def test_consolidation_never_grows_the_imbalance_of_zones() -> None:
    """Copies come together within a zone; the only instance of a zone is never emptied into another."""
    fleet = [
        _instance("a", _copies(1), "a"),
        _instance("b", _copies(1, start=1), "b"),
        _instance("b2", _copies(1, start=2), "b"),
    ]
    scaling = ManagedInstanceScaling(0, 5, ScaleInPolicy(ScaleInStrategy.CONSOLIDATION, maximum_step_size=3))
    release = _released(fleet, scaling, schedulings={"c": Scheduling(max_zone_imbalance=0)})
    assert release.instance_ids == ("b",)
    assert [each.copy_id for each in release.moves] == ["c-1"]
    without = _released(fleet, scaling)
    assert len(without.instance_ids) == 2


@given(st.integers(0, 20), st.integers(0, 3), st.integers(1, 6))
def test_what_is_launched_suffices(copies: int, least: int, more: int) -> None:
    """After launching, every copy but the unplaceable ones has a place, within the maximum."""
    needed = _needed(_copies(copies), [], least, least + more)
    assert least <= needed.count <= least + more
    fleet = [Instance(str(n), zone, FOUR_GPUS) for n, zone in enumerate(needed.new_zones)]
    assert place_all(_copies(copies), fleet).unplaced == needed.unplaceable
    if needed.unplaceable:
        assert needed.count == least + more


@given(st.lists(st.integers(0, 4), max_size=6), st.integers(0, 6), st.integers(1, 6))
def test_consolidation_loses_no_copy(loads: list[int], least: int, step: int) -> None:
    """Every copy of a released instance moves once, to one that stays and has room."""
    fleet = [
        _instance(f"i-{n}", [Copy(f"{n}-{k}", "c", ONE_GPU) for k in range(load)])
        for n, load in enumerate(loads)
    ]
    scaling = ManagedInstanceScaling(
        least, least + 6, ScaleInPolicy(ScaleInStrategy.CONSOLIDATION, maximum_step_size=step)
    )
    release = _released(fleet, scaling, schedulings=PACKED)
    assert len(fleet) - len(release.instance_ids) >= min(least, len(fleet))
    stay = {each.instance_id: each for each in fleet if each.instance_id not in release.instance_ids}
    leaving = [copy for each in fleet if each.instance_id in release.instance_ids for copy in each.copies]
    assert sorted(each.copy_id for each in leaving) == sorted(each.copy_id for each in release.moves)
    for move in release.moves:
        stay[move.to_instance_id] = stay[move.to_instance_id].with_copy(Copy(move.copy_id, "c", ONE_GPU))


@pytest.mark.parametrize(("least", "most"), [(3, 2), (-1, 2), (0, 0)])
def test_contradictory_limits_are_refused(least: int, most: int) -> None:
    """MinInstanceCount is 0 or more, MaxInstanceCount 1 or more and no less."""
    with pytest.raises(InvalidPolicyError, match=f"min_instances {least}, max_instances {most}: take 0 <="):
        ManagedInstanceScaling(least, most)


def test_contradictory_policy_is_refused() -> None:
    """A step of nothing or a negative time is refused."""
    with pytest.raises(InvalidPolicyError, match="take a step of at least 1, and no negative time"):
        ScaleInPolicy(maximum_step_size=0)


def test_zones_are_needed() -> None:
    """Without a zone nothing can be launched."""
    with pytest.raises(InvalidPolicyError, match="zones: take at least one"):
        instances_needed([], [], ManagedInstanceScaling(0, 1), new_instance=FOUR_GPUS, zones=())
