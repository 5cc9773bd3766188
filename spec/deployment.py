"""A whole deployment: the root of the file."""

from typing import Annotated

from pydantic import Field

from spec._base import SpecModel, text
from spec.endpoint import EndpointKey, RealtimeEndpoint
from spec.environment import Environment
from spec.model import Model, ModelName
from spec.network import Network

__all__ = ["NETWORK_STACK_KEY", "Deployment"]

NETWORK_STACK_KEY = "network"
"""The network's stack is ``<deployment>-network``: no endpoint can have this key."""

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
    network: Network = Field(
        default_factory=Network,
        description="The private network. Default: 10.0.0.0/20 with the services a container needs.",
    )
    models: dict[ModelName, Model] = Field(
        min_length=1, description="The models by name; one that no endpoint serves is packaged all the same."
    )
    endpoints: dict[EndpointKey, RealtimeEndpoint] = Field(
        default_factory=dict,
        description="The endpoints by key; each becomes the stack <name>-<key>. "
        "Default: none, only the network is deployed.",
    )

    def endpoint_name(self, key: str) -> str:
        """Return the name in SageMaker of the endpoint under ``key``.

        Raises:
            KeyError: there is no such endpoint.
        """
        return self.endpoints[key].endpoint_name or f"{self.name}-{key}"
