"""The network models run in: isolated subnets, and the AWS services they need behind private endpoints."""

from collections.abc import Mapping, Sequence

from aws_cdk import aws_ec2 as ec2
from constructs import Construct, DependencyGroup

from seatrial_hosting._flow_log import FlowLog, retention_problems
from seatrial_hosting._isolated_subnet import acknowledge_zones, create_isolated_subnets
from seatrial_hosting._name_tag import name_tag
from seatrial_hosting._network_arguments import (
    cidr_problems,
    service_problems,
    service_zone_problems,
    zone_problems,
)
from seatrial_hosting._place import Place
from seatrial_hosting._security_groups import endpoint_security_group, model_security_group
from seatrial_hosting._validation import raise_problems
from seatrial_hosting._vpc_endpoints import create_interface_endpoints, create_s3_gateway
from seatrial_hosting.served import Served
from seatrial_hosting.serving_network import NetworkParts, ServingNetwork

__all__ = ["PrivateNetwork"]


class PrivateNetwork(ServingNetwork):
    """A network without a way out.

    Creates a VPC with one isolated subnet in each named zone, a gateway endpoint for Amazon S3, interface
    endpoints for the given services, a security group for models and one for the interface endpoints,
    and a flow log of all traffic in a log group of its own.

    Does not create an internet or NAT gateway, an elastic address, or a rule in the VPC's default security
    group: nothing here uses that group, and closing it takes a Lambda-backed custom resource, which is
    more to trust than what it closes.

    Grants nothing. The endpoints' policies let this account's principals do what containers and their
    callers need, on what is ``served``; the S3 gateway lets artifacts and image layers be read, and nothing
    else.

    It is made of CloudFormation's own resources: ``ec2.Vpc`` would look up the region's zones, and loading
    it takes a fifth of a small app's synth.

    Args:
        availability_zones: names of at least two zones of the stack's region; no look-up is made. Adding
            one at the end leaves the subnets of the others as they are.
        cidr: the VPC's address range, /16 to /25. Default: ``10.0.0.0/20``, 507 addresses in a subnet.
        private_link: short names of the services that get an interface endpoint, such as
            ``sagemaker.runtime``. Default: none; the S3 gateway is always there.
        private_link_zones: the zones where a service offers its endpoint, by its short name, where that is
            not all of them. Default: all.
        served: what the endpoints' policies are scoped to. Default: any of this account's.
        flow_log_retention_days: how long flow logs are kept. Default: 30 days.
        keep_flow_logs: whether they are kept so long even when the stack is deleted. Default: they go, too.

    Raises:
        HostingError: the arguments don't fit; all problems at once.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        availability_zones: Sequence[str],
        cidr: str = "10.0.0.0/20",
        private_link: Sequence[str] = (),
        private_link_zones: Mapping[str, Sequence[str]] | None = None,
        served: Served | None = None,
        flow_log_retention_days: int = 30,
        keep_flow_logs: bool = False,
    ) -> None:
        super().__init__(scope, construct_id)
        place, served, zones = Place.of(self), served or Served(), private_link_zones or {}
        raise_problems(
            self,
            [
                *zone_problems(availability_zones, place.known_region),
                *cidr_problems(cidr),
                *service_problems(private_link),
                *service_zone_problems(zones, private_link, availability_zones),
                *retention_problems(flow_log_retention_days),
            ],
        )
        vpc = ec2.CfnVPC(
            self,
            "Vpc",
            cidr_block=cidr,
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags=[name_tag(self)],
        )
        isolated = create_isolated_subnets(
            self, vpc_id=vpc.ref, cidr=cidr, availability_zones=availability_zones
        )
        subnets = tuple(subnet.as_serving for subnet in isolated)
        FlowLog(
            self,
            "FlowLog",
            vpc_id=vpc.ref,
            retention_days=flow_log_retention_days,
            keep=keep_flow_logs,
        )
        models = model_security_group(self, vpc.ref).attr_group_id
        endpoints = endpoint_security_group(self, vpc.ref).attr_group_id
        connectivity = DependencyGroup(*isolated)
        self._parts = NetworkParts(vpc.ref, cidr, subnets, models, endpoints, connectivity)
        self.allow_clients("FromModels", models, "TLS from models")
        connectivity.add(create_s3_gateway(self, vpc_id=vpc.ref, subnets=subnets, served=served))
        create_interface_endpoints(
            self,
            private_link,
            vpc_id=vpc.ref,
            subnets=subnets,
            zones=zones,
            security_group_id=endpoints,
            served=served,
        )
        acknowledge_zones(self)
