"""The instances of one production variant that hosts components. They are modelled, not run.

What goes where, how many there are and which ones may go are decisions of ``planning.control``; this
remembers what came of them. A new instance is there at once, unless the delays say otherwise: at AWS it takes
minutes.
"""

import itertools
import threading
from collections.abc import Callable, Iterable, Sequence

from local.aws.server.components.delays import Delays
from local.aws.server.errors import LaunchError
from planning.control.instance_scaling import (
    ManagedInstanceScaling,
    instances_needed,
    instances_to_release,
)
from planning.control.packing import Scheduling, evict, place_all
from planning.control.resources import Copy, Instance, Resources

__all__ = ["VariantInstances"]


class VariantInstances:
    """Instances and the copies on them. Every method may be called from any thread.

    Args:
        instance_type: of each.
        capacity: what copies may reserve on each.
        count: how many there are to begin with.
        scaling: between which numbers SageMaker scales them; None if somebody else does.
        zones: where they are.
        now: the clock.
        delays: how long instances and copies take on it; nothing by default.

    Attributes:
        instance_type: as given.
    """

    def __init__(
        self,
        instance_type: str,
        capacity: Resources,
        count: int,
        scaling: ManagedInstanceScaling | None,
        zones: Sequence[str],
        *,
        now: Callable[[], float],
        delays: Delays | None = None,
    ) -> None:
        self.instance_type = instance_type
        self._capacity = capacity
        self._desired = count
        self._scaling = scaling
        self._zones = tuple(zones)
        self._now = now
        self._delays = delays or Delays()
        self._available_at: dict[str, float] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.RLock()
        self._schedulings: dict[str, Scheduling] = {}
        self._idle_since: dict[str, float] = {}
        self._last_operation = now()
        self._instances: tuple[Instance, ...] = ()
        self._launch_missing(self._desired)

    @property
    def count(self) -> int:
        """How many instances there are."""
        with self._lock:
            return len(self._instances)

    @property
    def desired(self) -> int:
        """How many there should be: what was asked for, or what the scaling made of it."""
        with self._lock:
            return self._desired if self._scaling is None else len(self._instances)

    def add(self, copies: Sequence[Copy], scheduling: Scheduling) -> tuple[Copy, ...]:
        """Place copies, on new instances where the scaling allows it; return those that found no place."""
        if not copies:
            return ()
        with self._lock:
            self._schedulings[copies[0].component] = scheduling
            if self._scaling is not None:
                needed = instances_needed(
                    copies,
                    self._instances,
                    self._scaling,
                    self._schedulings,
                    new_instance=self._capacity,
                    zones=self._zones,
                )
                self._launch(needed.new_zones)
            packing = place_all(copies, self._instances, self._schedulings)
            self._take_over(packing.instances)
            return packing.unplaced

    def answer_at(self, copy_ids: Iterable[str]) -> float:
        """Return when copies that were just placed may answer: the last of them, on the clock."""
        placed = set(copy_ids)
        with self._lock:
            hosts = [
                each.instance_id
                for each in self._instances
                if any(copy.copy_id in placed for copy in each.copies)
            ]
            there = max((self._available_at[each] for each in hosts), default=0.0)
        return max(there, self._now()) + self._delays.times.copy_start_seconds

    def remove(self, copy_ids: Iterable[str]) -> None:
        """Free what these copies reserved."""
        with self._lock:
            instances = self._instances
            for copy_id in copy_ids:
                instances = tuple(instance.without_copy(copy_id) for instance in instances)
            self._take_over(instances)

    def evict(self, component: str, count: int) -> tuple[str, ...]:
        """Return which copies of a component go first; they stay where they are until they are removed."""
        with self._lock:
            return evict(component, self._instances, count, self._schedulings.get(component))

    def resize(self, count: int) -> None:
        """Have ``count`` instances, though never fewer than have copies.

        Instances are released without a copy only: whoever scales them waits until the copies are gone.
        """
        with self._lock:
            self._desired = count
            self._launch_missing(count)
            self._drop_idle(len(self._instances) - count)

    def rescale(self, scaling: ManagedInstanceScaling | None, count: int) -> None:
        """Take over another endpoint configuration's scaling."""
        with self._lock:
            self._scaling = scaling
            if scaling is None:
                self.resize(count)
            else:
                self._launch_missing(scaling.min_instances)

    def rebuilt(self, instances: "VariantInstances") -> None:
        """Take over the copies of instances of another type.

        Raises:
            LaunchError: they don't all fit.
        """
        with instances._lock, self._lock:  # noqa: SLF001 - another of ours
            for instance in instances._instances:  # noqa: SLF001 - another of ours
                for copy in instance.copies:
                    scheduling = instances._schedulings.get(copy.component, Scheduling())  # noqa: SLF001 - likewise
                    if self.add([copy], scheduling):
                        raise LaunchError(
                            f"a copy of inference component {copy.component} doesn't fit on the instances of "
                            f"type {self.instance_type}"
                        )

    def release(self) -> None:
        """Let go what the scale-in policy lets go now."""
        with self._lock:
            if self._scaling is None:
                self._drop_idle(len(self._instances) - self._desired)
                return
            release = instances_to_release(
                self._instances,
                self._delays.on_release(self._scaling),
                self._schedulings,
                now_seconds=self._now(),
                last_operation_seconds=self._last_operation,
                idle_since_seconds=self._idle_since,
            )
            # The copies' Tritons have no place of their own on this machine: a move changes the model alone.
            by_id = {instance.instance_id: instance for instance in self._instances}
            copies = {copy.copy_id: copy for instance in self._instances for copy in instance.copies}
            for move in release.moves:
                by_id[move.from_instance_id] = by_id[move.from_instance_id].without_copy(move.copy_id)
                by_id[move.to_instance_id] = by_id[move.to_instance_id].with_copy(copies[move.copy_id])
            if release.instance_ids:
                kept = [each for each in by_id.values() if each.instance_id not in release.instance_ids]
                self._take_over(tuple(kept))

    def _launch_missing(self, count: int) -> None:
        missing = count - len(self._instances)
        per_zone = {zone: sum(each.zone == zone for each in self._instances) for zone in self._zones}
        for _ in range(missing):
            zone = min(self._zones, key=lambda each: per_zone[each])
            per_zone[zone] += 1
            self._launch([zone])

    def _launch(self, zones: Iterable[str]) -> None:
        new = [Instance(f"i-{next(self._numbers)}", zone, self._capacity) for zone in zones]
        if new:
            available_at = self._now() + self._delays.times.provisioning_seconds
            self._available_at |= {each.instance_id: available_at for each in new}
            self._take_over((*self._instances, *new))

    def _drop_idle(self, most: int) -> None:
        idle = [instance.instance_id for instance in self._instances if not instance.copies]
        gone = set(idle[::-1][: max(most, 0)])
        if gone:
            self._take_over(tuple(each for each in self._instances if each.instance_id not in gone))

    def _take_over(self, instances: tuple[Instance, ...]) -> None:
        now = self._now()
        if instances != self._instances:
            self._last_operation = now
        self._instances = instances
        self._available_at = {each.instance_id: self._available_at[each.instance_id] for each in instances}
        idle = {instance.instance_id for instance in instances if not instance.copies}
        self._idle_since = {each: self._idle_since.get(each, now) for each in idle}
