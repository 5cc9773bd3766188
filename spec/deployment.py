"""A whole deployment: the root of the file."""

from typing import Annotated

from pydantic import Field

from spec._base import SpecModel, text
from spec._endpoint_names import EndpointKey
from spec.client import Client, ClientKey
from spec.component_endpoint import ComponentEndpoint
from spec.endpoint import RealtimeEndpoint
from spec.environment import Environment
from spec.hosted_endpoint import HostedEndpoint
from spec.model import Model
from spec.model_name import ModelName
from spec.multi_model_endpoint import MultiModelEndpoint
from spec.network import Network
from spec.pipeline_endpoint import PipelineEndpoint
from spec.publish import BOOTSTRAP_QUALIFIER, Publish, PublishedTo
from spec.remote_build import RemoteBuild
from spec.security import Security, TagKey, TagValue
from spec.triton_instances import InstanceGroup

__all__ = ["BUILD_STACK_KEY", "NETWORK_STACK_KEY", "Deployment", "Endpoint"]

Endpoint = Annotated[
    RealtimeEndpoint | ComponentEndpoint | MultiModelEndpoint | PipelineEndpoint,
    Field(discriminator="type"),
]
"""An endpoint of any type."""

NETWORK_STACK_KEY = "network"
"""The network's stack is ``<deployment>-network``: no endpoint can have this key."""

BUILD_STACK_KEY = "build"
"""The stack of what is built in the account, likewise."""

# The stacks are <name>-network and <name>-<endpoint key>: with 63 characters for each part they stay within
# the 128 of CloudFormation, which also wants a letter first (CloudFormation API Reference, CreateStack).
DeploymentName = Annotated[
    str,
    text(
        r"^[a-zA-Z](-*[a-zA-Z0-9])*$",
        allowed="letters, digits and hyphens, a letter first, no hyphen last",
        maximum=63,
    ),
]


class Deployment(SpecModel):
    """What should exist in one environment: a network, models and the endpoints that serve them."""

    name: DeploymentName = Field(
        description="The deployment's name: the beginning of its stacks' names and of its endpoints' names."
    )
    environment: Environment = Field(description="Where it goes.")
    tags: dict[TagKey, TagValue] = Field(
        default_factory=dict,
        description="Tags of every stack, which CloudFormation passes on to every resource that takes tags; "
        "at most 40. Default: none but Seatrial's own, seatrial:deployment and seatrial:model.",
    )
    security: Security = Field(
        default_factory=Security,
        description="Keys, bucket and boundary of your own, and the protection of stacks. "
        "Default: what is needed is created, and stacks are protected outside of the laptop's account.",
    )
    publish: Publish = Field(
        default_factory=Publish,
        description="Where `seatrial publish` puts models. Default: into the bucket that assets go to.",
    )
    build: RemoteBuild | None = Field(
        default=None,
        description="What is built in the account, by `seatrial package --remote`; becomes the stack "
        "<name>-build. Default: none, every model is built where it is packaged, none as a TensorRT plan.",
    )
    network: Network = Field(
        default_factory=Network,
        description="The private network. Default: 10.0.0.0/20 with the services a container needs.",
    )
    models: dict[ModelName, Model] = Field(
        min_length=1, description="The models by name; one that no endpoint serves is packaged all the same."
    )
    endpoints: dict[EndpointKey, Endpoint] = Field(
        default_factory=dict,
        description="The endpoints by key; each becomes the stack <name>-<key>, one with components also "
        "the stacks <name>-<key>-components-<n>. "
        "Default: none, only the network is deployed.",
    )
    clients: dict[ClientKey, Client] = Field(
        default_factory=dict,
        description="EC2 instances that invoke the endpoints, by key; each becomes the stack "
        "<name>-client-<key>. Default: none.",
    )

    @property
    def published_to(self) -> PublishedTo:
        """Where the models that are no assets are published, every default filled in."""
        place, given, own = self.environment, self.publish, self.security.artifact_bucket
        default = own.name if own else f"cdk-{BOOTSTRAP_QUALIFIER}-assets-{place.account}-{place.region}"
        bucket = given.bucket or default
        own_key = own.kms_key if own is not None and own.name == bucket else None
        return PublishedTo(bucket, given.prefix, given.kms_key or own_key)

    def endpoint_name(self, key: str) -> str:
        """Return the name in SageMaker of the endpoint under ``key``.

        Raises:
            KeyError: there is no such endpoint.
        """
        return self.endpoints[key].endpoint_name or f"{self.name}-{key}"

    def component_name(self, endpoint_key: str, component_key: str) -> str:
        """Return the name in SageMaker of a component of the endpoint under ``endpoint_key``.

        Raises:
            KeyError: there is no such component.
        """
        component = self.component_endpoints[endpoint_key].components[component_key]
        return component.name or f"{self.name}-{endpoint_key}-{component_key}"

    def adapter_name(self, endpoint_key: str, adapter_key: str) -> str:
        """Return the name in SageMaker of an adapter of the endpoint under ``endpoint_key``.

        Raises:
            KeyError: there is no such adapter.
        """
        adapter = self.component_endpoints[endpoint_key].adapters[adapter_key]
        return adapter.name or f"{self.name}-{endpoint_key}-{adapter_key}"

    def members_of(self, name: str) -> dict[str, Model]:
        """Return the models packed beside the model ``name``, and theirs, each after its own members.

        Raises:
            KeyError: there is no such model.
        """
        found: dict[str, Model] = {}

        def add_members(of: str) -> None:
            for member in self.models[of].members:
                if member not in found:
                    add_members(member)
                    found[member] = self.models[member]

        add_members(name)
        return found

    @property
    def hosted_endpoints(self) -> dict[str, HostedEndpoint]:
        """The endpoints that serve models on instances of their own, by key."""
        return {key: each for key, each in self.endpoints.items() if isinstance(each, HostedEndpoint)}

    def instance_groups_of(self, name: str) -> tuple[InstanceGroup, ...]:
        """Return what Triton runs the model ``name`` on, with all that is packed beside it, as declared.

        Raises:
            KeyError: there is no such model.
        """
        models = (self.models[name], *self.members_of(name).values())
        return tuple(group for model in models for group in model.instance_groups)

    @property
    def realtime_endpoints(self) -> dict[str, RealtimeEndpoint]:
        """Those of them that serve one model, by key."""
        return {key: each for key, each in self.endpoints.items() if isinstance(each, RealtimeEndpoint)}

    @property
    def multi_model_endpoints(self) -> dict[str, MultiModelEndpoint]:
        """Those of them that load models as requests name them, by key."""
        return {key: each for key, each in self.endpoints.items() if isinstance(each, MultiModelEndpoint)}

    @property
    def pipeline_endpoints(self) -> dict[str, PipelineEndpoint]:
        """Those of them that have several containers, by key."""
        return {key: each for key, each in self.endpoints.items() if isinstance(each, PipelineEndpoint)}

    @property
    def component_endpoints(self) -> dict[str, ComponentEndpoint]:
        """The endpoints that serve inference components, by key."""
        return {key: each for key, each in self.endpoints.items() if isinstance(each, ComponentEndpoint)}

    @property
    def served_models(self) -> frozenset[str]:
        """The names of the models that an endpoint, a component or a client's accelerator serves."""
        served = {name for endpoint in self.hosted_endpoints.values() for name in endpoint.served}
        for shared in self.component_endpoints.values():
            served |= {component.model for component in shared.components.values()}
        for client in self.clients.values():
            if client.elastic_inference is not None:
                served.add(client.elastic_inference.model)
        return frozenset(served)
