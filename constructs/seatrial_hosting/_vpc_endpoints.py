"""The ways from a network to AWS's services: the S3 gateway and the interface endpoints."""

from collections.abc import Mapping, Sequence

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from seatrial_hosting._endpoint_policies import interface_policy, s3_policy
from seatrial_hosting._place import Place
from seatrial_hosting.served import Served
from seatrial_hosting.serving_network import ServingSubnet

__all__ = ["create_interface_endpoints", "create_s3_gateway"]


def create_s3_gateway(
    scope: Construct, *, vpc_id: str, subnets: Sequence[ServingSubnet], served: Served
) -> ec2.CfnVPCEndpoint:
    """Create the gateway endpoint of Amazon S3 in the subnets' route tables."""
    place = Place.of(scope)
    return ec2.CfnVPCEndpoint(
        scope,
        "S3",
        vpc_id=vpc_id,
        vpc_endpoint_type="Gateway",
        service_name=f"com.amazonaws.{place.region}.s3",
        # Several subnets may share one table.
        route_table_ids=list(dict.fromkeys(subnet.route_table_id for subnet in subnets)),
        policy_document=s3_policy(place, served),
    )


def create_interface_endpoints(
    scope: Construct,
    services: Sequence[str],
    *,
    vpc_id: str,
    subnets: Sequence[ServingSubnet],
    zones: Mapping[str, Sequence[str]],
    security_group_id: str,
    served: Served,
) -> None:
    """Create one interface endpoint per service, with private DNS, in the subnets of its zones.

    Args:
        scope: the network.
        services: short names.
        vpc_id: the VPC.
        subnets: of the network.
        zones: where a service offers the endpoint, by its short name; one that is not there does everywhere.
        security_group_id: decides who may come in.
        served: what the policies are scoped to.
    """
    place = Place.of(scope)
    for service in services:
        offered = zones.get(service, [subnet.availability_zone for subnet in subnets])
        ec2.CfnVPCEndpoint(
            scope,
            f"PrivateLink-{service}",
            vpc_id=vpc_id,
            vpc_endpoint_type="Interface",
            service_name=_service_name(place, service),
            private_dns_enabled=True,
            subnet_ids=[subnet.subnet_id for subnet in subnets if subnet.availability_zone in offered],
            security_group_ids=[security_group_id],
            policy_document=interface_policy(place, service, served),
        )


def _service_name(place: Place, service: str) -> str:
    # China's names have exceptions, which the CDK knows; asking it loads all of its EC2 constructs.
    if place.region.startswith("cn-"):
        return ec2.InterfaceVpcEndpointAwsService(service).name
    return f"com.amazonaws.{place.region}.{service}"
