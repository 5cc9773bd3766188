"""The stack that holds a deployment's network."""

import aws_cdk as cdk
from constructs import Construct

import spec
from seatrial_hosting import PrivateNetwork
from stacks._settings import StackSettings

__all__ = ["NetworkStack"]


class NetworkStack(cdk.Stack):
    """``<deployment>-network``: the private network that all endpoints of a deployment share.

    Endpoint stacks import its subnets and security group by CloudFormation exports, so CloudFormation itself
    refuses to delete or replace them under an endpoint. They are exported whether an endpoint uses them or
    not: adding the first endpoint or removing the last changes nothing here, and the two stacks never wait
    for each other.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: StackSettings, network: spec.Network
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            env=settings.cdk_environment,
            tags=settings.tags,
            description=f"Seatrial deployment {settings.deployment}: its private network",
        )
        self.network = PrivateNetwork(
            self,
            "Network",
            availability_zones=settings.environment.availability_zones,
            cidr=network.cidr,
            private_link=network.private_link,
            flow_log_retention_days=network.flow_log_retention_days,
        )
        for identifier in (*self.network.subnet_ids, self.network.model_security_group_id):
            self.export_value(identifier)
