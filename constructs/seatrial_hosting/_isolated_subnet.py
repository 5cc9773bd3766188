"""One subnet whose routes lead nowhere but through VPC endpoints."""

import ipaddress
from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from seatrial_hosting._name_tag import name_tag
from seatrial_hosting._network_arguments import SUBNET_BITS
from seatrial_hosting.serving_network import ServingSubnet

__all__ = ["IsolatedSubnet", "acknowledge_zones", "create_isolated_subnets"]


class IsolatedSubnet(Construct):
    """A subnet with a route table of its own.

    Creates the subnet, the route table and their association; no route and no public address.

    Does not create a route; a gateway endpoint adds its own to the route table.

    Grants nothing.

    Attributes:
        as_serving: the subnet, its zone and its route table.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, vpc_id: str, availability_zone: str, cidr: str
    ) -> None:
        super().__init__(scope, construct_id)
        tags = [name_tag(self)]
        subnet = ec2.CfnSubnet(
            self,
            "Subnet",
            vpc_id=vpc_id,
            availability_zone=availability_zone,
            cidr_block=cidr,
            map_public_ip_on_launch=False,
            tags=tags,
        )
        table = ec2.CfnRouteTable(self, "RouteTable", vpc_id=vpc_id, tags=tags)
        self.as_serving = ServingSubnet(availability_zone, subnet.ref, table.ref)
        ec2.CfnSubnetRouteTableAssociation(
            self, "Association", subnet_id=subnet.ref, route_table_id=table.ref
        )


def create_isolated_subnets(
    scope: Construct, *, vpc_id: str, cidr: str, availability_zones: Sequence[str]
) -> tuple[IsolatedSubnet, ...]:
    """Create one subnet in each zone, an eighth of ``cidr`` each: a zone added later moves no other."""
    blocks = ipaddress.IPv4Network(cidr).subnets(SUBNET_BITS)
    return tuple(
        IsolatedSubnet(scope, f"Subnet-{zone}", vpc_id=vpc_id, availability_zone=zone, cidr=str(block))
        for zone, block in zip(availability_zones, blocks, strict=False)
    )


def acknowledge_zones(network: Construct) -> None:
    """Say why the subnets below ``network`` name their zones."""
    reason = (
        "Zones are named, so that nothing is looked up and the same input always gives the same template."
    )
    acknowledgment = cdk.Acknowledgment(id="CloudFormation-Validate::W3010", reason=reason)
    cdk.Validations.of(network).acknowledge(acknowledgment)
