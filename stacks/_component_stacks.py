"""An endpoint with components: its stack, and the stacks its components are spread over."""

from collections.abc import Iterator, Mapping

import aws_cdk as cdk
from constructs import IConstruct

import spec
from seatrial_hosting import ServingNetwork
from spec.sharding import assign, shard_stack_name
from stacks._placed import PlacedAdapter, PlacedComponent
from stacks._settings import StackSettings
from stacks.built_artifacts import BuiltArtifact
from stacks.component_endpoint_stack import ComponentEndpointStack
from stacks.component_stack import ComponentStack

__all__ = ["add_component_stacks"]


def add_component_stacks(
    app: cdk.App,
    file: spec.DeploymentFile,
    key: str,
    *,
    settings: StackSettings,
    network: ServingNetwork,
    artifacts: Mapping[str, BuiltArtifact],
) -> Iterator[tuple[str, IConstruct]]:
    """Add the stacks of the endpoint under ``key``; yield each construct with its section's path."""
    deployment = file.deployment
    endpoint = deployment.component_endpoints[key]
    hosting = ComponentEndpointStack(
        app,
        f"{deployment.name}-{key}",
        settings=settings,
        network=network,
        endpoint_name=deployment.endpoint_name(key),
        endpoint=endpoint,
    )
    yield f"endpoints.{key}", hosting.endpoint
    placed = {
        component_key: PlacedComponent(
            name=deployment.component_name(key, component_key),
            component=component,
            container=deployment.models[component.model].container,
            artifact=artifacts[component.model],
        )
        for component_key, component in endpoint.components.items()
    }
    adapters = {
        adapter_key: PlacedAdapter(deployment.adapter_name(key, adapter_key), adapter)
        for adapter_key, adapter in endpoint.adapters.items()
    }
    shard_of = assign([each.name for each in placed.values()], endpoint.shards)
    for shard in range(1, endpoint.shards + 1):
        components = {name: each for name, each in placed.items() if shard_of[each.name] == shard}
        their_adapters = {name: each for name, each in adapters.items() if each.adapter.base in components}
        stack = ComponentStack(
            app,
            shard_stack_name(deployment.name, key, shard),
            settings=settings,
            network=network,
            endpoint=hosting.endpoint,
            declared=endpoint,
            components=components,
            adapters=their_adapters,
        )
        for component_key, each in components.items():
            if component_key in stack.models:
                yield f"models.{each.component.model}", stack.models[component_key]
            yield f"endpoints.{key}.components.{component_key}", stack.component(component_key)
        for adapter_key in their_adapters:
            yield f"endpoints.{key}.adapters.{adapter_key}", stack.adapters[adapter_key]
