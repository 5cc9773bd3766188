"""Managed instance scaling: how many instances the copies need, and which ones may go."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from planning.control.errors import InvalidPolicyError
from planning.control.packing import (
    PlacementStrategy,
    Scheduling,
    Schedulings,
    imbalance,
    place,
)
from planning.control.resources import Copy, Instance, Resources

__all__ = [
    "InstancesNeeded",
    "ManagedInstanceScaling",
    "Move",
    "Release",
    "ScaleInPolicy",
    "ScaleInStrategy",
    "instances_needed",
    "instances_to_release",
]


class ScaleInStrategy(StrEnum):
    """``Strategy`` of the scale-in policy, in SageMaker's words."""

    IDLE_RELEASE = "IDLE_RELEASE"
    CONSOLIDATION = "CONSOLIDATION"


@dataclass(frozen=True, slots=True)
class ScaleInPolicy:
    """``ManagedInstanceScaling.ScaleInPolicy`` (API Reference, ProductionVariant..ScaleInPolicy).

    Attributes:
        strategy: IDLE_RELEASE releases instances without copies; CONSOLIDATION also moves copies together.
            Assumed: IDLE_RELEASE where a variant has no scale-in policy.
        maximum_step_size: instances that one consolidation may terminate, 1 to 100.
        cooldown_seconds: how long after the endpoint's last operation before one is looked for; AWS takes 5
            to 1440 minutes.
        idle_release_delay_seconds: Assumed: how long an instance stays without copies before it is released.
    """

    strategy: ScaleInStrategy = ScaleInStrategy.IDLE_RELEASE
    maximum_step_size: int = 1
    cooldown_seconds: float = 20 * 60
    idle_release_delay_seconds: float = 0

    def __post_init__(self) -> None:
        if self.maximum_step_size < 1 or min(self.cooldown_seconds, self.idle_release_delay_seconds) < 0:
            raise InvalidPolicyError(f"{self}: take a step of at least 1, and no negative time")


@dataclass(frozen=True, slots=True)
class ManagedInstanceScaling:
    """``ManagedInstanceScaling`` of a production variant (API Reference, of the same name).

    Attributes:
        min_instances: ``MinInstanceCount``, 0 or more: what stays whatever the traffic.
        max_instances: ``MaxInstanceCount``, 1 or more.
        scale_in: how instances are released.
    """

    min_instances: int
    max_instances: int
    scale_in: ScaleInPolicy = ScaleInPolicy()

    def __post_init__(self) -> None:
        if not 0 <= self.min_instances <= self.max_instances or self.max_instances < 1:
            raise InvalidPolicyError(
                f"min_instances {self.min_instances}, max_instances {self.max_instances}: take 0 <= "
                "min_instances <= max_instances, and at least 1 as max_instances"
            )


@dataclass(frozen=True, slots=True)
class InstancesNeeded:
    """What to launch for copies that have no place.

    Attributes:
        new_zones: the zone of each instance to launch.
        unplaceable: the copies for which there is no room even then.
    """

    new_zones: tuple[str, ...]
    unplaceable: tuple[Copy, ...]

    @property
    def count(self) -> int:
        """How many instances to launch."""
        return len(self.new_zones)


@dataclass(frozen=True, slots=True)
class Move:
    """A copy starts on one instance, then stops on another."""

    copy_id: str
    from_instance_id: str
    to_instance_id: str


@dataclass(frozen=True, slots=True)
class Release:
    """What to terminate.

    Attributes:
        instance_ids: the instances that go.
        moves: the copies that move away from them first.
    """

    instance_ids: tuple[str, ...] = ()
    moves: tuple[Move, ...] = ()


def instances_needed(
    copies: Iterable[Copy],
    instances: Sequence[Instance],
    scaling: ManagedInstanceScaling,
    schedulings: Schedulings | None = None,
    *,
    new_instance: Resources,
    zones: Sequence[str],
) -> InstancesNeeded:
    """Return what to launch so that every copy finds a place.

    "The number of instances scales with the number of copies that the components need" (API Reference,
    ProductionVariantManagedInstanceScaling; AWS Machine Learning Blog, "Reduce model deployment costs ...",
    managed instance auto scaling). Assumed: an instance is launched only for a copy that fits on none, and in
    the zone with the fewest instances.

    Args:
        copies: those without a place, in the order in which they get one.
        instances: those that there are or that are being launched, with the copies they host.
        scaling: the limits.
        schedulings: how the copies are placed.
        new_instance: what copies may reserve on an instance that is launched.
        zones: the zones of the endpoint's subnets; at least one.

    Raises:
        InvalidPolicyError: there is no zone.
    """
    if not zones:
        raise InvalidPolicyError("zones: take at least one")
    fleet = {each.instance_id: each for each in instances}
    launched: list[str] = []
    unplaceable: list[Copy] = []

    def launch() -> None:
        per_zone = {zone: sum(each.zone == zone for each in fleet.values()) for zone in zones}
        zone = min(zones, key=lambda each: per_zone[each])
        launched.append(zone)
        instance_id = f"new-{len(launched)}"
        fleet[instance_id] = Instance(instance_id, zone, new_instance)

    while len(fleet) < scaling.min_instances:
        launch()
    for copy in copies:
        scheduling = (schedulings or {}).get(copy.component)
        target = place(copy, tuple(fleet.values()), scheduling)
        if target is None and len(fleet) < scaling.max_instances and copy.requirements.fits(new_instance):
            launch()
            target = place(copy, tuple(fleet.values()), scheduling)
        if target is None:
            unplaceable.append(copy)
        else:
            fleet[target] = fleet[target].with_copy(copy)
    return InstancesNeeded(tuple(launched), tuple(unplaceable))


