"""Gaps of ministack's own types: properties that they drop, or that their describe calls leave out.

Each gap is one function, named after what it closes; ``close_gaps`` applies them all. They exist so that
every property of a stack can be read back through its own service.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from xml.sax.saxutils import escape

from local.aws.server import ministack_cloudwatch, ministack_s3, ministack_tables, ministack_vpc
from local.aws.server.ministack_tables import HttpAnswer

__all__ = ["close_gaps"]

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]

_OPEN_POLICY = {
    "Version": "2008-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
}
"""The default policy (PrivateLink guide, "Control access to VPC endpoints using endpoint policies")."""


def close_gaps() -> None:
    """Close every gap; once per process."""
    _name_instance_profiles_by_name()
    _keep_bucket_encryption()
    _keep_role_boundary()
    _keep_members_of_vpc_endpoints()
    _describe_vpc_endpoints_fully()
    _describe_flow_logs_fully()
    ministack_cloudwatch.leave_alarms_to_us()
    ministack_s3.close_s3_gaps()


def _name_instance_profiles_by_name() -> None:
    # ``Ref`` of an instance profile is its name; ministack returns the ARN.
    handlers = ministack_tables.resource_handlers("AWS::IAM::InstanceProfile")
    create, update, delete = handlers["create"], handlers["update"], handlers["delete"]

    def arn_of(name: str) -> str:
        profile = ministack_tables.instance_profiles().get(name)
        return profile["Arn"] if profile else name

    def named(created: Created) -> Created:
        arn, attributes = created
        return arn.rsplit("/", 1)[-1], attributes

    def updated(physical_id: str, old: Properties, new: Properties, stack: str, logical_id: str) -> Created:
        return named(update(arn_of(physical_id), old, new, stack, logical_id))

    handlers["create"] = lambda logical_id, properties, stack: named(create(logical_id, properties, stack))
    handlers["update"], handlers["update_with_logical_id"] = updated, True
    handlers["delete"] = lambda physical_id, properties: delete(arn_of(physical_id), properties)


def _keep_bucket_encryption() -> None:
    # BucketEncryption is ignored by CloudFormation's handler, though the S3 API keeps it.
    def keep(bucket: str, properties: Properties) -> None:
        rules = (properties.get("BucketEncryption") or {}).get("ServerSideEncryptionConfiguration", [])
        # "aws:kms" without a key would have PutObject refused: ministack lacks the managed key aws/s3.
        if rules and all(_has_usable_key(rule) for rule in rules):
            ministack_tables.put_bucket_encryption(bucket, _encryption_document(rules))

    _after("AWS::S3::Bucket", keep)


def _has_usable_key(rule: Mapping[str, Any]) -> bool:
    default = rule.get("ServerSideEncryptionByDefault", {})
    return default.get("SSEAlgorithm") == "AES256" or bool(default.get("KMSMasterKeyID"))


def _encryption_document(rules: list[Properties]) -> bytes:
    parts = []
    for rule in rules:
        default = rule["ServerSideEncryptionByDefault"]
        key = default.get("KMSMasterKeyID")
        bucket_key = rule.get("BucketKeyEnabled")
        parts.append(
            "<Rule><ApplyServerSideEncryptionByDefault>"
            + _element("SSEAlgorithm", default["SSEAlgorithm"])
            + (_element("KMSMasterKeyID", key) if key else "")
            + "</ApplyServerSideEncryptionByDefault>"
            + (_element("BucketKeyEnabled", bucket_key) if bucket_key is not None else "")
            + "</Rule>"
        )
    name = "ServerSideEncryptionConfiguration"
    return f'<{name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{"".join(parts)}</{name}>'.encode()


def _keep_role_boundary() -> None:
    # PermissionsBoundary of a role is dropped, though GetRole would answer it.
    def keep(name: str, properties: Properties) -> None:
        role = ministack_tables.role(ministack_tables.current_scope(), name)
        if role is not None:
            role["PermissionsBoundary"] = properties.get("PermissionsBoundary")

    _after("AWS::IAM::Role", keep)


def _keep_members_of_vpc_endpoints() -> None:
    # CreateVpcEndpoint keeps neither security groups nor private DNS nor the policy; CloudFormation does.
    def keep(parameters: Properties, answer: HttpAnswer) -> None:
        created = re.search(rb"<vpcEndpointId>([^<]+)<", answer[2])
        record = ministack_tables.vpc_endpoints().get(created[1].decode()) if created else None
        if record is None:
            return
        given = ministack_vpc.ec2_parameter
        # Default true here (EC2 API reference, CreateVpcEndpoint), false in CloudFormation.
        interface = record["VpcEndpointType"] == "Interface"
        record["PrivateDnsEnabled"] = interface and given(parameters, "PrivateDnsEnabled") != "false"
        record["SecurityGroupIds"] = ministack_vpc.ec2_list(parameters, "SecurityGroupId")
        record["PolicyDocument"] = given(parameters, "PolicyDocument") or None

    ministack_vpc.follow_ec2_action("CreateVpcEndpoint", keep)


def _describe_vpc_endpoints_fully() -> None:
    # Groups, PrivateDnsEnabled and policy are on the record, but DescribeVpcEndpoints leaves them out.
    def more(endpoint_id: str) -> str:
        endpoint = ministack_tables.vpc_endpoints().get(endpoint_id, {})
        interface = endpoint.get("VpcEndpointType") == "Interface"
        policy = endpoint.get("PolicyDocument") or _OPEN_POLICY
        groups = "".join(
            f"<item>{_element('groupId', group_id)}{_element('groupName', _group_name(group_id))}</item>"
            for group_id in endpoint.get("SecurityGroupIds", [])
        )
        private_dns = str(endpoint.get("PrivateDnsEnabled", False)).lower() == "true"
        return (
            _element("policyDocument", policy if isinstance(policy, str) else json.dumps(policy))
            + (f"<groupSet>{groups}</groupSet>" if interface else "")
            + _element("privateDnsEnabled", private_dns)
            + _element("ipAddressType", "ipv4")
            + _element("requesterManaged", value=False)
            + (
                _element("creationTimestamp", endpoint["CreationTimestamp"])
                if "CreationTimestamp" in endpoint
                else ""
            )
        )

    _after_each("DescribeVpcEndpoints", "vpcEndpointId", more)


def _group_name(group_id: str) -> str:
    return str((ministack_tables.security_group(group_id) or {}).get("GroupName", ""))


def _describe_flow_logs_fully() -> None:
    # DescribeFlowLogs leaves out the role, the log group, the format and the interval.
    def more(flow_log_id: str) -> str:
        flow_log = ministack_tables.flow_logs().get(flow_log_id, {})
        members = ("DeliverLogsPermissionArn", "LogGroupName", "LogFormat", "MaxAggregationInterval")
        elements = [
            _element(member[0].lower() + member[1:], flow_log[member])
            for member in members
            if flow_log.get(member)
        ]
        return "".join(elements) + _element("deliverLogsStatus", "SUCCESS")

    _after_each("DescribeFlowLogs", "flowLogId", more)


# --- how to wrap ---


def _after(resource_type: str, keep: Callable[[str, Properties], None]) -> None:
    """Have ``keep(physical_id, properties)`` run after a type's create and update handlers."""
    handlers = ministack_tables.resource_handlers(resource_type)
    create, update = handlers["create"], handlers["update"]

    def created(logical_id: str, properties: Properties, stack: str) -> Created:
        result: Created = create(logical_id, properties, stack)
        keep(result[0], properties)
        return result

    def updated(physical_id: str, old: Properties, new: Properties, *rest: Any) -> Created:  # noqa: ANN401 - passed on
        result: Created = update(physical_id, old, new, *rest)
        keep(result[0], new)
        return result

    handlers["create"], handlers["update"] = created, updated


def _after_each(action: str, id_element: str, more: Callable[[str], str]) -> None:
    """Have the elements of ``more(id)`` inserted behind each ``<id_element>`` of an EC2 action's answer."""
    pattern = re.compile(f"<{id_element}>([^<]+)</{id_element}>")

    def wrap(answer: HttpAnswer) -> HttpAnswer:
        status, headers, body = answer
        text = pattern.sub(lambda match: match[0] + more(match[1]), body.decode())
        return status, headers, text.encode()

    ministack_tables.wrap_ec2_action(action, wrap)


def _element(name: str, value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<{name}>{escape(text)}</{name}>"
