"""Which NVIDIA GPU an instance type has, and which of them SageMaker Processing offers."""

from dataclasses import dataclass
from functools import cache

from catalogue._data import read_data
from catalogue.instance_types import instance_type, instance_types

__all__ = ["GpuFamily", "gpu_family", "processing_gpu_types"]


@dataclass(frozen=True, slots=True)
class GpuFamily:
    """The GPU of an EC2 family.

    Attributes:
        gpu: NVIDIA's name of it, such as ``T4``. A TensorRT plan runs well on the model it was built on
            alone (TensorRT, developer guide, "Hardware Compatibility").
        compute_capability: such as ``7.5``.
    """

    gpu: str
    compute_capability: str


def gpu_family(instance_type_name: str) -> GpuFamily | None:
    """Return the GPU of an instance type; None where it has none.

    Raises:
        UnknownInstanceTypeError: the catalogue has no such type.
    """
    found = instance_type(instance_type_name)
    return _families()[found.family] if found.gpus else None


def processing_gpu_types() -> tuple[str, ...]:
    """Return the instance types with a GPU that a processing job takes, in the order of SageMaker's model."""
    without = set(read_data("gpu_families")["without_processing"])
    return tuple(each.name for each in instance_types() if each.gpus and each.name not in without)


@cache
def _families() -> dict[str, GpuFamily]:
    return {name: GpuFamily(**row) for name, row in read_data("gpu_families")["families"].items()}
