"""What CloudFormation was told can be read back through each resource's own service."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.local.aws.account import Account

pytestmark = pytest.mark.integration

_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
    ],
}
_KEY_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}},
            "Action": "kms:*",
            "Resource": "*",
        }
    ],
}
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
_TAGS = [{"Key": "team", "Value": "vision & text"}]


def _group(description: str) -> dict[str, Any]:
    return {
        "Type": "AWS::EC2::SecurityGroup",
        "Properties": {"VpcId": {"Ref": "Vpc"}, "GroupDescription": description},
    }


def _rule(direction: str, group: str, other: str) -> dict[str, Any]:
    peer = "SourceSecurityGroupId" if direction == "Ingress" else "DestinationSecurityGroupId"
    return {
        "Type": f"AWS::EC2::SecurityGroup{direction}",
        "Properties": {
            "GroupId": {"Fn::GetAtt": [group, "GroupId"]},
            "IpProtocol": "tcp",
            "FromPort": 443,
            "ToPort": 443,
            peer: {"Fn::GetAtt": [other, "GroupId"]},
            "Description": f"{direction} for models",
        },
    }


def _template(traffic_type: str = "ALL") -> str:
    resources = {
        "Vpc": {
            "Type": "AWS::EC2::VPC",
            "Properties": {"CidrBlock": "10.0.0.0/20", "EnableDnsHostnames": True},
        },
        "Subnet": {
            "Type": "AWS::EC2::Subnet",
            "Properties": {
                "VpcId": {"Ref": "Vpc"},
                "CidrBlock": "10.0.0.0/24",
                "AvailabilityZone": "us-east-1a",
            },
        },
        "Table": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "Vpc"}}},
        "Models": _group("models"),
        "Links": _group("links"),
        "In": _rule("Ingress", "Links", "Models"),
        "Out": _rule("Egress", "Models", "Links"),
        "Interface": {
            "Type": "AWS::EC2::VPCEndpoint",
            "Properties": {
                "VpcEndpointType": "Interface",
                "VpcId": {"Ref": "Vpc"},
                "ServiceName": "com.amazonaws.us-east-1.logs",
                "SubnetIds": [{"Ref": "Subnet"}],
                "SecurityGroupIds": [{"Fn::GetAtt": ["Links", "GroupId"]}],
                "PrivateDnsEnabled": True,
                "PolicyDocument": _POLICY,
                "Tags": _TAGS,
            },
        },
        "Gateway": {
            "Type": "AWS::EC2::VPCEndpoint",
            "Properties": {
                "VpcEndpointType": "Gateway",
                "VpcId": {"Ref": "Vpc"},
                "ServiceName": "com.amazonaws.us-east-1.s3",
                "RouteTableIds": [{"Ref": "Table"}],
            },
        },
        "Boundary": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
                }
            },
        },
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": _TRUST, "PermissionsBoundary": {"Ref": "Boundary"}},
        },
        "Profile": {"Type": "AWS::IAM::InstanceProfile", "Properties": {"Roles": [{"Ref": "Role"}]}},
        "Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "flows"}},
        "FlowLog": {
            "Type": "AWS::EC2::FlowLog",
            "Properties": {
                "ResourceId": {"Ref": "Vpc"},
                "ResourceType": "VPC",
                "TrafficType": traffic_type,
                "LogGroupName": {"Ref": "Logs"},
                "DeliverLogsPermissionArn": {"Fn::GetAtt": ["Role", "Arn"]},
                "MaxAggregationInterval": "60",
                "Tags": _TAGS,
            },
        },
        "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": _KEY_POLICY}},
        "Bucket": {
            "Type": "AWS::S3::Bucket",
            "Properties": {
                "BucketEncryption": {
                    "ServerSideEncryptionConfiguration": [
                        {
                            "BucketKeyEnabled": True,
                            "ServerSideEncryptionByDefault": {
                                "SSEAlgorithm": "aws:kms",
                                "KMSMasterKeyID": {"Fn::GetAtt": ["Key", "Arn"]},
                            },
                        }
                    ]
                }
            },
        },
    }
    return json.dumps({"Resources": resources})


@dataclass(frozen=True)
class _Stack:
    ids: dict[str, str]
    ec2: Any
    client: Callable[[str], Any]


@pytest.fixture(scope="module")
def stack(account: Account) -> Iterator[_Stack]:
    account.cloudformation.create_stack(StackName="read-back", TemplateBody=_template())
    assert account.wait_stack("read-back") == "CREATE_COMPLETE"
    yield _Stack(_ids(account), account.client("ec2"), account.client)
    account.cloudformation.delete_stack(StackName="read-back")


def _ids(account: Account) -> dict[str, str]:
    resources = account.cloudformation.describe_stack_resources(StackName="read-back")["StackResources"]
    return {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in resources}


def test_an_interface_endpoint_is_read_back_whole(stack: _Stack) -> None:
    """DescribeVpcEndpoints answers groups, private DNS, policy, subnets and tags."""
    endpoint = stack.ec2.describe_vpc_endpoints(VpcEndpointIds=[stack.ids["Interface"]])["VpcEndpoints"][0]
    assert [group["GroupId"] for group in endpoint["Groups"]] == [stack.ids["Links"]]
    assert endpoint["PrivateDnsEnabled"] is True
    assert json.loads(endpoint["PolicyDocument"]) == _POLICY
    assert endpoint["SubnetIds"] == [stack.ids["Subnet"]]
    assert _TAGS[0] in endpoint["Tags"]


def test_a_gateway_endpoint_has_the_open_policy_and_no_groups(stack: _Stack) -> None:
    """Without a policy of its own an endpoint has the one that AWS gives it."""
    endpoint = stack.ec2.describe_vpc_endpoints(VpcEndpointIds=[stack.ids["Gateway"]])["VpcEndpoints"][0]
    assert json.loads(endpoint["PolicyDocument"])["Statement"][0]["Action"] == "*"
    assert endpoint["RouteTableIds"] == [stack.ids["Table"]]
    assert endpoint["PrivateDnsEnabled"] is False
    assert "Groups" not in endpoint


@pytest.mark.parametrize(("rule", "group", "other"), [("In", "Links", "Models"), ("Out", "Models", "Links")])
def test_a_rule_is_read_back_whole(stack: _Stack, rule: str, group: str, other: str) -> None:
    """DescribeSecurityGroupRules answers the rule under its physical id."""
    (described,) = stack.ec2.describe_security_group_rules(SecurityGroupRuleIds=[stack.ids[rule]])[
        "SecurityGroupRules"
    ]
    assert described["GroupId"] == stack.ids[group]
    assert described["IsEgress"] is (rule == "Out")
    assert (described["IpProtocol"], described["FromPort"], described["ToPort"]) == ("tcp", 443, 443)
    assert described["ReferencedGroupInfo"]["GroupId"] == stack.ids[other]
    assert described["Description"].endswith("gress for models")


def test_a_flow_log_is_read_back_whole(stack: _Stack) -> None:
    """DescribeFlowLogs answers all that CloudFormation was told, and AWS's defaults."""
    (described,) = stack.ec2.describe_flow_logs(FlowLogIds=[stack.ids["FlowLog"]])["FlowLogs"]
    role = stack.client("iam").get_role(RoleName=stack.ids["Role"])["Role"]
    assert described["ResourceId"] == stack.ids["Vpc"]
    assert described["TrafficType"] == "ALL"
    assert described["LogDestinationType"] == "cloud-watch-logs"
    assert described["LogGroupName"] == "flows"
    assert described["DeliverLogsPermissionArn"] == role["Arn"]
    assert described["MaxAggregationInterval"] == 60
    assert described["LogFormat"].startswith("${version} ${account-id} ")
    assert _TAGS[0] in described["Tags"]


