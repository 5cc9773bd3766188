"""What EC2 refuses of a VPC endpoint because of what its VPC has already."""

from typing import Any

import pytest

from local.aws.server.vpc_endpoint_conflicts import conflict_of

VPC = {"EnableDnsSupport": "true", "EnableDnsHostnames": True}
LOGS: dict[str, Any] = {
    "VpcId": "vpc-1",
    "ServiceName": "com.amazonaws.us-east-1.logs",
    "VpcEndpointType": "Interface",
    "PrivateDnsEnabled": True,
}
S3: dict[str, Any] = {
    "VpcId": "vpc-1",
    "ServiceName": "com.amazonaws.us-east-1.s3",
    "VpcEndpointType": "Gateway",
    "RouteTableIds": ["rtb-1"],
}


def test_an_endpoint_of_each_service_is_taken() -> None:
    """Another service's endpoint is in nobody's way."""
    assert conflict_of(LOGS, VPC, [S3]) is None
    assert conflict_of(S3, VPC, [LOGS]) is None


def test_a_second_private_dns_of_a_service_is_refused() -> None:
    """One endpoint of a service in a VPC has its usual name."""
    conflict = conflict_of(LOGS, VPC, [LOGS])
    assert conflict is not None
    assert "already a conflicting DNS domain for com.amazonaws.us-east-1.logs in the VPC vpc-1" in conflict


@pytest.mark.parametrize(
    "change", [{"VpcId": "vpc-2"}, {"PrivateDnsEnabled": "false"}, {"PrivateDnsEnabled": False}]
)
def test_without_private_dns_or_in_another_vpc_a_second_is_taken(change: dict[str, Any]) -> None:
    """The name is free there."""
    assert conflict_of(LOGS, VPC, [LOGS | change]) is None
    assert conflict_of(LOGS | change, VPC, [LOGS]) is None


@pytest.mark.parametrize("vpc", [{}, {"EnableDnsSupport": False, "EnableDnsHostnames": True}])
def test_private_dns_needs_the_vpcs_dns(vpc: dict[str, Any]) -> None:
    """Support is on by default, hostnames are off."""
    conflict = conflict_of(LOGS, vpc, [])
    assert conflict is not None
    assert "requires both enableDnsSupport and enableDnsHostnames" in conflict
    assert conflict_of(LOGS | {"PrivateDnsEnabled": False}, vpc, []) is None


def test_a_route_table_takes_one_s3_gateway() -> None:
    """A second gateway is for other route tables."""
    conflict = conflict_of(S3, VPC, [S3])
    assert (
        conflict == "route table rtb-1 already has a route to com.amazonaws.us-east-1.s3 (RouteAlreadyExists)"
    )
    assert conflict_of(S3 | {"RouteTableIds": ["rtb-2"]}, VPC, [S3]) is None


def test_a_vpc_that_is_not_there_is_refused() -> None:
    """By its id."""
    conflict = conflict_of(LOGS, None, [])
    assert conflict == "The vpc ID 'vpc-1' does not exist (InvalidVpcId.NotFound)"
