"""The model construct of an endpoint that serves several models."""

from collections.abc import Mapping

import aws_cdk as cdk
from constructs import Construct

import seatrial_hosting as hosting
import spec
from stacks._container import has_gpu, image_uri, multi_model_variables
from stacks._hosted_model import model_artifact, serving_container
from stacks._placed import PlacedModel
from stacks._settings import StackSettings
from stacks._translation import execution_role_of

__all__ = ["add_multi_model", "add_pipeline"]


def add_multi_model(
    scope: Construct,
    endpoint: spec.MultiModelEndpoint,
    models: Mapping[str, PlacedModel],
    *,
    settings: StackSettings,
    network: hosting.ServingNetwork,
) -> hosting.MultiModel:
    """Add what serves ``models``, by name, to ``scope``, and an output with each one's ``TargetModel``.

    Raises:
        HostingError: their archives have no prefix in common.
    """
    first = next(iter(models.values()))
    artifacts = {name: model_artifact(scope, each.artifact, settings) for name, each in models.items()}
    prefix = hosting.ModelPrefix.of(scope, artifacts)
    uri = image_uri(
        first.container,
        first.artifact.manifest.layout,
        settings.environment.region,
        gpu=has_gpu((endpoint.instances.type,)),
    )
    model = hosting.MultiModel(
        scope,
        "Model",
        network=network,
        image=hosting.ContainerImage.from_uri(uri),
        prefix=prefix,
        environment=multi_model_variables(
            first.container, [each.artifact.manifest for each in models.values()]
        ),
        model_cache=endpoint.model_cache == "Enabled",
        role=execution_role_of(first.container, scope, "ExecutionRole"),
    )
    # Names that differ by a hyphen alone would be one logical id directly below the stack.
    targets = Construct(scope, "TargetModels")
    for name, artifact in artifacts.items():
        cdk.CfnOutput(
            targets,
            name,
            value=prefix.target_model(artifact),
            description=f"What invoke_endpoint takes as TargetModel for {name}",
        )
    return model


def add_pipeline(
    scope: Construct,
    endpoint: spec.PipelineEndpoint,
    models: Mapping[str, PlacedModel],
    *,
    settings: StackSettings,
    network: hosting.ServingNetwork,
) -> hosting.PipelineModel:
    """Add what serves the containers of ``endpoint`` to ``scope``; ``models`` are theirs, by name."""
    types = (endpoint.instances.type,)
    containers = {
        hostname: serving_container(
            scope,
            settings=settings,
            container=models[each.model].container,
            artifact=models[each.model].artifact,
            instance_types=types,
        )
        for hostname, each in endpoint.containers.items()
    }
    first = next(iter(models.values()))
    return hosting.PipelineModel(
        scope,
        "Model",
        network=network,
        containers=containers,
        mode=hosting.InferenceExecutionMode(endpoint.inference_execution_mode),
        role=execution_role_of(first.container, scope, "ExecutionRole"),
    )
