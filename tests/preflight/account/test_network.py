"""What an account is asked about parts of a network."""

from collections.abc import Callable
from typing import Any

import pytest

from preflight.account._network import ask_groups, ask_subnets, ask_vpc
from preflight.account.asking import Asking
from preflight.account.evidence import (
    GroupFacts,
    SubnetFacts,
    VpcFacts,
)
from tests.preflight.account.stubbed_clients import StubbedClients
from tests.preflight.rules.account_deployments import EXISTING, deployment

VPC, GROUP = "vpc-0123456789abcdef0", "sg-0123456789abcdef0"


def test_the_vpc(clients: StubbedClients, asking: Asking) -> None:
    """All of its networks, and both attributes of its DNS."""
    network = deployment(EXISTING).deployment.network.existing
    assert network is not None
    associated = [{"CidrBlock": "10.1.0.0/16"}, {"CidrBlock": "10.2.0.0/16"}]
    vpc = {"VpcId": VPC, "CidrBlock": "10.1.0.0/16", "CidrBlockAssociationSet": associated}
    clients.answer("ec2", "describe_vpcs", {"Vpcs": [vpc]}, VpcIds=[VPC])
    for name, value in (("Support", True), ("Hostnames", False)):
        attribute = {"VpcId": VPC, f"EnableDns{name}": {"Value": value}}
        asked = f"enableDns{name}"
        clients.answer("ec2", "describe_vpc_attribute", attribute, VpcId=VPC, Attribute=asked)
    assert ask_vpc(asking, network) == {
        VPC: VpcFacts(("10.1.0.0/16", "10.2.0.0/16"), dns_support=True, dns_hostnames=False)
    }


@pytest.mark.parametrize(
    ("ask", "refusal", "count"),
    [
        (ask_vpc, ("describe_vpcs", "InvalidVpcID.NotFound"), 1),
        (ask_subnets, ("describe_subnets", "InvalidSubnetID.NotFound"), 2),
        (ask_groups, ("describe_security_groups", "InvalidGroup.NotFound"), 1),
    ],
)
def test_parts_that_there_are_not(
    clients: StubbedClients,
    asking: Asking,
    ask: Callable[[Asking, Any], dict[str, object]],
    refusal: tuple[str, str],
    count: int,
) -> None:
    """Each is told as missing, none as not checked."""
    for _ in range(count):
        clients.refuse("ec2", *refusal)
    found = ask(asking, deployment(EXISTING).deployment.network.existing)
    assert list(found.values()) == [None] * count
    assert asking.not_checked == []


def test_subnets_and_groups(clients: StubbedClients, asking: Asking) -> None:
    """VPC, zone and addresses."""
    network = deployment(EXISTING).deployment.network.existing
    assert network is not None
    facts = {"VpcId": VPC, "AvailabilityZone": "us-east-1a", "AvailableIpAddressCount": 7}
    clients.answer("ec2", "describe_subnets", {"Subnets": [facts]}, SubnetIds=...)
    clients.refuse("ec2", "describe_subnets", "UnauthorizedOperation")
    assert ask_subnets(asking, network) == {"subnet-0aaaaaaaaaaaaaaaa": SubnetFacts(VPC, "us-east-1a", 7)}
    group = {"SecurityGroups": [{"GroupId": GROUP, "VpcId": VPC}]}
    clients.answer("ec2", "describe_security_groups", group, GroupIds=[GROUP])
    assert ask_groups(asking, network) == {GROUP: GroupFacts(VPC)}
