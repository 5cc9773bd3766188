"""How many copies of which components fit on the instances of an endpoint."""

from collections import defaultdict
from collections.abc import Sequence

import catalogue
from planning.control.packing import Copy, Instance, Packing, Resources, place_all
from preflight.evidence import ServedComponent
from spec import ComponentEndpoint

__all__ = ["capacity", "copies_of", "counted", "pack", "requirements", "shown_instances", "too_large"]

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


def copies_of(served: ServedComponent, count: int, prefix: str = "copy") -> list[Copy]:
    """Return so many copies of a component; ``prefix`` tells them from others of the same."""
    needed = requirements(served)
    return [Copy(f"{prefix}/{served.key}/{number}", served.key, needed) for number in range(count)]


def pack(endpoint: ComponentEndpoint, copies: Sequence[Copy]) -> Packing:
    """Place ``copies`` on the most instances that the endpoint may have, the largest first."""
    # Which type of several an instance will have, nobody knows before: the smallest of each kind counts.
    capacities = [capacity(name) for name in endpoint.instances.type_names]
    least = Resources(
        min(each.accelerators for each in capacities),
        min(each.cpus for each in capacities),
        min(each.memory_mib for each in capacities),
    )
    instances = [Instance(f"instance/{number}", _ZONE, least) for number in range(endpoint.instances.max)]
    largest_first = sorted(copies, key=lambda copy: _size(copy.requirements), reverse=True)
    return place_all(largest_first, instances)


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
