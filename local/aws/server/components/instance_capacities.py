"""What inference components may reserve on an instance, by instance type.

The figures are whole instances: what SageMaker keeps for itself is not published. They are this server's own
data, because it must not take anybody else's word for what AWS has.
"""

import json
from functools import cache
from pathlib import Path

from planning.control.resources import Resources

__all__ = ["capacity_of", "known_instance_types"]

_DATA = Path(__file__).with_suffix(".json")


@cache
def _capacities() -> dict[str, Resources]:
    document = json.loads(_DATA.read_text(encoding="utf-8"))
    return {
        name: Resources(accelerators, float(vcpus), memory_mib)
        for name, (vcpus, memory_mib, accelerators) in document["instance_types"].items()
    }


def capacity_of(instance_type: str) -> Resources | None:
    """Return what ``ml.X`` has; None if that isn't known here."""
    return _capacities().get(instance_type)


def known_instance_types() -> tuple[str, ...]:
    """Return every instance type that is known here."""
    return tuple(_capacities())
