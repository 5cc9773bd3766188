"""The model construct that a packaged model asks for: Triton's, or that of SageMaker's PyTorch images."""

from collections.abc import Iterable

from constructs import Construct

import catalogue
import seatrial_hosting as hosting
import spec
from model_packaging.artifact import Layout, Manifest
from seatrial_hosting.model import DEFAULT_MODEL_VARIABLE
from seatrial_hosting.pytorch_model import PROGRAM_VARIABLE
from stacks._settings import StackSettings
from stacks._translation import execution_role_of
from stacks.built_artifacts import BuiltArtifact

__all__ = ["ENTRY_POINT", "add_model"]

ENTRY_POINT = "inference.py"
"""How packaging calls the entry point in ``code/``."""


def add_model(
    scope: Construct,
    construct_id: str,
    *,
    settings: StackSettings,
    network: hosting.ServingNetwork,
    container: spec.Container,
    artifact: BuiltArtifact,
    instance_types: Iterable[str],
    role_id: str,
) -> hosting.HostedModel:
    """Add the model of ``artifact`` to ``scope``.

    Args:
        scope: the stack.
        construct_id: of the model.
        settings: of the deployment's stacks.
        network: where the model's network interfaces are.
        container: its container section.
        artifact: whose layout decides what serves it.
        instance_types: those it may run on: one with a GPU asks for the image with CUDA.
        role_id: the construct's id of a role of the user's own.
    """
    region = settings.environment.region
    served = hosting.ModelArtifact.from_file(
        scope,
        artifact.archive,
        content_key=artifact.manifest.content_key,
        kms_key_arn=settings.artifact_key_arn,
    )
    role = execution_role_of(container, scope, role_id)
    if artifact.manifest.layout is Layout.PYTORCH:
        gpu = any(catalogue.instance_type(each).gpus for each in instance_types)
        return hosting.PyTorchModel(
            scope,
            construct_id,
            network=network,
            image=_pytorch_image(container, region, gpu=gpu),
            artifact=served,
            program=container.environment.get(PROGRAM_VARIABLE, ENTRY_POINT),
            environment=_without(PROGRAM_VARIABLE, container),
            role=role,
        )
    return hosting.TritonModel(
        scope,
        construct_id,
        network=network,
        image=_triton_image(container, region),
        artifact=served,
        default_model=_default_model(container, artifact.manifest),
        environment=_without(DEFAULT_MODEL_VARIABLE, container),
        role=role,
    )


def _triton_image(container: spec.Container, region: str) -> hosting.TritonImage:
    if container.image_uri is not None:
        return hosting.TritonImage.from_uri(container.image_uri)
    return hosting.TritonImage.from_catalogue(container.triton_release, region)


def _pytorch_image(container: spec.Container, region: str, *, gpu: bool) -> hosting.PyTorchImage:
    if container.image_uri is not None:
        return hosting.PyTorchImage.from_uri(container.image_uri)
    if container.elastic_inference_release is not None:
        return hosting.PyTorchImage.for_elastic_inference(container.elastic_inference_release, region)
    return hosting.PyTorchImage.from_catalogue(container.pytorch_release, region, gpu=gpu)


def _default_model(container: spec.Container, manifest: Manifest) -> str:
    """Return the model that answers requests: the one that the container's environment names, if it does."""
    return container.environment.get(DEFAULT_MODEL_VARIABLE, manifest.model)


def _without(variable: str, container: spec.Container) -> dict[str, str]:
    """Return the container's environment without what the construct has an argument for."""
    return {name: value for name, value in container.environment.items() if name != variable}
