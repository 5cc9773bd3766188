"""The network models run in: isolated subnets, and the AWS services they need behind private endpoints."""

import functools
import ipaddress
from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct, DependencyGroup, IDependable

from seatrial_hosting._endpoint_policies import interface_policy, s3_policy
from seatrial_hosting._flow_log import FlowLog, retention_problems
from seatrial_hosting._isolated_subnet import IsolatedSubnet, name_tag
from seatrial_hosting._network_arguments import (
    SUBNET_BITS,
    cidr_problems,
    service_problems,
    zone_problems,
)
from seatrial_hosting._place import Place
from seatrial_hosting._security_groups import admit_tls, endpoint_security_group, model_security_group
from seatrial_hosting._validation import raise_problems

__all__ = ["PrivateNetwork"]


class PrivateNetwork(Construct):
    """A network without a way out.

    Creates a VPC with one isolated subnet in each named zone, a gateway endpoint for Amazon S3, interface
    endpoints for the given services, a security group for models and one for the interface endpoints,
    and a flow log of all traffic in a log group of its own.

    Does not create an internet or NAT gateway, an elastic address, or a rule in the VPC's default security
    group: nothing here uses that group, and closing it takes a Lambda-backed custom resource, which is
    more to trust than what it closes.

    Grants nothing. The endpoints' policies admit this account's principals only, and the S3 gateway only
    reads: from this account's buckets, and image layers from Amazon ECR's.

    It is made of CloudFormation's own resources: ``ec2.Vpc`` would look up the region's zones, and loading
    it takes a fifth of a small app's synth.

    Args:
        availability_zones: names of at least two zones of the stack's region; no look-up is made. Adding
            one at the end leaves the subnets of the others as they are.
        cidr: the VPC's address range, /16 to /25. Default: ``10.0.0.0/20``, 507 addresses in a subnet.
        private_link: short names of the services that get an interface endpoint, such as
            ``sagemaker.runtime``. Default: none; the S3 gateway is always there.
        flow_log_retention_days: how long flow logs are kept. Default: 30 days.

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
        flow_log_retention_days: int = 30,
    ) -> None:
        super().__init__(scope, construct_id)
        place = Place.of(self)
        raise_problems(
            self,
            [
                *zone_problems(availability_zones, place.known_region),
                *cidr_problems(cidr),
                *service_problems(private_link),
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
        self._vpc_id, self._cidr, self._availability_zones = vpc.ref, cidr, tuple(availability_zones)
        blocks = ipaddress.IPv4Network(cidr).subnets(SUBNET_BITS)
        self._isolated_subnets = tuple(
            IsolatedSubnet(
                self, f"Subnet-{zone}", vpc_id=self._vpc_id, availability_zone=zone, cidr=str(block)
            )
            for zone, block in zip(availability_zones, blocks, strict=False)
        )
        FlowLog(self, "FlowLog", vpc_id=self._vpc_id, retention_days=flow_log_retention_days)
        self._model_security_group_id = model_security_group(self, self._vpc_id).attr_group_id
        self._endpoint_security_group_id = endpoint_security_group(self, self._vpc_id).attr_group_id
        self.allow_clients("FromModels", self._model_security_group_id, "TLS from models")
        gateway = ec2.CfnVPCEndpoint(
            self,
            "S3",
            vpc_id=self._vpc_id,
            vpc_endpoint_type="Gateway",
            service_name=f"com.amazonaws.{place.region}.s3",
            route_table_ids=[subnet.route_table_id for subnet in self._isolated_subnets],
            policy_document=s3_policy(place),
        )
        for service in private_link:
            self._create_interface_endpoint(place, service)
        self._connectivity = DependencyGroup(gateway, *self._isolated_subnets)
        _acknowledge_zones(self)

    @property
    def subnet_ids(self) -> tuple[str, ...]:
        """One isolated subnet per zone, in the order the zones were given."""
        return tuple(subnet.subnet_id for subnet in self._isolated_subnets)

    @property
    def model_security_group_id(self) -> str:
        """What models run in: no way in; out only by TLS, to what the routes reach."""
        return self._model_security_group_id

    @property
    def connectivity(self) -> IDependable:
        """What must stand before a model can fetch its artifact: subnets, their routes, the S3 gateway."""
        return self._connectivity

    @functools.cached_property
    def vpc(self) -> ec2.IVpc:
        """The VPC, as other constructs take it."""
        return ec2.Vpc.from_vpc_attributes(
            self,
            "VpcAttributes",
            vpc_id=self._vpc_id,
            vpc_cidr_block=self._cidr,
            availability_zones=list(self._availability_zones),
            isolated_subnet_ids=list(self.subnet_ids),
            isolated_subnet_route_table_ids=[subnet.route_table_id for subnet in self._isolated_subnets],
        )

    @property
    def subnets(self) -> tuple[ec2.ISubnet, ...]:
        """The subnets of ``subnet_ids``, as other constructs take them."""
        return tuple(self.vpc.isolated_subnets)

    @functools.cached_property
    def model_security_group(self) -> ec2.ISecurityGroup:
        """The group of ``model_security_group_id``, as other constructs take it."""
        return ec2.SecurityGroup.from_security_group_id(
            self, "ModelSecurityGroupAttributes", self._model_security_group_id, allow_all_outbound=False
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
            into=self._endpoint_security_group_id,
            source=security_group_id,
            description=description,
        )

    def _create_interface_endpoint(self, place: Place, service: str) -> None:
        ec2.CfnVPCEndpoint(
            self,
            f"PrivateLink-{service}",
            vpc_id=self._vpc_id,
            vpc_endpoint_type="Interface",
            service_name=_service_name(place, service),
            private_dns_enabled=True,
            subnet_ids=list(self.subnet_ids),
            security_group_ids=[self._endpoint_security_group_id],
            policy_document=interface_policy(place),
        )


def _service_name(place: Place, service: str) -> str:
    # China's names have exceptions, which the CDK knows; asking it loads all of its EC2 constructs.
    if place.region.startswith("cn-"):
        return ec2.InterfaceVpcEndpointAwsService(service).name
    return f"com.amazonaws.{place.region}.{service}"


def _acknowledge_zones(network: PrivateNetwork) -> None:
    reason = (
        "Zones are named, so that nothing is looked up and the same input always gives the same template."
    )
    acknowledgment = cdk.Acknowledgment(id="CloudFormation-Validate::W3010", reason=reason)
    cdk.Validations.of(network).acknowledge(acknowledgment)
