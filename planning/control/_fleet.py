"""The instances of an endpoint while minutes pass: the one place of this folder that changes anything."""

from itertools import count

from planning.control.instance_scaling import (
    ManagedInstanceScaling,
    instances_needed,
    instances_to_release,
)
from planning.control.packing import Copy, Instance, Resources, Schedulings, evict, place_all

__all__ = ["Fleet"]


class Fleet:
    """Instances, the copies on them, the copies that wait for room, and since when each of them is there.

    Args:
        instance: what copies may reserve on each instance.
        scaling: how many instances there may be.
        schedulings: how copies are placed.
        zones: where instances are launched.
    """

    def __init__(
        self,
        instance: Resources,
        scaling: ManagedInstanceScaling,
        schedulings: Schedulings,
        zones: tuple[str, ...],
    ) -> None:
        self.instances: tuple[Instance, ...] = ()
        self._instance = instance
        self._scaling = scaling
        self._schedulings = schedulings
        self._zones = zones
        self._waiting: list[Copy] = []
        self._ready: dict[str, int] = {}
        self._idle_since: dict[str, float] = {}
        self._last_operation = 0
        self._numbers = count(1)

    def in_service(self, component: str, minute: int) -> int:
        """Return how many copies of ``component`` answer in ``minute``."""
        return sum(
            each.component == component and self._ready[each.copy_id] <= minute
            for instance in self.instances
            for each in instance.copies
        )

    def ask(self, component: str, requirements: Resources, change: int) -> None:
        """Ask for ``change`` copies more, or fewer: those that wait go first, then what ``evict`` says."""
        for _ in range(change):
            self._waiting.append(Copy(f"copy-{next(self._numbers)}", component, requirements))
        excess = -change
        while excess > 0 and any(each.component == component for each in self._waiting):
            last = max(i for i, each in enumerate(self._waiting) if each.component == component)
            del self._waiting[last]
            excess -= 1
        for copy_id in evict(component, self.instances, max(excess, 0), self._schedulings.get(component)):
            self.instances = tuple(each.without_copy(copy_id) for each in self.instances)
            del self._ready[copy_id]

    def settle(self, *, minute: int, provisioning_minutes: int, copy_start_minutes: int) -> None:
        """Place what waits, launch instances for it, release those that nobody needs."""
        before = self.instances
        needed = instances_needed(
            self._waiting,
            self.instances,
            self._scaling,
            self._schedulings,
            new_instance=self._instance,
            zones=self._zones,
        )
        for zone in needed.new_zones:
            instance_id = f"instance-{next(self._numbers)}"
            self._ready[instance_id] = minute + provisioning_minutes
            self.instances = (*self.instances, Instance(instance_id, zone, self._instance))
        packing = place_all(self._waiting, self.instances, self._schedulings)
        self.instances, self._waiting = packing.instances, list(packing.unplaced)
        for each in packing.placed:
            self._ready[each.copy_id] = max(minute, self._ready[each.instance_id]) + copy_start_minutes
        self._release(minute, copy_start_minutes)
        if self.instances != before:
            self._last_operation = minute

    def _release(self, minute: int, copy_start_minutes: int) -> None:
        empty = [each.instance_id for each in self.instances if not each.copies]
        self._idle_since = {each: self._idle_since.get(each, minute * 60.0) for each in empty}
        release = instances_to_release(
            self.instances,
            self._scaling,
            self._schedulings,
            now_seconds=minute * 60,
            last_operation_seconds=self._last_operation * 60,
            idle_since_seconds=self._idle_since,
        )
        copies = {each.copy_id: each for instance in self.instances for each in instance.copies}
        by_id = {each.instance_id: each for each in self.instances}
        for move in release.moves:
            by_id[move.from_instance_id] = by_id[move.from_instance_id].without_copy(move.copy_id)
            by_id[move.to_instance_id] = by_id[move.to_instance_id].with_copy(copies[move.copy_id])
            # A copy that moves answers from its old place until it does from the new one.
            self._ready[move.copy_id] = min(self._ready[move.copy_id], minute + copy_start_minutes)
        self.instances = tuple(each for key, each in by_id.items() if key not in release.instance_ids)
