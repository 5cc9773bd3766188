"""SageMaker hosting instance types: every one that CreateEndpointConfig accepts."""

from dataclasses import dataclass
from functools import cache

from catalogue._data import near_names, read_data
from catalogue.errors import UnknownInstanceTypeError

__all__ = ["InstanceType", "instance_type", "instance_types"]


@dataclass(frozen=True, slots=True)
class InstanceType:
    """One instance type that SageMaker hosts endpoints on.

    Attributes:
        name: such as ``ml.g5.xlarge``.
        vcpus: virtual CPUs.
        memory_mib: main memory in MiB, as EC2 gives it.
        usable_memory_mib: what of it is left for containers, at most. AWS documents no such figure: it is
            assumed that the hypervisor and the operating system take 7.5 per cent, which is Karpenter's
            default for EC2 (settings, ``VM_MEMORY_OVERHEAD_PERCENT``). What asks for more does not fit; what
            asks for less may still not, because SageMaker's own agents take an undocumented part.
        architecture: ``x86_64`` or ``arm64``.
        accelerator: ``gpu`` (NVIDIA), ``neuron`` (AWS Inferentia and Trainium), ``habana`` (Gaudi) or None;
            the words of ``InferenceAmi.accelerator``.
        accelerators: accelerator devices, which an inference component asks for as
            ``NumberOfAcceleratorDevicesRequired``; 0 where there are none.
        accelerator_memory_mib: memory of each of them in MiB; 0 where there are none.
        local_nvme: it has local NVMe disks (EC2's instance store volumes).
        driver: NVIDIA driver of an endpoint that names no ``InferenceAmiVersion``, such as ``470``; None
            where AWS documents none (SageMaker Developer Guide, best practices to minimize interruptions
            during GPU driver upgrades).
        sources: what the row rests on.
    """

    name: str
    vcpus: int
    memory_mib: int
    usable_memory_mib: int
    architecture: str
    accelerator: str | None
    accelerators: int
    accelerator_memory_mib: int
    local_nvme: bool
    driver: str | None
    sources: tuple[str, ...]

    @property
    def family(self) -> str:
        """The EC2 family, such as ``g5``."""
        return self.name.split(".")[1]

    @property
    def gpus(self) -> int:
        """NVIDIA GPUs; other accelerators do not count."""
        return self.accelerators if self.accelerator == "gpu" else 0

    @property
    def gpu_memory_mib(self) -> int:
        """Memory of each NVIDIA GPU in MiB; 0 without one."""
        return self.accelerator_memory_mib if self.accelerator == "gpu" else 0

    @property
    def takes_volume_kms_key(self) -> bool:
        """Whether an endpoint config with this type may carry a ``KmsKeyId``.

        Local NVMe disks are encrypted with a key of the hardware. The API reference of CreateEndpointConfig
        (``KmsKeyId``) used to say that the call fails when a key is given with such a type; its current text
        (botocore 1.44.5) says only that the key does not encrypt the local disks. No key satisfies both.
        """
        return not self.local_nvme


def instance_types() -> tuple[InstanceType, ...]:
    """Return every instance type, in the order of SageMaker's API model."""
    return tuple(_by_name().values())


def instance_type(name: str) -> InstanceType:
    """Return the instance type called ``name``, with its ``ml.`` prefix.

    Raises:
        UnknownInstanceTypeError: the catalogue has none; the message lists near names.
    """
    found = _by_name().get(name)
    if found is None:
        raise UnknownInstanceTypeError(
            f"{name!r} is not among the instance types of the catalogue; "
            f"{near_names(name, tuple(_by_name()))}"
        )
    return found


@cache
def _by_name() -> dict[str, InstanceType]:
    document = read_data("instance_types")
    texts = document["sources"]
    return {
        name: InstanceType(name=name, **{**row, "sources": tuple(texts[key] for key in row["sources"])})
        for name, row in document["instance_types"].items()
    }
