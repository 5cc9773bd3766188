"""The subnets that EC2 refuses: in a zone that the account doesn't have.

The sentence is AWS's (crossplane-contrib/provider-aws issue 1048). The zones are those that
DescribeAvailabilityZones answers.
"""

import re
from html import escape
from typing import Any

from local.aws.server import ministack_instances, ministack_tables, ministack_vpc
from local.aws.server.errors import AwsError, ServerError
from local.aws.server.ministack_instances import HttpAnswer

__all__ = ["refuse_unknown_zones"]

_ZONE_NAME = re.compile("<zoneName>([^<]+)</zoneName>")

Properties = dict[str, Any]
Created = tuple[str, dict[str, str]]


class _RefusedError(ServerError):
    """EC2 would refuse this; the message is the stack event's reason."""


def refuse_unknown_zones() -> None:
    """Refuse them of CloudFormation and of CreateSubnet; once per process."""
    handlers = ministack_tables.resource_handlers("AWS::EC2::Subnet")
    create, answer = handlers["create"], ministack_instances.ec2_action("CreateSubnet")

    def create_checked(logical_id: str, properties: Properties, stack: str) -> Created:
        try:
            _check(properties.get("AvailabilityZone"))
        except AwsError as error:
            raise _RefusedError(
                f'Resource handler returned message: "{error.message} (Service: Ec2, Status Code: '
                f'{error.status})" (HandlerErrorCode: InvalidRequest)'
            ) from error
        created: Created = create(logical_id, properties, stack)
        return created

    def answer_checked(parameters: Properties) -> HttpAnswer:
        try:
            _check(ministack_vpc.ec2_parameter(parameters, "AvailabilityZone"))
        except AwsError as error:
            return ministack_instances.ec2_error(error.code, escape(error.message), error.status)
        return answer(parameters)

    handlers["create"] = create_checked
    ministack_instances.replace_ec2_action("CreateSubnet", answer_checked)


def _check(zone: str | None) -> None:
    _, _, body = ministack_instances.ec2_action("DescribeAvailabilityZones")({})
    zones = _ZONE_NAME.findall(body.decode())
    if zone and zone not in zones:
        raise AwsError(
            "InvalidParameterValue",
            f"Value ({zone}) for parameter availabilityZone is invalid. Subnets can currently only be "
            f"created in the following availability zones: {', '.join(zones)}.",
        )
