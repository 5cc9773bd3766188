"""Where a client is: inside the private network, or in a small network of its own outside of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from aws_cdk import aws_ec2 as ec2
from constructs import Construct, DependencyGroup, IDependable

from seatrial_hosting._flow_log import FlowLog
from seatrial_hosting._isolated_subnet import acknowledge_zones
from seatrial_hosting._name_tag import name_tag
from seatrial_hosting.serving_network import ServingNetwork

__all__ = ["ClientPlacement", "PublicClientNetwork"]


@dataclass(frozen=True, slots=True)
class ClientPlacement:
    """One subnet, and what is around it.

    Attributes:
        vpc_id: the VPC.
        subnet_id: the subnet.
        public: whether an instance there gets a public address.
        endpoint_security_group_id: that of the interface endpoints which the client must reach; None where
            there are none.
        connectivity: what must stand before an instance there reaches anything; None for a network that
            another stack has.
    """

    vpc_id: str
    subnet_id: str
    public: bool
    endpoint_security_group_id: str | None
    connectivity: IDependable | None

    @classmethod
    def inside(cls, network: ServingNetwork) -> Self:
        """Return a place in the first subnet of a network that models are served in."""
        return cls(
            vpc_id=network.vpc_id,
            subnet_id=network.subnet_ids[0],
            public=False,
            endpoint_security_group_id=network.endpoint_security_group_id,
            connectivity=None,
        )


class PublicClientNetwork(Construct):
    """A network with a way out for one client that compares the public endpoint with the private one.

    Creates a VPC, one subnet, an internet gateway with the default route to it, and a flow log.

    Does not create a route or a peering to the private network, nor a NAT gateway. Nothing in the subnet gets
    a public address unless it asks for one.

    Grants nothing.

    Args:
        availability_zone: of the subnet.
        cidr: of the VPC and its subnet, /28 or larger. Default: ``10.255.255.0/28``, 11 addresses.
        flow_log_retention_days: how long flow logs are kept. Default: 30 days.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        availability_zone: str,
        cidr: str = "10.255.255.0/28",
        flow_log_retention_days: int = 30,
    ) -> None:
        super().__init__(scope, construct_id)
        tags = [name_tag(self)]
        vpc = ec2.CfnVPC(
            self,
            "Vpc",
            cidr_block=cidr,
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags=tags,
        )
        subnet = ec2.CfnSubnet(
            self,
            "Subnet",
            vpc_id=vpc.ref,
            availability_zone=availability_zone,
            cidr_block=cidr,
            map_public_ip_on_launch=False,
            tags=tags,
        )
        gateway = ec2.CfnInternetGateway(self, "Gateway", tags=tags)
        attachment = ec2.CfnVPCGatewayAttachment(
            self, "Attachment", vpc_id=vpc.ref, internet_gateway_id=gateway.ref
        )
        table = ec2.CfnRouteTable(self, "RouteTable", vpc_id=vpc.ref, tags=tags)
        way_out = ec2.CfnRoute(
            self,
            "WayOut",
            route_table_id=table.ref,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=gateway.ref,
        )
        way_out.node.add_dependency(attachment)
        association = ec2.CfnSubnetRouteTableAssociation(
            self, "Association", subnet_id=subnet.ref, route_table_id=table.ref
        )
        FlowLog(self, "FlowLog", vpc_id=vpc.ref, retention_days=flow_log_retention_days)
        self._placement = ClientPlacement(
            vpc_id=vpc.ref,
            subnet_id=subnet.ref,
            public=True,
            endpoint_security_group_id=None,
            connectivity=DependencyGroup(way_out, association),
        )
        acknowledge_zones(self)

    @property
    def placement(self) -> ClientPlacement:
        """The one place in it."""
        return self._placement