def instances_to_release(
    instances: Sequence[Instance],
    scaling: ManagedInstanceScaling,
    schedulings: Schedulings | None = None,
    *,
    now_seconds: float,
    last_operation_seconds: float,
    idle_since_seconds: Mapping[str, float] | None = None,
) -> Release:
    """Return what may be terminated, never below ``min_instances``.

    Instances without copies first; if there are none, CONSOLIDATION empties instances whose copies all fit on
    the others, at most ``maximum_step_size`` at a time, and only if no component's zone imbalance grows by it
    (API Reference, ProductionVariantManagedInstanceScalingScaleInPolicy). Assumed: the least reserved
    instance first, its copies packed onto the most reserved ones.

    Args:
        instances: all of them, with the copies they host.
        scaling: the limits and the scale-in policy.
        schedulings: the zone balance of each component.
        now_seconds: the time on the caller's clock.
        last_operation_seconds: when a copy or instance was last added or removed.
        idle_since_seconds: since when instances without copies have none; one that is absent has had none for
            long enough.
    """
    policy = scaling.scale_in
    spare = len(instances) - scaling.min_instances
    since = idle_since_seconds or {}
    idle = [
        each.instance_id
        for each in instances
        if not each.copies
        and now_seconds - since.get(each.instance_id, float("-inf")) >= policy.idle_release_delay_seconds
    ]
    if idle or policy.strategy is ScaleInStrategy.IDLE_RELEASE:
        return Release(tuple(idle[: max(spare, 0)]))
    if now_seconds - last_operation_seconds < policy.cooldown_seconds:
        return Release()
    return _consolidate(instances, min(spare, policy.maximum_step_size), schedulings or {})


def _consolidate(instances: Sequence[Instance], most: int, schedulings: Schedulings) -> Release:
    fleet = {each.instance_id: each for each in instances}
    released: list[str] = []
    moves: list[Move] = []
    by_reserved = sorted(instances, key=lambda each: each.reserved.share_of(each.capacity))
    for instance in by_reserved:
        if len(released) >= most:
            break
        # An instance that took copies from one released before it stays: no copy moves twice.
        if not instance.copies or any(each.to_instance_id == instance.instance_id for each in moves):
            continue
        others = {key: each for key, each in fleet.items() if key != instance.instance_id}
        moved = _moved(instance, others, schedulings)
        if moved is None or _grows_imbalance(fleet, others, instance, schedulings):
            continue
        fleet = others
        released.append(instance.instance_id)
        moves += moved
    return Release(tuple(released), tuple(moves))


def _moved(instance: Instance, others: dict[str, Instance], schedulings: Schedulings) -> list[Move] | None:
    """Move every copy of ``instance`` into ``others``; None if one of them fits nowhere."""
    moves = []
    for copy in sorted(instance.copies, key=lambda each: -each.requirements.share_of(instance.capacity)):
        limit = schedulings.get(copy.component, Scheduling()).max_zone_imbalance
        target = place(copy, tuple(others.values()), Scheduling(PlacementStrategy.BINPACK, limit))
        if target is None:
            return None
        others[target] = others[target].with_copy(copy)
        moves.append(Move(copy.copy_id, instance.instance_id, target))
    return moves


def _grows_imbalance(
    before: dict[str, Instance], after: dict[str, Instance], emptied: Instance, schedulings: Schedulings
) -> bool:
    # A zone that loses its last instance still counts: otherwise emptying it would look like balance.
    zones = {each.zone for each in before.values()}
    return any(
        imbalance(name, tuple(after.values()), zones) > imbalance(name, tuple(before.values()))
        for name in {each.component for each in emptied.copies}
        if schedulings.get(name, Scheduling()).max_zone_imbalance is not None
    )
