"""The model construct that a packaged model asks for: Triton's, or that of SageMaker's PyTorch images."""

from collections.abc import Iterable

from constructs import Construct

import seatrial_hosting as hosting
import spec
from model_packaging.artifact import Layout
from stacks._container import further_variables, has_gpu, image_uri, served
from stacks._settings import StackSettings
from stacks._translation import execution_role_of
from stacks.built_artifacts import BuiltArtifact

__all__ = ["add_model", "model_artifact"]


def model_artifact(
    scope: Construct, artifact: BuiltArtifact, settings: StackSettings
) -> hosting.ModelArtifact:
    """Register the archive of ``artifact`` for upload, and return where it will be."""
    return hosting.ModelArtifact.from_file(
        scope,
        artifact.archive,
        content_key=artifact.manifest.content_key,
        kms_key_arn=settings.artifact_key_arn,
    )


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
    manifest = artifact.manifest
    uri = image_uri(container, manifest.layout, settings.environment.region, gpu=has_gpu(instance_types))
    archive = model_artifact(scope, artifact, settings)
    role = execution_role_of(container, scope, role_id)
    variable, value = served(container, manifest)
    environment = further_variables(container, variable)
    if manifest.layout is Layout.PYTORCH:
        return hosting.PyTorchModel(
            scope,
            construct_id,
            network=network,
            image=hosting.PyTorchImage.from_uri(uri),
            artifact=archive,
            program=value,
            environment=environment,
            role=role,
        )
    return hosting.TritonModel(
        scope,
        construct_id,
        network=network,
        image=hosting.TritonImage.from_uri(uri),
        artifact=archive,
        default_model=value,
        environment=environment,
        role=role,
    )
