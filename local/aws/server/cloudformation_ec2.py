"""The EC2 types that ministack's CloudFormation lacks: rules of security groups, and flow logs.

Create-only properties are those of the CloudFormation registry's schemas.
"""

import secrets
import time
from typing import Any

from local.aws.server import ministack_tables
from local.aws.server.errors import ServerError

__all__ = ["register_ec2_types"]

_RULE_CREATE_ONLY = {
    "Ingress": [
        "GroupName",
        "IpProtocol",
        "SourceSecurityGroupId",
        "SourcePrefixListId",
        "ToPort",
        "CidrIp",
        "SourceSecurityGroupName",
        "SourceSecurityGroupOwnerId",
        "FromPort",
        "GroupId",
        "CidrIpv6",
    ],
    "Egress": [
        "IpProtocol",
        "DestinationSecurityGroupId",
        "ToPort",
        "CidrIp",
        "FromPort",
        "GroupId",
        "CidrIpv6",
        "DestinationPrefixListId",
    ],
}
_FLOW_LOG_CREATE_ONLY = [
    "DeliverCrossAccountRole",
    "DeliverLogsPermissionArn",
    "LogGroupName",
    "LogDestination",
    "ResourceId",
    "TrafficType",
    "LogDestinationType",
    "ResourceType",
    "LogFormat",
    "MaxAggregationInterval",
    "DestinationOptions",
    "TagFieldSpecifications",
]
_DEFAULT_LOG_FORMAT = (
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} "
    "${packets} ${bytes} ${start} ${end} ${action} ${log-status}"
)
_DEFAULT_AGGREGATION_SECONDS = 600

Properties = dict[str, Any]
Created = tuple[str, dict[str, str]]


class _RefusedError(ServerError):
    """EC2 would refuse this; the message is the stack event's reason."""


class _RuleHandlers:
    """A rule of a security group, as a resource of its own."""

    def __init__(self, *, egress: bool) -> None:
        self._egress = egress
        self._permissions = "IpPermissionsEgress" if egress else "IpPermissions"

    def create(self, logical_id: str, properties: Properties, stack: str) -> Created:  # noqa: ARG002 - the engine's signature
        """Authorize the rule."""
        group_id = properties.get("GroupId", "")
        group = ministack_tables.security_group(group_id)
        if group is None:
            raise _RefusedError(f"The security group '{group_id}' does not exist (Status Code: 400)")
        permission = ministack_tables.security_group_permission(properties)
        rule_id = ministack_tables.security_group_rule_id(group_id, permission, egress=self._egress)
        if any(self._id_of(group_id, other) == rule_id for other in group[self._permissions]):
            raise _RefusedError(
                f'the specified rule "{properties}" already exists '
                "(Status Code: 400, Error Code: InvalidPermission.Duplicate)"
            )
        permission["SecurityGroupRuleId"] = rule_id
        group[self._permissions].append(permission)
        return rule_id, {"Id": rule_id}

    def update(self, physical_id: str, old: Properties, new: Properties, stack: str) -> Created:  # noqa: ARG002 - the engine's signature
        """Take over the description: everything else needs a new rule."""
        self.delete(physical_id, old)
        group = ministack_tables.security_group(new["GroupId"])
        if group is None:
            raise _RefusedError(f"The security group '{new['GroupId']}' does not exist (Status Code: 400)")
        permission = ministack_tables.security_group_permission(new)
        group[self._permissions].append({**permission, "SecurityGroupRuleId": physical_id})
        return physical_id, {"Id": physical_id}

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Revoke the rule; one that is gone already, or whose group is, is no error."""
        group = ministack_tables.security_group(properties.get("GroupId", ""))
        if group is not None:
            kept = [p for p in group[self._permissions] if p.get("SecurityGroupRuleId") != physical_id]
            group[self._permissions][:] = kept

    def _id_of(self, group_id: str, permission: Properties) -> str:
        return ministack_tables.security_group_rule_id(group_id, permission, egress=self._egress)


def _create_flow_log(logical_id: str, properties: Properties, stack: str) -> Created:  # noqa: ARG001 - the engine's signature
    """Create a flow log; its record keeps every property, for DescribeFlowLogs."""
    flow_log_id = f"fl-{secrets.token_hex(8)}0"
    scope = ministack_tables.current_scope()
    group = properties.get("LogGroupName")
    to_logs = properties.get("LogDestinationType", "cloud-watch-logs") == "cloud-watch-logs"
    if to_logs and not properties.get("DeliverLogsPermissionArn"):
        raise _RefusedError("DeliverLogsPermissionArn can't be empty for destination type cloud-watch-logs")
    if to_logs and not group and not properties.get("LogDestination"):
        raise _RefusedError(
            "LogGroupName or LogDestination can't be empty for destination type cloud-watch-logs"
        )
    destination = properties.get("LogDestination") or (
        f"arn:aws:logs:{scope.region}:{scope.account_id}:log-group:{group}" if group else ""
    )
    ministack_tables.flow_logs()[flow_log_id] = {
        "FlowLogId": flow_log_id,
        "FlowLogStatus": "ACTIVE",
        "CreationTime": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
        "ResourceId": properties["ResourceId"],
        "ResourceType": properties["ResourceType"],
        "TrafficType": properties.get("TrafficType", "ALL"),
        "LogDestinationType": properties.get("LogDestinationType", "cloud-watch-logs"),
        "LogDestination": destination,
        "LogGroupName": group
        or (destination.split(":log-group:")[-1].removesuffix(":*") if to_logs else None),
        "DeliverLogsPermissionArn": properties.get("DeliverLogsPermissionArn"),
        "LogFormat": properties.get("LogFormat", _DEFAULT_LOG_FORMAT),
        "MaxAggregationInterval": int(properties.get("MaxAggregationInterval", _DEFAULT_AGGREGATION_SECONDS)),
    }
    _tag(flow_log_id, properties)
    return flow_log_id, {"Id": flow_log_id}


def _update_flow_log(physical_id: str, old: Properties, new: Properties, stack: str) -> Created:  # noqa: ARG001 - the engine's signature
    """Take over changed tags: everything else needs a new flow log."""
    _tag(physical_id, new)
    return physical_id, {"Id": physical_id}


def _delete_flow_log(physical_id: str, properties: Properties) -> None:  # noqa: ARG001 - the engine's signature
    """Delete a flow log; one that is gone already is no error."""
    ministack_tables.flow_logs().pop(physical_id, None)
    ministack_tables.ec2_tags().pop(physical_id, None)


def _tag(resource_id: str, properties: Properties) -> None:
    ministack_tables.ec2_tags()[resource_id] = list(properties.get("Tags", []))


def register_ec2_types() -> None:
    """Teach CloudFormation the types."""
    for direction, create_only in _RULE_CREATE_ONLY.items():
        rules = _RuleHandlers(egress=direction == "Egress")
        handlers = {"create": rules.create, "update": rules.update, "delete": rules.delete}
        ministack_tables.register_resource_type(f"AWS::EC2::SecurityGroup{direction}", handlers, create_only)
    ministack_tables.register_resource_type(
        "AWS::EC2::FlowLog",
        {"create": _create_flow_log, "update": _update_flow_log, "delete": _delete_flow_log},
        _FLOW_LOG_CREATE_ONLY,
        tag_property="Tags",
    )
