"""The container that a packaged model asks for: its image, and the variables that it is told."""

from collections.abc import Iterable, Mapping

import catalogue
import seatrial_hosting as hosting
import spec
from catalogue.triton_images import DEFAULT_MODEL_VARIABLE
from model_packaging.artifact import Layout, Manifest
from seatrial_hosting.pytorch_model import PROGRAM_VARIABLE

__all__ = ["ENTRY_POINT", "container_image", "further_variables", "pytorch_image", "served", "triton_image"]

ENTRY_POINT = "inference.py"
"""How packaging calls the entry point in ``code/``."""


def container_image(
    container: spec.Container, layout: Layout, region: str, instance_types: Iterable[str]
) -> hosting.ContainerImage:
    """Return the image that serves an artifact of ``layout`` on any of ``instance_types``."""
    if layout is Layout.PYTORCH:
        return pytorch_image(container, region, instance_types)
    return triton_image(container, region)


def triton_image(container: spec.Container, region: str) -> hosting.TritonImage:
    """Return the image of a Triton repository."""
    if container.image_uri is not None:
        return hosting.TritonImage.from_uri(container.image_uri)
    return hosting.TritonImage.from_catalogue(container.triton_release, region)


def pytorch_image(
    container: spec.Container, region: str, instance_types: Iterable[str]
) -> hosting.PyTorchImage:
    """Return the image of SageMaker's PyTorch layout: with CUDA where one of the instance types has a GPU."""
    if container.image_uri is not None:
        return hosting.PyTorchImage.from_uri(container.image_uri)
    if container.elastic_inference_release is not None:
        return hosting.PyTorchImage.for_elastic_inference(container.elastic_inference_release, region)
    gpu = any(catalogue.instance_type(each).gpus for each in instance_types)
    return hosting.PyTorchImage.from_catalogue(container.pytorch_release, region, gpu=gpu)


def served(container: spec.Container, manifest: Manifest) -> tuple[str, str]:
    """Return the variable that says what answers requests, and its value: the container's own, if it has one.

    Triton is told the model of its repository, the PyTorch images the entry point's file.
    """
    if manifest.layout is Layout.PYTORCH:
        return PROGRAM_VARIABLE, container.environment.get(PROGRAM_VARIABLE, ENTRY_POINT)
    return DEFAULT_MODEL_VARIABLE, container.environment.get(DEFAULT_MODEL_VARIABLE, manifest.model)


def further_variables(container: spec.Container, variable: str) -> Mapping[str, str]:
    """Return the container's environment without ``variable``."""
    return {name: value for name, value in container.environment.items() if name != variable}
