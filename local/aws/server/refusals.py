"""What ministack's services and its CloudFormation are taught to refuse, as AWS does.

What SageMaker and Application Auto Scaling refuse is checked in their own operations.
"""

from collections.abc import Mapping
from typing import Any

from local.aws.server import ministack_refusals, ministack_tables
from local.aws.server._api_model import coerce_strings
from local.aws.server.alarm_checks import check_alarm
from local.aws.server.errors import AwsError, ServerError
from local.aws.server.key_policies import check_key_policy
from local.aws.server.role_policies import check_role_policies
from local.aws.server.subnet_zones import refuse_unknown_zones
from local.aws.server.template_checks import CUSTOM_NAMES, check_properties, check_template
from local.aws.server.vpc_endpoint_refusals import refuse_vpc_endpoints

__all__ = ["register_refusals"]

_ALARM = "AWS::CloudWatch::Alarm"


class _RefusedError(ServerError):
    """CloudWatch would refuse this; the message is the stack event's reason."""


def register_refusals() -> None:
    """Teach them; once per process, when CloudFormation knows all its types."""
    scope = ministack_tables.current_scope
    ministack_refusals.check_templates_with(lambda template: check_template(template, scope().region))
    ministack_refusals.check_resources_with(_check_resource)
    ministack_refusals.keep_custom_names(CUSTOM_NAMES)
    ministack_refusals.check_alarms_with(check_alarm)
    ministack_refusals.check_key_policies_with(lambda policy: check_key_policy(policy, scope().account_id))
    ministack_refusals.check_role_policies_with(check_role_policies)
    refuse_unknown_zones()
    refuse_vpc_endpoints()


def _check_resource(resource_type: str, properties: Mapping[str, Any]) -> None:
    check_properties(resource_type, properties)
    if resource_type != _ALARM:
        return
    request = coerce_strings("PutMetricAlarm", {"AlarmName": "alarm", **properties}, "cloudwatch")
    try:
        check_alarm(request)
    except AwsError as error:
        raise _RefusedError(
            f'Resource handler returned message: "{error.message} (Service: CloudWatch, Status Code: '
            f'{error.status})" (HandlerErrorCode: InvalidRequest)'
        ) from error