def test_a_roles_boundary_is_read_back(stack: _Stack) -> None:
    """GetRole answers the permissions boundary."""
    role = stack.client("iam").get_role(RoleName=stack.ids["Role"])["Role"]
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == stack.ids["Boundary"]


def test_an_instance_profile_is_named_by_its_name(stack: _Stack) -> None:
    """Ref is the name, and GetInstanceProfile finds it with its role."""
    profile = stack.client("iam").get_instance_profile(InstanceProfileName=stack.ids["Profile"])
    assert [role["RoleName"] for role in profile["InstanceProfile"]["Roles"]] == [stack.ids["Role"]]


def test_a_buckets_encryption_is_read_back(stack: _Stack) -> None:
    """GetBucketEncryption answers algorithm, key and bucket key."""
    answer = stack.client("s3").get_bucket_encryption(Bucket=stack.ids["Bucket"])
    (rule,) = answer["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"].endswith(stack.ids["Key"])
    assert rule["BucketKeyEnabled"] is True


def test_a_changed_flow_log_is_another(account: Account, stack: _Stack) -> None:
    """TrafficType is create-only: the flow log is replaced, the rules stay."""
    account.cloudformation.update_stack(StackName="read-back", TemplateBody=_template("REJECT"))
    assert account.wait_stack("read-back") == "UPDATE_COMPLETE"
    after = _ids(account)
    assert after["FlowLog"] != stack.ids["FlowLog"]
    assert (after["In"], after["Out"]) == (stack.ids["In"], stack.ids["Out"])
    remaining = stack.ec2.describe_flow_logs()["FlowLogs"]
    assert [flow_log["FlowLogId"] for flow_log in remaining] == [after["FlowLog"]]


def test_everything_is_gone_after_the_stack(account: Account, stack: _Stack) -> None:
    """Deleting the stack deletes flow logs, rules and profiles."""
    account.cloudformation.delete_stack(StackName="read-back")
    waiter = account.cloudformation.get_waiter("stack_delete_complete")
    waiter.wait(StackName="read-back", WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    assert stack.ec2.describe_flow_logs()["FlowLogs"] == []
    iam = stack.client("iam")
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_instance_profile(InstanceProfileName=stack.ids["Profile"])
