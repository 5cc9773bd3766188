"""A network that models are served in, whoever made its parts."""

import functools
from dataclasses import dataclass

from aws_cdk import aws_ec2 as ec2
from constructs import Construct, IDependable

from seatrial_hosting._security_groups import admit_tls

__all__ = ["NetworkParts", "ServingNetwork", "ServingSubnet"]


@dataclass(frozen=True, slots=True)
class ServingSubnet:
    """A subnet with the route table it uses.

    Attributes:
        availability_zone: its zone's name.
        subnet_id: itself.
        route_table_id: the S3 gateway endpoint has to be in it.
    """

    availability_zone: str
    subnet_id: str
    route_table_id: str


@dataclass(frozen=True, slots=True)
class NetworkParts:
    """What every network has, as ids.

    Attributes:
        vpc_id: the VPC.
        vpc_cidr: its address range.
        subnets: where models run, one in each zone.
        model_security_group_id: what they run in.
        endpoint_security_group_id: the interface endpoints'.
        connectivity: what must stand before a model can fetch its artifact.
    """

    vpc_id: str
    vpc_cidr: str
    subnets: tuple[ServingSubnet, ...]
    model_security_group_id: str
    endpoint_security_group_id: str
    connectivity: IDependable


class ServingNetwork(Construct):
    """What models, endpoints and clients take as their network: ``PrivateNetwork`` or ``ExistingNetwork``.

    Creates nothing by itself.

    Grants nothing.
    """

    _parts: NetworkParts

    @property
    def vpc_id(self) -> str:
        """The VPC."""
        return self._parts.vpc_id

    @property
    def subnet_ids(self) -> tuple[str, ...]:
        """One subnet per zone, in the order the zones were given."""
        return tuple(subnet.subnet_id for subnet in self._parts.subnets)

    @property
    def model_security_group_id(self) -> str:
        """What models run in."""
        return self._parts.model_security_group_id

    @property
    def endpoint_security_group_id(self) -> str:
        """What the interface endpoints are in."""
        return self._parts.endpoint_security_group_id

    @property
    def connectivity(self) -> IDependable:
        """What must stand before a model can fetch its artifact: subnets, their routes, the S3 gateway."""
        return self._parts.connectivity

    @functools.cached_property
    def vpc(self) -> ec2.IVpc:
        """The VPC, as other constructs take it."""
        parts = self._parts
        return ec2.Vpc.from_vpc_attributes(
            self,
            "VpcAttributes",
            vpc_id=parts.vpc_id,
            vpc_cidr_block=parts.vpc_cidr,
            availability_zones=[subnet.availability_zone for subnet in parts.subnets],
            isolated_subnet_ids=list(self.subnet_ids),
            isolated_subnet_route_table_ids=[subnet.route_table_id for subnet in parts.subnets],
        )

    @property
    def subnets(self) -> tuple[ec2.ISubnet, ...]:
        """The subnets of ``subnet_ids``, as other constructs take them."""
        return tuple(self.vpc.isolated_subnets)

    @functools.cached_property
    def model_security_group(self) -> ec2.ISecurityGroup:
        """The group of ``model_security_group_id``, as other constructs take it."""
        return ec2.SecurityGroup.from_security_group_id(
            self, "ModelSecurityGroupAttributes", self.model_security_group_id, allow_all_outbound=False
        )

    def allow_clients(self, construct_id: str, security_group_id: str, description: str) -> None:
        """Let what runs in a security group of this VPC reach the interface endpoints by TLS.

        Args:
            construct_id: of the rule, unique in this network.
            security_group_id: the clients'.
            description: of the rule, for whoever reads it in the console.
        """
        admit_tls(
            self,
            construct_id,
            into=self.endpoint_security_group_id,
            source=security_group_id,
            description=description,
        )
