"""From a deployment file to CloudFormation stacks: wiring only; the parts are ``seatrial_hosting``'s."""

from stacks.build import DEFAULT_DEPLOYMENT, DEPLOYMENT_CONTEXT_KEY, build_app
from stacks.endpoint_stack import EndpointStack
from stacks.errors import StacksError
from stacks.network_stack import NetworkStack

__all__ = [
    "DEFAULT_DEPLOYMENT",
    "DEPLOYMENT_CONTEXT_KEY",
    "EndpointStack",
    "NetworkStack",
    "StacksError",
    "build_app",
]
