from typing import Any

import pytest

from local.aws.server.vpc_routes import reaches_s3

_SUBNET = {"SubnetId": "subnet-1", "VpcId": "vpc-1"}
_LOCAL = {"DestinationCidrBlock": "10.0.0.0/20", "GatewayId": "local", "State": "active"}


def _table(
    table_id: str, *associations: dict[str, Any], routes: tuple[dict[str, Any], ...] = (), vpc: str = "vpc-1"
) -> dict[str, Any]:
    return {
        "RouteTableId": table_id,
        "VpcId": vpc,
        "Routes": [_LOCAL, *routes],
        "Associations": list(associations),
    }


def _default_route(**target: str) -> dict[str, Any]:
    return {"DestinationCidrBlock": "0.0.0.0/0", "State": "active", **target}


def _endpoint(**more: Any) -> dict[str, Any]:  # noqa: ANN401 - API members
    return {
        "VpcEndpointType": "Gateway",
        "VpcId": "vpc-1",
        "ServiceName": "com.amazonaws.us-east-1.s3",
        "RouteTableIds": ["rtb-1"],
        **more,
    }


_OWN = _table("rtb-1", {"SubnetId": "subnet-1", "Main": False})
_MAIN = _table("rtb-main", {"Main": True})


def test_an_isolated_subnet_doesnt_reach_s3() -> None:
    """Local routes alone lead nowhere."""
    assert not reaches_s3(_SUBNET, [_MAIN, _OWN], [])


def test_a_gateway_endpoint_in_the_subnets_table_reaches_s3() -> None:
    """The endpoint names the table that the subnet is associated with."""
    assert reaches_s3(_SUBNET, [_MAIN, _OWN], [_endpoint()])


@pytest.mark.parametrize(
    "endpoint",
    [
        _endpoint(RouteTableIds=["rtb-main"]),
        _endpoint(RouteTableIds=[]),
        _endpoint(ServiceName="com.amazonaws.us-east-1.dynamodb"),
        _endpoint(VpcEndpointType="Interface", RouteTableIds=[]),
        _endpoint(VpcEndpointType="Interface", RouteTableIds=[], PrivateDnsEnabled=True, VpcId="vpc-2"),
    ],
)
def test_other_endpoints_dont_help(endpoint: dict[str, Any]) -> None:
    """Another table, another service, no private DNS, another VPC."""
    assert not reaches_s3(_SUBNET, [_MAIN, _OWN], [endpoint])


@pytest.mark.parametrize("private_dns", [True, "true"])
def test_an_interface_endpoint_with_private_dns_reaches_s3(private_dns: object) -> None:
    """It answers for S3's name in the whole VPC."""
    endpoint = _endpoint(VpcEndpointType="Interface", RouteTableIds=[], PrivateDnsEnabled=private_dns)
    assert reaches_s3(_SUBNET, [_OWN], [endpoint])


def test_a_subnet_without_a_table_of_its_own_has_its_vpcs_main_one() -> None:
    """The main table of another VPC doesn't count."""
    other = _table("rtb-other", {"Main": True}, vpc="vpc-2")
    endpoint = _endpoint(RouteTableIds=["rtb-main"])
    assert reaches_s3(_SUBNET, [other, _MAIN], [endpoint])
    assert not reaches_s3(_SUBNET, [other], [_endpoint(RouteTableIds=["rtb-other"])])


@pytest.mark.parametrize(
    ("route", "reached"),
    [
        (_default_route(NatGatewayId="nat-1"), True),
        (_default_route(TransitGatewayId="tgw-1"), True),
        (_default_route(GatewayId="local"), False),
        ({**_default_route(NatGatewayId="nat-1"), "State": "blackhole"}, False),
        ({"DestinationCidrBlock": "192.168.0.0/16", "TransitGatewayId": "tgw-1", "State": "active"}, False),
    ],
)
def test_a_default_route_is_a_way_out(route: dict[str, Any], *, reached: bool) -> None:
    """Whatever it leads to, unless that is the VPC itself or gone; a narrower route is none."""
    table = _table("rtb-1", {"SubnetId": "subnet-1"}, routes=(route,))
    assert reaches_s3(_SUBNET, [table], []) is reached
