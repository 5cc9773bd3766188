"""What an EC2 family is: its rule, and the sizes that break it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Accelerators", "Family", "Size"]


@dataclass(frozen=True, slots=True)
class Accelerators:
    """The accelerators of one size.

    Attributes:
        count: how many devices.
        memory_mib: memory of each.
    """

    count: int
    memory_mib: int


@dataclass(frozen=True, slots=True)
class Size:
    """What of a size does not follow its family's rule; None where it does."""

    vcpus: int | None = None
    memory_mib: int | None = None
    accelerators: Accelerators | None = None
    sources: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Family:
    """One family.

    Attributes:
        mib_per_vcpu: main memory by vCPU.
        architecture: ``x86_64`` or ``arm64``.
        accelerator: ``gpu``, ``neuron``, ``habana`` or None.
        local_nvme: its sizes have local NVMe disks.
        sizes: the sizes that have accelerators, or that break the rule.
        driver: NVIDIA driver of an endpoint that names no machine image; None where no document says.
        sources: keys of ``SOURCES`` for all its sizes.
    """

    mib_per_vcpu: int
    architecture: str = "x86_64"
    accelerator: str | None = None
    local_nvme: bool = False
    sizes: Mapping[str, Size] = field(default_factory=dict)
    driver: str | None = None
    sources: tuple[str, ...] = ("family",)
