"""SEA573 to SEA575: the parts of a network that are there already, as the account has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from preflight.finding import Severity
from preflight.named_resources import named_groups
from preflight.registry import rule
from preflight.rule import ACCOUNT, Enforcer, SeenAfter, Violation

if TYPE_CHECKING:
    from preflight.account.evidence import AccountEvidence

__all__ = ["group_of_another_vpc", "subnet_of_another_kind", "vpc_of_another_kind"]

_PLACE = ("network", "existing")


@rule(
    "SEA573",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="an existing VPC that is not as the file says",
    scope=ACCOUNT,
    source="EC2 API Reference, DescribeVpcs and DescribeVpcAttribute; AWS PrivateLink Guide, private DNS: "
    "DNS support "
    "and DNS hostnames",
    symptom="The network's stack rolls back; without DNS hostnames private DNS can't be enabled.",
    fix="Correct network.existing.vpc, or enable DNS support and DNS hostnames of the VPC.",
)
def vpc_of_another_kind(evidence: AccountEvidence) -> Iterator[Violation]:
    """The VPC is there, has the addresses that the file says, and answers by private DNS."""
    network = evidence.file.deployment.network.existing
    if network is None or network.vpc.id not in evidence.vpcs:
        return
    vpc, facts, place = network.vpc, evidence.vpcs[network.vpc.id], (*_PLACE, "vpc")
    if facts is None:
        yield Violation(f"There is no VPC {vpc.id}.", "a VPC of the account and region.", (*place, "id"))
        return
    if vpc.cidr not in facts.cidrs:
        yield Violation(
            f"{vpc.id} has not {vpc.cidr}, but {', '.join(facts.cidrs)}.",
            "one of its networks.",
            (*place, "cidr"),
        )
    for on, name in ((facts.dns_support, "DNS support"), (facts.dns_hostnames, "DNS hostnames")):
        if on is False:
            yield Violation(f"{vpc.id} has no {name}.", f"{name}.", (*place, "id"))


@rule(
    "SEA574",
    severity=Severity.ERROR,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AT_ONCE,
    title="an existing subnet that is not as the file says",
    scope=ACCOUNT,
    source="EC2 API Reference, DescribeSubnets; SageMaker Developer Guide, give SageMaker hosted endpoints "
    "access to "
    "resources in your Amazon VPC: subnets with enough addresses",
    symptom="CreateModel is refused, or the endpoint fails after minutes as its interfaces get no address.",
    fix="Correct network.existing.subnets, or free addresses in the subnet.",
)
def subnet_of_another_kind(evidence: AccountEvidence) -> Iterator[Violation]:
    """Each subnet is there, in the VPC and the zone that the file says, with an address left."""
    network = evidence.file.deployment.network.existing
    for zone, subnet in ((network.subnets or {}) if network else {}).items():
        facts, place = evidence.subnets.get(subnet.id), (*_PLACE, "subnets", zone)
        if subnet.id in evidence.subnets and facts is None:
            yield Violation(f"There is no subnet {subnet.id}.", "a subnet of the VPC.", place)
        if facts is None or network is None:
            continue
        if facts.vpc != network.vpc.id:
            yield Violation(f"{subnet.id} is in {facts.vpc}.", f"a subnet of {network.vpc.id}.", place)
        if facts.zone != zone:
            yield Violation(f"{subnet.id} is in {facts.zone}.", f"a subnet in {zone}.", place)
        if facts.free_addresses == 0:
            yield Violation(f"{subnet.id} has no free address.", "an address for each instance.", place)


@rule(
    "SEA575",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="an existing security group of another VPC",
    scope=ACCOUNT,
    source="EC2 API Reference, DescribeSecurityGroups; SageMaker API Reference, VpcConfig: groups of the "
    "VPC of the "
    "subnets",
    symptom="CreateModel or the interface endpoint is refused, and the stack rolls back.",
    fix="Name a security group of the VPC.",
)
def group_of_another_vpc(evidence: AccountEvidence) -> Iterator[Violation]:
    """Each security group is there, in the VPC that the file says."""
    network = evidence.file.deployment.network.existing
    for group, place in (named_groups(network) if network else {}).items():
        facts = evidence.groups.get(group)
        if group in evidence.groups and facts is None:
            yield Violation(f"There is no security group {group}.", "a group of the VPC.", place)
        elif facts is not None and network is not None and facts.vpc != network.vpc.id:
            yield Violation(f"{group} is in {facts.vpc}.", f"a group of {network.vpc.id}.", place)
