"""How many copies of which components fit on the instances of an endpoint."""

from collections import defaultdict
from collections.abc import Sequence

import catalogue
from planning.control.packing import (
    Copy,
    Instance,
    Packing,
    PlacementStrategy,
    Resources,
    Scheduling,
    Schedulings,
    place_all,
)
from preflight.evidence import ServedComponent
from spec import ComponentEndpoint

__all__ = [
    "capacity",
    "counted",
    "fewest_copies",
    "most_copies",
    "pack",
    "pack_beside",
    "requirements",
    "shown_instances",
    "shown_resources",
    "too_large",
]

_ZONE = "zone"


def requirements(served: ServedComponent) -> Resources:
    """Return what one copy of a component takes."""
    compute = served.component.compute
    return Resources(compute.accelerators or 0, compute.cpus or 0.0, compute.memory_mib)


def capacity(instance_type: str) -> Resources:
    """Return what copies can have of an empty instance."""
    instance = catalogue.instance_type(instance_type)
    return Resources(instance.accelerators, float(instance.vcpus), instance.usable_memory_mib)


def too_large(served: ServedComponent) -> bool:
    """Whether one copy is larger than an empty instance of some type of its endpoint."""
    needed = requirements(served)
    return any(not needed.fits(capacity(name)) for name in served.endpoint.instances.type_names)


def fewest_copies(served: ServedComponent) -> int:
    """Return the fewest copies that a component may ever have, by ``copies.min`` or by a scheduled action."""
    component = served.component
    actions = component.scaling.scheduled.values() if component.scaling else ()
    lows = [low for action in actions for low in (action.min, action.max) if low is not None]
    return min([component.copies.min, *lows])


def most_copies(served: ServedComponent) -> int:
    """Return the most copies that a component may ever have, by ``copies.max`` or by a scheduled action."""
    component = served.component
    actions = component.scaling.scheduled.values() if component.scaling else ()
    return max([component.copies.max, *(action.max or 0 for action in actions)])


def pack(endpoint: ComponentEndpoint, components: Sequence[ServedComponent]) -> Packing:
    """Place the most copies of all components on the most instances, the largest copies first."""
    # Which type of several an instance will have, nobody knows before: the smallest of each kind counts.
    capacities = [capacity(name) for name in endpoint.instances.type_names]
    least = Resources(
        min(each.accelerators for each in capacities),
        min(each.cpus for each in capacities),
        min(each.memory_mib for each in capacities),
    )
    instances = [Instance(f"instance/{number}", _ZONE, least) for number in range(endpoint.instances.max)]
    copies = [copy for served in components for copy in _copies_of(served, most_copies(served))]
    largest_first = sorted(copies, key=lambda copy: _size(copy.requirements), reverse=True)
    return place_all(largest_first, instances, _schedulings(components))


def pack_beside(packing: Packing, served: ServedComponent, batch: int) -> Packing:
    """Place so many copies more of a component on instances that ``pack`` has filled."""
    return place_all(_copies_of(served, batch, "new"), packing.instances, _schedulings([served]))


def _copies_of(served: ServedComponent, count: int, prefix: str = "copy") -> list[Copy]:
    """Return so many copies of a component; ``prefix`` tells them from others of the same."""
    needed = requirements(served)
    return [Copy(f"{prefix}/{served.key}/{number}", served.key, needed) for number in range(count)]


def _schedulings(components: Sequence[ServedComponent]) -> Schedulings:
    """Return each component's placement strategy; zones don't limit what fits, balance is permissive."""
    return {
        served.key: Scheduling(PlacementStrategy(served.component.placement.strategy))
        for served in components
        if served.component.placement is not None
    }


def _size(needed: Resources) -> tuple[int, float, int]:
    return needed.accelerators, needed.cpus, needed.memory_mib


def shown_instances(endpoint: ComponentEndpoint) -> str:
    """Return the most instances in words: ``4 x ml.g5.2xlarge``."""
    return f"{endpoint.instances.max} x {' or '.join(endpoint.instances.type_names)}"


def counted(copies: Sequence[Copy]) -> str:
    """Return how many of ``copies`` are of which component, in words."""
    numbers: defaultdict[str, int] = defaultdict(int)
    for copy in copies:
        numbers[copy.component] += 1
    return ", ".join(f"{number} of {component!r}" for component, number in sorted(numbers.items()))


def shown_resources(resources: Resources) -> str:
    """Return an amount of compute in words: ``1 accelerator, 2 CPUs and 4096 MiB``."""
    accelerators, cpus = resources.accelerators, resources.cpus
    return (
        f"{accelerators} accelerator{'s' * (accelerators != 1)}, {cpus:g} CPU{'s' * (cpus != 1)} and "
        f"{resources.memory_mib} MiB"
    )
