"""The container and the model construct that a packaged model asks for."""

from collections.abc import Iterable

from constructs import Construct

import seatrial_hosting as hosting
import spec
from model_packaging.artifact import Publication
from stacks._container import further_variables, has_gpu, image_uri, served
from stacks._settings import StackSettings
from stacks._translation import execution_role_of
from stacks.built_artifacts import BuiltArtifact

__all__ = ["add_model", "model_artifact", "serving_container"]


def model_artifact(
    scope: Construct, artifact: BuiltArtifact, settings: StackSettings
) -> hosting.ModelArtifact:
    """Return where ``artifact`` is published; where it isn't, register its archive for upload."""
    location = artifact.location
    if isinstance(location, Publication):
        return hosting.ModelArtifact.published(
            location.bucket_name, location.object_key, kms_key_arn=location.kms_key_arn
        )
    return hosting.ModelArtifact.from_file(
        scope,
        location,
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
    return hosting.ContainerModel(
        scope,
        construct_id,
        network=network,
        container=serving_container(
            scope, settings=settings, container=container, artifact=artifact, instance_types=instance_types
        ),
        role=execution_role_of(container, scope, role_id),
    )


def serving_container(
    scope: Construct,
    *,
    settings: StackSettings,
    container: spec.Container,
    artifact: BuiltArtifact,
    instance_types: Iterable[str],
) -> hosting.ServingContainer:
    """Return the container that serves ``artifact``, which is registered for upload.

    The arguments are those of ``add_model``.
    """
    manifest = artifact.manifest
    uri = image_uri(container, manifest.layout, settings.environment.region, gpu=has_gpu(instance_types))
    return hosting.ServingContainer(
        hosting.ContainerImage.from_uri(uri),
        model_artifact(scope, artifact, settings),
        served(container, manifest),
        further_variables(container, manifest),
    )
