"""What EC2, IAM and KMS refuse of a network and of its roles and keys."""

from typing import Any

from tests.local.aws.enforced.case import Case
from tests.local.aws.enforced.parts import resource, subnet, trust

__all__ = ["NETWORK_CASES"]

_VPC = resource("EC2::VPC", CidrBlock="10.72.0.0/16", EnableDnsSupport=True, EnableDnsHostnames=True)
_LOGS = "com.amazonaws.us-east-1.logs"


def _statement(*actions: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - of a policy
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*", **more}


def _document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _interface(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - CloudFormation's properties
    return resource(
        "EC2::VPCEndpoint",
        **{
            "VpcId": {"Ref": "Vpc"},
            "ServiceName": _LOGS,
            "VpcEndpointType": "Interface",
            "PrivateDnsEnabled": True,
            "SubnetIds": [{"Ref": "Subnet"}],
            **changes,
        },
    )


def _network(**more: dict[str, Any]) -> dict[str, Any]:
    return {"Vpc": _VPC, "Subnet": subnet("us-east-1a", "10.72.0.0/24"), **more}


_OPEN = _document(_statement("logs:PutLogEvents", Principal="*"))
_LONG = _document(*(_statement("logs:PutLogEvents", Principal="*", Sid=f"S{n:04}") for n in range(220)))
_WRITES = _document(
    _statement(
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:DescribeLogGroups",
        "logs:DescribeLogStreams",
        "logs:PutLogEvents",
    )
)
_LARGE = _document(*(_statement("s3:GetObject", Sid=f"S{n:04}") for n in range(160)))
_ROOT = {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}
_USE = _statement("kms:Decrypt", Principal=_ROOT)

_FLOW_LOG = resource(
    "EC2::FlowLog",
    ResourceId={"Ref": "Vpc"},
    ResourceType="VPC",
    TrafficType="ALL",
    LogGroupName="flows",
    DeliverLogsPermissionArn={"Fn::GetAtt": ["Role", "Arn"]},
)
_FLOW_ROLE = resource(
    "IAM::Role",
    AssumeRolePolicyDocument=trust("vpc-flow-logs.amazonaws.com"),
    Policies=[{"PolicyName": "write", "PolicyDocument": _WRITES}],
)


def _flow_log(*without: str) -> dict[str, Any]:
    properties = {key: value for key, value in _FLOW_LOG["Properties"].items() if key not in without}
    return {"Vpc": _VPC, "Role": _FLOW_ROLE, "Flows": resource("EC2::FlowLog", **properties)}


def _inline(document: dict[str, Any]) -> dict[str, Any]:
    return resource("IAM::Policy", PolicyName="large", PolicyDocument=document, Roles=[{"Ref": "Role"}])


NETWORK_CASES = (
    Case(
        "SEA712",
        _network(Logs=_interface(PolicyDocument=_document())),
        "The Policy Document is not valid",
        {"Logs": _interface(PolicyDocument=_OPEN)},
    ),
    Case(
        "SEA717",
        _network(First=_interface(), Second={**_interface(), "DependsOn": "First"}),
        "already a conflicting DNS domain",
        {"Second": _interface(PrivateDnsEnabled=False)},
    ),
    Case(
        "SEA719",
        {**_network(Logs=_interface()), "Vpc": resource("EC2::VPC", CidrBlock="10.72.0.0/16")},
        "enableDnsSupport and enableDnsHostnames",
        {"Vpc": _VPC},
    ),
    Case("SEA722", _flow_log("LogGroupName"), "LogGroupName", {"Flows": _FLOW_LOG}),
    Case(
        "SEA722",
        _flow_log("DeliverLogsPermissionArn"),
        "DeliverLogsPermissionArn can't be empty",
        {"Flows": _FLOW_LOG},
    ),
    Case(
        "SEA727",
        {"Key": resource("KMS::Key", KeyPolicy=_document(_USE))},
        "The new key policy will not allow you to update the key policy in the future",
        {"Key": resource("KMS::Key", KeyPolicy=_document({**_USE, "Action": "kms:*"}))},
    ),
    Case(
        "SEA834",
        {
            "Role": resource("IAM::Role", AssumeRolePolicyDocument=trust("sagemaker.amazonaws.com")),
            "Policy": _inline(_LARGE),
        },
        "Maximum policy size of 10240 bytes exceeded for role",
        {"Policy": _inline(_WRITES)},
    ),
    Case(
        "SEA868",
        _network(Logs=_interface(PolicyDocument=_LONG)),
        "20480",
        {"Logs": _interface(PolicyDocument=_OPEN)},
    ),
)
