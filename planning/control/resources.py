"""What copies ask of instances: accelerators, CPU cores and memory."""

from dataclasses import dataclass, field
from functools import reduce

from planning.control.errors import InvalidPolicyError

__all__ = ["Copy", "Instance", "Resources"]

_CPU_TOLERANCE = 1e-9
"""CPU cores are fractions; sums of ten times 0.1 must still fit one core."""


@dataclass(frozen=True, slots=True)
class Resources:
    """An amount of compute, asked for or there.

    Attributes:
        accelerators: ``NumberOfAcceleratorDevicesRequired``: GPUs or Neuron devices, whole ones.
        cpus: ``NumberOfCpuCoresRequired``: CPU cores, in parts too.
        memory_mib: ``MinMemoryRequiredInMb``, which AWS counts in MiB.
    """

    accelerators: int = 0
    cpus: float = 0.0
    memory_mib: int = 0

    def __add__(self, other: "Resources") -> "Resources":
        return Resources(
            self.accelerators + other.accelerators,
            self.cpus + other.cpus,
            self.memory_mib + other.memory_mib,
        )

    def __sub__(self, other: "Resources") -> "Resources":
        return Resources(
            self.accelerators - other.accelerators,
            self.cpus - other.cpus,
            self.memory_mib - other.memory_mib,
        )

    def fits(self, room: "Resources") -> bool:
        """Whether this amount fits into ``room``, in every resource."""
        return (
            self.accelerators <= room.accelerators
            and self.cpus <= room.cpus + _CPU_TOLERANCE
            and self.memory_mib <= room.memory_mib
        )

    def share_of(self, whole: "Resources") -> float:
        """Return the largest of the three shares that this amount is of ``whole``."""
        pairs = (
            (self.accelerators, whole.accelerators),
            (self.cpus, whole.cpus),
            (self.memory_mib, whole.memory_mib),
        )
        return max((part / total for part, total in pairs if total), default=0.0)


@dataclass(frozen=True, slots=True)
class Copy:
    """One runtime copy of an inference component.

    Attributes:
        copy_id: unique on the endpoint.
        component: the inference component's name.
        requirements: what it reserves (CreateInferenceComponent, ``ComputeResourceRequirements``: resources
            are allocated per copy).
    """

    copy_id: str
    component: str
    requirements: Resources


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance of the endpoint's variant.

    Attributes:
        instance_id: unique on the endpoint.
        zone: its Availability Zone.
        capacity: what copies may reserve on it.
        copies: those that it hosts, oldest first.
    """

    instance_id: str
    zone: str
    capacity: Resources
    copies: tuple[Copy, ...] = ()
    reserved: Resources = field(init=False)

    def __post_init__(self) -> None:
        reserved = reduce(Resources.__add__, (each.requirements for each in self.copies), Resources())
        if not reserved.fits(self.capacity):
            raise InvalidPolicyError(
                f"instance {self.instance_id}: its copies reserve {reserved}, it has {self.capacity}"
            )
        object.__setattr__(self, "reserved", reserved)

    @property
    def free(self) -> Resources:
        """What is left for further copies."""
        return self.capacity - self.reserved

    def copies_of(self, component: str) -> int:
        """Return how many copies of ``component`` it hosts."""
        return sum(each.component == component for each in self.copies)

    def with_copy(self, copy: Copy) -> "Instance":
        """Return the instance with one copy more.

        Raises:
            InvalidPolicyError: the copy does not fit.
        """
        return Instance(self.instance_id, self.zone, self.capacity, (*self.copies, copy))

    def without_copy(self, copy_id: str) -> "Instance":
        """Return the instance without the copy ``copy_id``; the same if it hosts no such copy."""
        kept = tuple(each for each in self.copies if each.copy_id != copy_id)
        return Instance(self.instance_id, self.zone, self.capacity, kept)
