"""Where copies go, and which go first."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.control.errors import InvalidPolicyError
from planning.control.packing import (
    Copy,
    Instance,
    PlacementStrategy,
    Resources,
    Scheduling,
    evict,
    imbalance,
    place,
    place_all,
)

FOUR_GPUS = Resources(4, 48, 192 * 1024)
ONE_GPU = Resources(1, 4, 16 * 1024)
SPREAD = Scheduling(PlacementStrategy.SPREAD)
BINPACK = Scheduling(PlacementStrategy.BINPACK)

amounts = st.builds(
    Resources, st.integers(0, 4), st.floats(0, 16).map(lambda each: round(each, 2)), st.integers(0, 1 << 16)
)
schedulings = st.builds(Scheduling, st.sampled_from(PlacementStrategy), st.none() | st.integers(0, 3))


def _copies(count: int, component: str = "classifier", requirements: Resources = ONE_GPU) -> list[Copy]:
    return [Copy(f"{component}-{number}", component, requirements) for number in range(count)]


def _instances(count: int, zones: str = "a") -> list[Instance]:
    return [Instance(f"i-{n}", zones[n % len(zones)], FOUR_GPUS) for n in range(count)]


def test_spread_distributes_and_binpack_fills() -> None:
    """Four copies on two instances: two and two, or four and none."""
    spread = place_all(_copies(4), _instances(2), {"classifier": SPREAD})
    packed = place_all(_copies(4), _instances(2), {"classifier": BINPACK})
    assert [len(each.copies) for each in spread.instances] == [2, 2]
    assert [len(each.copies) for each in packed.instances] == [4, 0]


def test_every_resource_must_fit() -> None:
    """One resource that is short is enough to refuse a copy."""
    (instance,) = _instances(1)
    for short in (Resources(5, 1, 1), Resources(1, 49, 1), Resources(1, 1, 192 * 1024 + 1)):
        assert place(Copy("c", "c", short), [instance]) is None
    assert place(Copy("c", "c", FOUR_GPUS), [instance]) == "i-0"


def test_parts_of_cores_add_up() -> None:
    """Ten copies of a tenth of a core fit one core."""
    instance = Instance("i", "a", Resources(0, 1, 1024))
    copies = _copies(10, requirements=Resources(0, 0.1, 10))
    assert place_all(copies, [instance]).unplaced == ()


def test_copy_without_room_does_not_hold_up_the_next() -> None:
    """What does not fit is reported, and what comes after it is placed."""
    big, small = Copy("big", "a", Resources(5, 1, 1)), Copy("small", "b", ONE_GPU)
    packing = place_all([big, small], _instances(1))
    assert packing.unplaced == (big,)
    assert [each.copy_id for each in packing.placed] == ["small"]


def test_zones_are_balanced_within_the_strategy() -> None:
    """BINPACK packs within each zone where zone balance is asked for, and into one zone where not."""
    balanced = Scheduling(PlacementStrategy.BINPACK, max_zone_imbalance=0)
    with_balance = place_all(_copies(4), _instances(4, "ab"), {"classifier": balanced})
    without = place_all(_copies(4), _instances(4, "ab"), {"classifier": BINPACK})
    assert [len(each.copies) for each in with_balance.instances] == [2, 2, 0, 0]
    assert [len(each.copies) for each in without.instances] == [4, 0, 0, 0]


def test_zone_balance_is_permissive() -> None:
    """Where the other zone is full, a copy goes where there is room."""
    full = Instance("i-full", "b", ONE_GPU, (Copy("x", "other", ONE_GPU),))
    instances = [*_instances(1, "a"), full]
    packing = place_all(_copies(3), instances, {"classifier": Scheduling(max_zone_imbalance=0)})
    assert packing.unplaced == ()


@given(st.lists(amounts, max_size=12), st.lists(amounts, min_size=1, max_size=5), schedulings)
def test_capacity_is_never_exceeded(
    requirements: list[Resources], capacities: list[Resources], scheduling: Scheduling
) -> None:
    """Whatever is placed, no instance reserves more than it has, and no copy is lost or doubled."""
    copies = [Copy(str(n), "c", each) for n, each in enumerate(requirements)]
    instances = [Instance(str(n), "ab"[n % 2], each) for n, each in enumerate(capacities)]
    packing = place_all(copies, instances, {"c": scheduling})
    for instance in packing.instances:
        assert instance.reserved.fits(instance.capacity)
    hosted = [copy.copy_id for instance in packing.instances for copy in instance.copies]
    assert sorted(hosted) == sorted(each.copy_id for each in packing.placed)
    assert Counter(hosted + [each.copy_id for each in packing.unplaced]) == Counter(
        each.copy_id for each in copies
    )


@given(st.integers(0, 16), st.integers(1, 5))
def test_spread_is_even(count: int, instances: int) -> None:
    """On equal instances the numbers of copies differ by at most one, as long as they fit."""
    packing = place_all(_copies(min(count, 4 * instances)), _instances(instances), {"classifier": SPREAD})
    counts = [len(each.copies) for each in packing.instances]
    assert max(counts) - min(counts) <= 1


@given(st.integers(0, 16), st.integers(1, 4))
def test_binpack_uses_as_few_as_it_can(count: int, per_instance: int) -> None:
    """Copies of one size use no instance more than they need."""
    share = Resources(0, 48 / per_instance, 1024)
    packing = place_all(_copies(count, requirements=share), _instances(16), {"classifier": BINPACK})
    used = sum(bool(each.copies) for each in packing.instances)
    assert used == -(-count // per_instance)


@given(st.integers(0, 16), st.integers(0, 2))
def test_balance_holds_where_there_is_room(count: int, limit: int) -> None:
    """With room everywhere the zones never differ by more than the limit, or one where it is 0."""
    scheduling = Scheduling(max_zone_imbalance=limit)
    packing = place_all(_copies(count), _instances(6, "abc"), {"classifier": scheduling})
    assert imbalance("classifier", packing.instances) <= max(limit, 1)


@given(st.integers(0, 12), st.integers(0, 15), schedulings)
def test_evicted_copies_exist_once(count: int, fewer: int, scheduling: Scheduling) -> None:
    """As many copies go as asked, as far as there are any, each once, and only of that component."""
    instances = place_all(_copies(count), _instances(4, "ab"), {"classifier": scheduling}).instances
    gone = evict("classifier", instances, fewer, scheduling)
    assert len(gone) == len(set(gone)) == min(count, fewer)
    assert set(gone) <= {each.copy_id for each in _copies(count)}
    assert evict("another", instances, fewer, scheduling) == ()


def test_eviction_keeps_a_spread_even_and_empties_the_least_reserved() -> None:
    """SPREAD takes from the fullest; BINPACK from the emptiest, so that an instance becomes idle."""
    first, second = _instances(2)
    for copy in _copies(3):
        first = first.with_copy(copy)
    second = second.with_copy(Copy("lonely", "classifier", ONE_GPU))
    assert evict("classifier", [first, second], 1, SPREAD) == ("classifier-2",)
    assert evict("classifier", [first, second], 1, BINPACK) == ("lonely",)


def test_eviction_balances_zones() -> None:
    """With zone balance the zone with the most copies gives."""
    first, second = _instances(2, "ab")
    for copy in _copies(2):
        second = second.with_copy(copy)
    first = first.with_copy(Copy("old", "classifier", ONE_GPU))
    assert evict("classifier", [first, second], 1, Scheduling(max_zone_imbalance=1)) == ("classifier-1",)


def test_instance_that_reserves_too_much_is_refused() -> None:
    """An instance can't be described with more than it has."""
    with pytest.raises(InvalidPolicyError, match="instance i: its copies reserve"):
        Instance("i", "a", ONE_GPU, tuple(_copies(2)))


def test_negative_imbalance_is_refused() -> None:
    """The message names the value."""
    with pytest.raises(InvalidPolicyError, match="max_zone_imbalance -1: take 0 or more"):
        Scheduling(max_zone_imbalance=-1)
