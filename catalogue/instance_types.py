"""SageMaker hosting instance types: a first slice of them."""

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
        memory_mib: main memory in MiB.
        gpus: NVIDIA GPUs; AWS Inferentia chips do not count.
        local_nvme: it has local NVMe disks (EC2's instance store volumes).
    """

    name: str
    vcpus: int
    memory_mib: int
    gpus: int
    local_nvme: bool

    @property
    def takes_volume_kms_key(self) -> bool:
        """Whether an endpoint config with this type may carry a ``KmsKeyId``.

        Local NVMe disks are encrypted with a key of the hardware. The API reference of CreateEndpointConfig
        (``KmsKeyId``) used to say that the call fails when a key is given with such a type; its current text
        (botocore 1.44.5) says only that the key does not encrypt the local disks. No key satisfies both.
        """
        return not self.local_nvme


def instance_types() -> tuple[InstanceType, ...]:
    """Return the instance types of the catalogue, family by family, small to large."""
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
    rows = read_data("instance_types")["instance_types"]
    return {name: InstanceType(name=name, **facts) for name, facts in rows.items()}
