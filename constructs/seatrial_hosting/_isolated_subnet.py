"""One subnet whose routes lead nowhere but through VPC endpoints."""

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

__all__ = ["IsolatedSubnet", "name_tag"]


class IsolatedSubnet(Construct):
    """A subnet with a route table of its own.

    Creates the subnet, the route table and their association; no route and no public address.

    Does not create a route; a gateway endpoint adds its own to the route table.

    Grants nothing.

    Attributes:
        subnet_id: the subnet.
        route_table_id: its route table.
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
        self.subnet_id = subnet.ref
        self.route_table_id = table.ref
        ec2.CfnSubnetRouteTableAssociation(
            self, "Association", subnet_id=self.subnet_id, route_table_id=self.route_table_id
        )


def name_tag(construct: Construct) -> cdk.CfnTag:
    """Return the tag that the EC2 console shows as a resource's name: the construct's path."""
    return cdk.CfnTag(key="Name", value=construct.node.path)
