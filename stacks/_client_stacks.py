"""The stacks of a deployment's clients."""

from collections.abc import Iterator, Mapping

import aws_cdk as cdk
from constructs import IConstruct

import spec
from catalogue.triton_images import INFERENCE_TYPE_VARIABLE, STREAMED
from seatrial_hosting import ServingNetwork
from stacks._settings import StackSettings
from stacks.built_artifacts import BuiltArtifact
from stacks.client_stack import ClientStack, client_stack_name

__all__ = ["add_client_stack"]


def add_client_stack(
    app: cdk.App,
    deployment: spec.Deployment,
    key: str,
    *,
    settings: StackSettings,
    network: ServingNetwork,
    artifacts: Mapping[str, BuiltArtifact],
) -> Iterator[tuple[str, IConstruct]]:
    """Add the stack of the client under ``key``; yield each construct with its section's path."""
    client = deployment.clients[key]
    endpoints = tuple(deployment.endpoints) if client.endpoints is None else client.endpoints
    accelerated = client.elastic_inference
    streaming = [each for each in endpoints if _streams(deployment, each)]
    stack = ClientStack(
        app,
        client_stack_name(deployment.name, key),
        settings=settings,
        network=network,
        client=client,
        endpoint_names=[deployment.endpoint_name(each) for each in endpoints],
        component_names=[
            deployment.component_name(each, component)
            for each in endpoints
            for component in _components(deployment, each)
        ],
        streaming_endpoint_names=[deployment.endpoint_name(each) for each in streaming],
        streaming_component_names=[
            deployment.component_name(each, component)
            for each in streaming
            for component, served in _components(deployment, each).items()
            if _is_streamed(deployment, served.model)
        ],
        artifact=artifacts[accelerated.model] if accelerated else None,
    )
    for construct in stack.constructs:
        yield f"clients.{key}", construct


def _components(deployment: spec.Deployment, endpoint: str) -> Mapping[str, spec.Component]:
    shared = deployment.component_endpoints.get(endpoint)
    return shared.components if shared else {}


def _streams(deployment: spec.Deployment, endpoint: str) -> bool:
    """Whether something behind the endpoint streams its answers."""
    hosted = deployment.hosted_endpoints.get(endpoint)
    served = hosted.served if hosted else [each.model for each in _components(deployment, endpoint).values()]
    return any(_is_streamed(deployment, name) for name in served)


def _is_streamed(deployment: spec.Deployment, model: str) -> bool:
    environment = deployment.models[model].container.environment
    return environment.get(INFERENCE_TYPE_VARIABLE) == STREAMED
