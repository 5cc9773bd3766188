"""What EC2 refuses of a VPC endpoint: for its policy, its zones, its security groups and what its VPC has.

Sources: EC2 API reference, CreateVpcEndpoint, and its error codes. The sentence about zones is AWS's
(terraform-aws-modules/terraform-aws-vpc issue 785); that about groups is EC2's about instances.
"""

import ipaddress
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from local.aws.server import ministack_instances, ministack_tables, ministack_vpc
from local.aws.server.errors import AwsError, ServerError
from local.aws.server.ministack_instances import HttpAnswer
from local.aws.server.vpc_endpoint_conflicts import conflict_of
from local.aws.server.vpc_endpoint_policies import check_endpoint_policy

__all__ = ["refuse_vpc_endpoints"]

_RESERVED_ADDRESSES = 5
_ZONES_WITHOUT = {"email-smtp": ("a", "e", "f")}
"""Where services have no interface endpoints; an account's own names of zones, as terraform-aws-modules/
terraform-aws-vpc issue 462 had them in us-east-1."""

Properties = dict[str, Any]
Created = tuple[str, dict[str, str]]


class _RefusedError(ServerError):
    """EC2 would refuse this; the message is the stack event's reason."""


def refuse_vpc_endpoints() -> None:
    """Refuse them of CloudFormation and of CreateVpcEndpoint; once per process."""
    handlers = ministack_tables.resource_handlers("AWS::EC2::VPCEndpoint")
    create, answer = handlers["create"], ministack_instances.ec2_action("CreateVpcEndpoint")

    def create_checked(logical_id: str, properties: Properties, stack: str) -> Created:
        try:
            _check(properties, properties.get("PolicyDocument"))
        except AwsError as error:
            raise _RefusedError(
                f'Resource handler returned message: "{error.message} (Service: Ec2, Status Code: '
                f'{error.status})" (HandlerErrorCode: InvalidRequest; {error.code})'
            ) from error
        created: Created = create(logical_id, properties, stack)
        return created

    def answer_checked(parameters: Properties) -> HttpAnswer:
        kind = ministack_vpc.ec2_parameter(parameters, "VpcEndpointType") or "Gateway"
        # Private DNS is on by default here (EC2 API reference, CreateVpcEndpoint), off in CloudFormation.
        private = ministack_vpc.ec2_parameter(parameters, "PrivateDnsEnabled") or "true"
        request = {
            "VpcEndpointType": kind,
            "PrivateDnsEnabled": private,
            "RouteTableIds": ministack_vpc.ec2_list(parameters, "RouteTableId"),
            "VpcId": ministack_vpc.ec2_parameter(parameters, "VpcId"),
            "ServiceName": ministack_vpc.ec2_parameter(parameters, "ServiceName"),
            "SubnetIds": ministack_vpc.ec2_list(parameters, "SubnetId"),
            "SecurityGroupIds": ministack_vpc.ec2_list(parameters, "SecurityGroupId"),
        }
        try:
            _check(request, ministack_vpc.ec2_parameter(parameters, "PolicyDocument") or None)
        except AwsError as error:
            return ministack_instances.ec2_error(error.code, escape(error.message), error.status)
        return answer(parameters)

    handlers["create"] = create_checked
    ministack_instances.replace_ec2_action("CreateVpcEndpoint", answer_checked)


def _check(request: Mapping[str, Any], policy: str | Mapping[str, Any] | None) -> None:
    check_endpoint_policy(policy)
    vpc = ministack_vpc.vpc(request["VpcId"])
    conflict = conflict_of(request, vpc, ministack_tables.vpc_endpoints().values())
    if conflict is not None:
        words, _, code = conflict.rpartition(" (")
        raise AwsError(code.rstrip(")"), words)
    _check_zones(request["ServiceName"], request.get("SubnetIds") or ())
    _check_addresses(request.get("SubnetIds") or ())
    _check_groups(request["VpcId"], request.get("SecurityGroupIds") or ())


def _check_zones(service: str, subnet_ids: Iterable[str]) -> None:
    without = _ZONES_WITHOUT.get(service.rsplit(".", 1)[-1], ())
    scope = ministack_tables.current_scope()
    for subnet_id in subnet_ids:
        subnet = ministack_tables.subnet(scope, subnet_id)
        if subnet is not None and str(subnet["AvailabilityZone"]).endswith(without):
            raise AwsError(
                "InvalidParameter",
                f"The VPC endpoint service {service} does not support the availability zone of the subnet: "
                f"{subnet_id}.",
            )


def _check_addresses(subnet_ids: Iterable[str]) -> None:
    # Each interface endpoint takes an address of each of its subnets, of which five are AWS's (Amazon VPC
    # user guide, subnet sizing). The sentence is AWS's about interfaces (aws/amazon-vpc-cni-k8s pull 1773).
    scope = ministack_tables.current_scope()
    for subnet_id in subnet_ids:
        subnet = ministack_tables.subnet(scope, subnet_id)
        there = ministack_tables.vpc_endpoints().values()
        taken = sum(subnet_id in each.get("SubnetIds", ()) for each in there)
        if subnet is not None:
            size = ipaddress.IPv4Network(subnet["CidrBlock"]).num_addresses
            if taken >= size - _RESERVED_ADDRESSES:
                raise AwsError(
                    "InsufficientFreeAddressesInSubnet",
                    "The specified subnet does not have enough free addresses to satisfy the request.",
                )


def _check_groups(vpc_id: str, group_ids: Iterable[str]) -> None:
    for group_id in group_ids:
        group = ministack_tables.security_group(group_id)
        if group is None:
            raise AwsError("InvalidGroup.NotFound", f"The security group '{group_id}' does not exist")
        if group["VpcId"] != vpc_id:
            raise AwsError(
                "InvalidParameter",
                f"Security group {group_id} and VPC {vpc_id} belong to different networks.",
            )
