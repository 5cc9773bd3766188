"""The container that a packaged model asks for: its image, and the variables that it is told."""

from collections.abc import Iterable

import catalogue
import spec
from model_packaging.artifact import Layout
from model_packaging.container_variables import (
    ENTRY_POINT,
    RESPONSE_CACHE_BYTES,
    further_variables,
    multi_model_variables,
    served,
)

__all__ = [
    "ENTRY_POINT",
    "RESPONSE_CACHE_BYTES",
    "further_variables",
    "has_gpu",
    "image_uri",
    "multi_model_variables",
    "served",
]


def image_uri(container: spec.Container, layout: Layout, region: str, *, gpu: bool) -> str:
    """Return the image that serves an artifact of ``layout``: the user's own, or AWS's.

    Args:
        container: the model's container section.
        layout: of the model's artifact.
        region: where the endpoint will be.
        gpu: whether one of its instance types has a GPU: Triton's image serves both, PyTorch's are two.
    """
    if container.image_uri is not None:
        return container.image_uri
    if layout is Layout.TRITON:
        return catalogue.triton_image_uri(container.triton_release, region)
    if container.elastic_inference_release is not None:
        return catalogue.elastic_inference_image_uri(container.elastic_inference_release, region)
    return catalogue.pytorch_image_uri(container.pytorch_release, region, gpu=gpu)


def has_gpu(instance_types: Iterable[str]) -> bool:
    """Whether one of ``instance_types`` has a GPU."""
    return any(catalogue.instance_type(each).gpus for each in instance_types)
