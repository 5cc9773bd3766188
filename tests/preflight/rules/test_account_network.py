"""The rules about parts of a network that are there already."""

import pytest

from preflight.account.evidence import GroupFacts, SubnetFacts, VpcFacts
from tests.preflight.rules.account_deployments import EXISTING, deployment, found

VPC, OTHER = "vpc-0123456789abcdef0", "vpc-0fffffffffffffff0"
SUBNET, GROUP = "subnet-0aaaaaaaaaaaaaaaa", "sg-0123456789abcdef0"


@pytest.mark.parametrize(
    ("facts", "what"),
    [
        (None, f"There is no VPC {VPC}."),
        (
            VpcFacts(("10.2.0.0/16",), dns_support=True, dns_hostnames=True),
            f"{VPC} has not 10.1.0.0/16, but 10.2.0.0/16.",
        ),
        (VpcFacts(("10.1.0.0/16",), dns_support=False, dns_hostnames=True), f"{VPC} has no DNS support."),
        (VpcFacts(("10.1.0.0/16",), dns_support=True, dns_hostnames=False), f"{VPC} has no DNS hostnames."),
    ],
)
def test_sea573_the_vpc(facts: VpcFacts | None, what: str) -> None:
    """Missing, of other addresses, without DNS."""
    [finding] = found("SEA573", deployment(EXISTING), vpcs={VPC: facts})
    assert finding.what == what
    assert finding.subject == "network"


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {VPC: VpcFacts(("10.9.0.0/16", "10.1.0.0/16"), dns_support=True, dns_hostnames=True)},
        {VPC: VpcFacts(("10.1.0.0/16",), dns_support=None, dns_hostnames=None)},
    ],
)
def test_sea573_lets_the_right_vpc_pass(facts: dict[str, VpcFacts | None]) -> None:
    """One of its networks is enough, and what is not known is not judged."""
    assert found("SEA573", deployment(EXISTING), vpcs=facts) == []
    assert found("SEA573", vpcs=facts) == []


@pytest.mark.parametrize(
    ("facts", "what"),
    [
        (None, f"There is no subnet {SUBNET}."),
        (SubnetFacts(OTHER, "us-east-1a", 9), f"{SUBNET} is in {OTHER}."),
        (SubnetFacts(VPC, "us-east-1c", 9), f"{SUBNET} is in us-east-1c."),
        (SubnetFacts(VPC, "us-east-1a", 0), f"{SUBNET} has no free address."),
    ],
)
def test_sea574_subnets(facts: SubnetFacts | None, what: str) -> None:
    """Missing, of another VPC or zone, and full."""
    [finding] = found("SEA574", deployment(EXISTING), subnets={SUBNET: facts})
    assert finding.what == what


def test_sea574_lets_the_right_subnets_pass() -> None:
    """As the file says; and a network that is created has none yet."""
    right = {SUBNET: SubnetFacts(VPC, "us-east-1a", 1)}
    assert found("SEA574", deployment(EXISTING), subnets=right) == []
    assert found("SEA574", subnets={SUBNET: None}) == []


def test_sea575_groups() -> None:
    """Missing, and of another VPC."""
    [finding] = found("SEA575", deployment(EXISTING), groups={GROUP: None})
    assert finding.what == f"There is no security group {GROUP}."
    [finding] = found("SEA575", deployment(EXISTING), groups={GROUP: GroupFacts(OTHER)})
    assert finding.what == f"{GROUP} is in {OTHER}."
    assert found("SEA575", deployment(EXISTING), groups={GROUP: GroupFacts(VPC)}) == []
    assert found("SEA575", groups={GROUP: None}) == []
