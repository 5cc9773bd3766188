"""The machine images SageMaker offers as ``InferenceAmiVersion``, with their drivers."""

from dataclasses import dataclass
from functools import cache

from catalogue._data import read_data

__all__ = ["InferenceAmi", "inference_amis"]


@dataclass(frozen=True, slots=True)
class InferenceAmi:
    """One ``InferenceAmiVersion`` of a production variant.

    Attributes:
        name: the value of ``InferenceAmiVersion``.
        accelerator: ``gpu`` or ``neuron`` (AWS Inferentia and Trainium).
        driver: version of the NVIDIA or Neuron driver, such as ``550``.
        cuda: CUDA version the driver brings, such as ``12.4``; None for Neuron.
        cuda_compat_mount: the NVIDIA container toolkit mounts the image's CUDA compatibility libraries.
    """

    name: str
    accelerator: str
    driver: str
    cuda: str | None
    cuda_compat_mount: bool


@cache
def inference_amis() -> tuple[InferenceAmi, ...]:
    """Return every ``InferenceAmiVersion`` (source: SageMaker API Reference, ProductionVariant)."""
    return tuple(InferenceAmi(**row) for row in read_data("inference_amis")["inference_amis"])
