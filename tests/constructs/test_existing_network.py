"""A network in a VPC that is there already."""

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest

from seatrial_hosting import ExistingNetwork, HostingError, PrivateNetwork, ServingNetwork, ServingSubnet

Find = Callable[[cdk.Stack, str], dict[str, dict[str, Any]]]

VPC, CIDR = "vpc-0123456789abcdef0", "10.1.0.0/16"
MODELS, ENDPOINTS = "sg-0123456789abcdef0", "sg-0123456789abcdef1"
GATEWAY = "vpce-0123456789abcdef0"
ZONES = ["eu-west-1a", "eu-west-1b"]
SUBNETS = [
    ServingSubnet("eu-west-1a", "subnet-0123456789abcdef0", "rtb-0123456789abcdef0"),
    ServingSubnet("eu-west-1b", "subnet-0123456789abcdef1", "rtb-0123456789abcdef0"),
]


@pytest.fixture
def make(stack: cdk.Stack) -> Callable[..., ExistingNetwork]:
    """Make an existing network in ``stack``."""

    def make_network(**arguments: Any) -> ExistingNetwork:  # noqa: ANN401 - passed on
        return ExistingNetwork(stack, "Network", vpc_id=VPC, vpc_cidr=CIDR, **arguments)

    return make_network


def properties(stack: cdk.Stack, find: Find, kind: str) -> list[dict[str, Any]]:
    return [each["Properties"] for each in find(stack, f"AWS::EC2::{kind}").values()]


def test_what_is_all_there_creates_nothing(
    stack: cdk.Stack, make: Callable[..., ExistingNetwork], find: Find
) -> None:
    """Named parts are used by their ids, and two named groups are their owner's to connect."""
    network = make(
        subnets=SUBNETS,
        model_security_group_id=MODELS,
        endpoint_security_group_id=ENDPOINTS,
        s3_gateway_endpoint_id=GATEWAY,
    )
    assert network.vpc_id == VPC
    assert network.subnet_ids == tuple(subnet.subnet_id for subnet in SUBNETS)
    assert network.model_security_group_id == MODELS
    assert network.endpoint_security_group_id == ENDPOINTS
    kinds = ("VPC", "Subnet", "SecurityGroup", "SecurityGroupIngress", "VPCEndpoint", "FlowLog")
    assert [properties(stack, find, kind) for kind in kinds] == [[]] * len(kinds)


def test_subnets_are_created_in_a_part_of_the_range(
    stack: cdk.Stack, make: Callable[..., ExistingNetwork], find: Find
) -> None:
    """Isolated subnets with route tables of their own, which the created S3 gateway is in."""
    make(availability_zones=ZONES, cidr="10.1.16.0/20")
    subnets = properties(stack, find, "Subnet")
    assert [each["CidrBlock"] for each in subnets] == ["10.1.16.0/23", "10.1.18.0/23"]
    assert {each["VpcId"] for each in subnets} == {VPC}
    (gateway,) = properties(stack, find, "VPCEndpoint")
    assert gateway["RouteTableIds"] == [{"Ref": name} for name in find(stack, "AWS::EC2::RouteTable")]


def test_the_s3_gateway_is_in_each_existing_route_table_once(
    stack: cdk.Stack, make: Callable[..., ExistingNetwork], find: Find
) -> None:
    """Subnets may share one."""
    make(subnets=SUBNETS)
    (gateway,) = properties(stack, find, "VPCEndpoint")
    assert gateway["RouteTableIds"] == ["rtb-0123456789abcdef0"]


@pytest.mark.parametrize(
    ("named", "source", "target"),
    [
        ({"model_security_group_id": MODELS}, MODELS, None),
        ({"endpoint_security_group_id": ENDPOINTS}, None, ENDPOINTS),
        ({}, None, None),
    ],
)
def test_a_created_group_is_connected_with_the_other(  # noqa: PLR0917 - three fixtures, three values
    stack: cdk.Stack,
    make: Callable[..., ExistingNetwork],
    find: Find,
    named: dict[str, str],
    source: str | None,
    target: str | None,
) -> None:
    """Models reach the endpoints by 443, whichever of the two groups is there already."""
    make(subnets=SUBNETS, **named)
    (rule,) = properties(stack, find, "SecurityGroupIngress")
    assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("tcp", 443, 443)
    if source:
        assert rule["SourceSecurityGroupId"] == source
    if target:
        assert rule["GroupId"] == target
    assert len(find(stack, "AWS::EC2::SecurityGroup")) == 2 - len(named)


def test_interface_endpoints_are_in_the_zones_that_offer_them(
    stack: cdk.Stack, make: Callable[..., ExistingNetwork], find: Find
) -> None:
    """A service that one zone lacks gets its endpoint in the other, with private DNS all the same."""
    make(
        subnets=SUBNETS,
        s3_gateway_endpoint_id=GATEWAY,
        endpoint_security_group_id=ENDPOINTS,
        private_link=["logs", "sts"],
        private_link_zones={"sts": ["eu-west-1b"]},
    )
    logs, sts = properties(stack, find, "VPCEndpoint")
    assert logs["SubnetIds"] == [subnet.subnet_id for subnet in SUBNETS]
    assert sts["SubnetIds"] == [SUBNETS[1].subnet_id]
    assert sts["PrivateDnsEnabled"] is True
    assert sts["SecurityGroupIds"] == [ENDPOINTS]


def test_both_networks_are_what_models_take(stack: cdk.Stack, make: Callable[..., ExistingNetwork]) -> None:
    """`ServingNetwork` is the one word for them; CDK types come from either."""
    created = PrivateNetwork(stack, "Created", availability_zones=ZONES)
    existing = make(subnets=SUBNETS)
    assert isinstance(created, ServingNetwork)
    assert [subnet.subnet_id for subnet in existing.subnets] == list(existing.subnet_ids)
    assert existing.vpc.vpc_id == VPC


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "at least 2 different zones are needed"),
        ({"availability_zones": ZONES}, "neither subnets nor cidr is given"),
        ({"availability_zones": ZONES, "cidr": "10.2.0.0/20"}, "10.2.0.0/20 is no part of 10.1.0.0/16"),
        ({"availability_zones": ZONES, "cidr": "10.1.0.0/26"}, "10.1.0.0/26 is a /26"),
        (
            {"availability_zones": ZONES, "cidr": "10.1.0.0/20", "s3_gateway_endpoint_id": GATEWAY},
            "is not in the route tables of the subnets that are created",
        ),
        ({"subnets": SUBNETS, "cidr": "10.1.0.0/20"}, "is for subnets that are created"),
        ({"subnets": [SUBNETS[0], SUBNETS[0]]}, "subnets names a subnet twice"),
        ({"subnets": SUBNETS, "model_security_group_id": "models"}, "'models' is no id"),
        (
            {"subnets": SUBNETS, "private_link_zones": {"sts": ZONES}},
            "private_link_zones names sts, which private_link lacks",
        ),
        (
            {"subnets": SUBNETS, "private_link": ["sts"], "private_link_zones": {"sts": ["eu-west-1c"]}},
            "private_link_zones of sts is ['eu-west-1c']",
        ),
        ({"subnets": SUBNETS, "private_link": ["sts", "sts"]}, "names a service twice"),
    ],
)
def test_what_does_not_fit_is_refused(
    make: Callable[..., ExistingNetwork], arguments: dict[str, Any], words: str
) -> None:
    """Each wrong argument is named with its value and what is allowed."""
    with pytest.raises(HostingError) as refusal:
        make(**arguments)
    assert words in str(refusal.value)
