"""Asks for the parts of the network that are there already."""

from collections.abc import Mapping

from preflight.account.asking import ABSENT, Asking
from preflight.account.evidence import GroupFacts, SubnetFacts, VpcFacts
from preflight.named_resources import named_groups
from spec.existing_network import ExistingNetwork

__all__ = ["ask_groups", "ask_subnets", "ask_vpc"]


def ask_vpc(asking: Asking, network: ExistingNetwork) -> Mapping[str, VpcFacts | None]:
    """Return the VPC, by its id; None where there is none."""
    vpc = network.vpc.id
    answer = asking.ask(
        "ec2",
        "describe_vpcs",
        f"the VPC {vpc}",
        "ec2:DescribeVpcs",
        absent=("InvalidVpcID.NotFound",),
        VpcIds=[vpc],
    )
    if answer is ABSENT:
        return {vpc: None}
    if not isinstance(answer, dict) or not answer["Vpcs"]:
        return {}
    facts = answer["Vpcs"][0]
    networks = [each["CidrBlock"] for each in facts.get("CidrBlockAssociationSet", ())]
    cidrs = tuple(dict.fromkeys([facts["CidrBlock"], *networks]))
    return {vpc: VpcFacts(cidrs, *(_attribute(asking, vpc, name) for name in ("Support", "Hostnames")))}


def ask_subnets(asking: Asking, network: ExistingNetwork) -> Mapping[str, SubnetFacts | None]:
    """Return each named subnet, by its id; None for one that there is not."""
    found: dict[str, SubnetFacts | None] = {}
    for subnet in (network.subnets or {}).values():
        answer = asking.ask(
            "ec2",
            "describe_subnets",
            f"the subnet {subnet.id}",
            "ec2:DescribeSubnets",
            absent=("InvalidSubnetID.NotFound",),
            SubnetIds=[subnet.id],
        )
        if answer is ABSENT:
            found[subnet.id] = None
        elif isinstance(answer, dict) and answer["Subnets"]:
            facts = answer["Subnets"][0]
            found[subnet.id] = SubnetFacts(
                facts["VpcId"], facts["AvailabilityZone"], facts["AvailableIpAddressCount"]
            )
    return found


def ask_groups(asking: Asking, network: ExistingNetwork) -> Mapping[str, GroupFacts | None]:
    """Return each named security group, by its id; None for one that there is not."""
    found: dict[str, GroupFacts | None] = {}
    for group in named_groups(network):
        answer = asking.ask(
            "ec2",
            "describe_security_groups",
            f"the security group {group}",
            "ec2:DescribeSecurityGroups",
            absent=("InvalidGroup.NotFound", "InvalidGroupId.Malformed"),
            GroupIds=[group],
        )
        if answer is ABSENT:
            found[group] = None
        elif isinstance(answer, dict) and answer["SecurityGroups"]:
            found[group] = GroupFacts(answer["SecurityGroups"][0]["VpcId"])
    return found


def _attribute(asking: Asking, vpc: str, name: str) -> bool | None:
    """Return whether the VPC has DNS ``Support`` or ``Hostnames``; None where it is not known."""
    answer = asking.ask(
        "ec2",
        "describe_vpc_attribute",
        f"whether {vpc} has DNS",
        "ec2:DescribeVpcAttribute",
        VpcId=vpc,
        Attribute=f"enableDns{name}",
    )
    return bool(answer[f"EnableDns{name}"]["Value"]) if isinstance(answer, dict) else None
