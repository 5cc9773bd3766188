"""The stacks of a deployment's clients."""

from collections.abc import Iterator, Mapping

import aws_cdk as cdk
from constructs import IConstruct

import spec
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
            if each in deployment.component_endpoints
            for component in deployment.component_endpoints[each].components
        ],
        artifact=artifacts[accelerated.model] if accelerated else None,
    )
    for construct in stack.constructs:
        yield f"clients.{key}", construct
