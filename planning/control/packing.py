"""Which instance gets a copy, and which copy goes first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from planning.control.errors import InvalidPolicyError
from planning.control.resources import Copy, Instance, Resources

__all__ = [
    "Copy",
    "Instance",
    "Packing",
    "Placed",
    "PlacementStrategy",
    "Resources",
    "Scheduling",
    "Schedulings",
    "evict",
    "imbalance",
    "place",
    "place_all",
]


class PlacementStrategy(StrEnum):
    """``PlacementStrategy`` of an inference component, in SageMaker's words."""

    SPREAD = "SPREAD"
    BINPACK = "BINPACK"


@dataclass(frozen=True, slots=True)
class Scheduling:
    """``SchedulingConfig`` of an inference component.

    Attributes:
        strategy: SPREAD "distributes copies evenly across available instances", BINPACK "packs copies onto
            fewer instances" (API Reference, InferenceComponentSchedulingConfig). Assumed: SPREAD where a
            component has no scheduling config.
        max_zone_imbalance: ``AvailabilityZoneBalance.MaxImbalance``; None for no balance between zones.
    """

    strategy: PlacementStrategy = PlacementStrategy.SPREAD
    max_zone_imbalance: int | None = None

    def __post_init__(self) -> None:
        if self.max_zone_imbalance is not None and self.max_zone_imbalance < 0:
            raise InvalidPolicyError(f"max_zone_imbalance {self.max_zone_imbalance}: take 0 or more")


Schedulings = Mapping[str, Scheduling]
"""The scheduling of each component by its name; the default one where it has none."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A copy found its instance."""

    copy_id: str
    instance_id: str


@dataclass(frozen=True, slots=True)
class Packing:
    """What came of placing several copies.

    Attributes:
        instances: all instances, with the new copies on them, in the order they were given.
        placed: the copies that found a place.
        unplaced: those that fit nowhere.
    """

    instances: tuple[Instance, ...]
    placed: tuple[Placed, ...]
    unplaced: tuple[Copy, ...]


def place(copy: Copy, instances: Sequence[Instance], scheduling: Scheduling | None = None) -> str | None:
    """Return the id of the instance that gets ``copy``; None if it fits on none.

    With zone balance, the strategy applies within the zones where a copy reduces the imbalance or leaves it
    within the limit; where no instance there has room, the copy goes to any that has (API Reference,
    InferenceComponentAvailabilityZoneBalance: PERMISSIVE, MaxImbalance). Assumed: SPREAD takes the instance
    with the fewest copies of the component, then the least reserved one; BINPACK the most reserved one;
    instances that are equal are taken in their order.
    """
    chosen = scheduling or Scheduling()
    fitting = [each for each in instances if copy.requirements.fits(each.free)]
    if chosen.max_zone_imbalance is not None:
        allowed = _balanced_zones(copy.component, instances, chosen.max_zone_imbalance)
        fitting = [each for each in fitting if each.zone in allowed] or fitting
    if not fitting:
        return None
    if chosen.strategy is PlacementStrategy.BINPACK:
        return max(fitting, key=_reserved_share).instance_id
    return min(fitting, key=lambda each: (each.copies_of(copy.component), _reserved_share(each))).instance_id


def place_all(
    copies: Iterable[Copy], instances: Sequence[Instance], schedulings: Schedulings | None = None
) -> Packing:
    """Place copies one after the other; one that fits nowhere does not hold up those after it."""
    by_id = {each.instance_id: each for each in instances}
    placed: list[Placed] = []
    unplaced: list[Copy] = []
    for copy in copies:
        instance_id = place(copy, tuple(by_id.values()), (schedulings or {}).get(copy.component))
        if instance_id is None:
            unplaced.append(copy)
            continue
        by_id[instance_id] = by_id[instance_id].with_copy(copy)
        placed.append(Placed(copy.copy_id, instance_id))
    return Packing(tuple(by_id.values()), tuple(placed), tuple(unplaced))


def evict(
    component: str, instances: Sequence[Instance], count: int, scheduling: Scheduling | None = None
) -> tuple[str, ...]:
    """Return the ids of the ``count`` copies of ``component`` that go, in order; fewer if there are fewer.

    Assumed: with zone balance, from the zone with the most of them; then, under SPREAD, from the instance
    with the most of them, under BINPACK from the least reserved instance, which is so the first to be empty;
    the newest copy of an instance goes first.
    """
    chosen = scheduling or Scheduling()
    by_id = {each.instance_id: each for each in instances}
    gone: list[str] = []
    while len(gone) < count:
        hosting = [each for each in by_id.values() if each.copies_of(component)]
        if not hosting:
            break
        if chosen.max_zone_imbalance is not None:
            per_zone = _copies_per_zone(component, hosting)
            fullest = max(per_zone.values())
            hosting = [each for each in hosting if per_zone[each.zone] == fullest]
        if chosen.strategy is PlacementStrategy.BINPACK:
            instance = min(hosting, key=_reserved_share)
        else:
            instance = max(hosting, key=lambda each: (each.copies_of(component), _reserved_share(each)))
        newest = next(each for each in reversed(instance.copies) if each.component == component)
        by_id[instance.instance_id] = instance.without_copy(newest.copy_id)
        gone.append(newest.copy_id)
    return tuple(gone)


def imbalance(component: str, instances: Sequence[Instance], zones: Iterable[str] = ()) -> int:
    """Return the largest difference in copies of ``component`` between two zones.

    Args:
        component: whose copies are counted.
        instances: all instances; their zones count.
        zones: further zones that count although they have no instance.
    """
    counts = dict.fromkeys(zones, 0) | _copies_per_zone(component, instances)
    return max(counts.values(), default=0) - min(counts.values(), default=0)


def _balanced_zones(component: str, instances: Sequence[Instance], limit: int) -> set[str]:
    per_zone = _copies_per_zone(component, instances)
    now = imbalance(component, instances)
    after = {
        zone: max(count + 1, *others) - min(count + 1, *others) if others else 0
        for zone, count in per_zone.items()
        for others in [[each for name, each in per_zone.items() if name != zone]]
    }
    return {zone for zone, then in after.items() if then < now or then <= limit}


def _copies_per_zone(component: str, instances: Sequence[Instance]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for each in instances:
        counts[each.zone] = counts.get(each.zone, 0) + each.copies_of(component)
    return counts


def _reserved_share(instance: Instance) -> float:
    return instance.reserved.share_of(instance.capacity)
