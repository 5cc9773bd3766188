import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from seatrial_hosting import HostingError, PrivateNetwork

Find = Callable[[cdk.Stack, str], dict[str, dict[str, Any]]]

ZONES = ["eu-west-1a", "eu-west-1b"]


def properties(found: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [each["Properties"] for each in found.values()]


def test_each_named_zone_gets_one_subnet_without_public_addresses(
    stack: cdk.Stack, network: PrivateNetwork, find: Find
) -> None:
    """Subnets are in the zones that were named, in their order, an eighth of the VPC each."""
    subnets = properties(find(stack, "AWS::EC2::Subnet"))
    assert [(each["AvailabilityZone"], each["CidrBlock"]) for each in subnets] == [
        ("eu-west-1a", "10.0.0.0/23"),
        ("eu-west-1b", "10.0.2.0/23"),
    ]
    assert [each["MapPublicIpOnLaunch"] for each in subnets] == [False, False]
    assert len(network.subnet_ids) == len(ZONES)


def test_a_zone_added_at_the_end_moves_no_other(app: cdk.App, find: Find) -> None:
    """The subnets of the first zones are the same, logical ids included, whether a third follows or not."""
    env = cdk.Environment(account="123456789012", region="eu-west-1")
    two, three = cdk.Stack(app, "two", env=env), cdk.Stack(app, "three", env=env)
    PrivateNetwork(two, "Network", availability_zones=ZONES)
    PrivateNetwork(three, "Network", availability_zones=[*ZONES, "eu-west-1c"])
    before, after = find(two, "AWS::EC2::Subnet"), find(three, "AWS::EC2::Subnet")
    assert len(after) == len(before) + 1
    for name, subnet in before.items():
        assert after[name]["Properties"]["CidrBlock"] == subnet["Properties"]["CidrBlock"]


def test_there_is_no_way_out(stack: cdk.Stack, network: PrivateNetwork, find: Find) -> None:
    """No gateway but S3's, no route but the one that brings, no address to be reached at."""
    assert network.connectivity is not None
    for resource_type in ("InternetGateway", "NatGateway", "Route", "EIP", "EgressOnlyInternetGateway"):
        assert find(stack, f"AWS::EC2::{resource_type}") == {}


def test_nothing_needs_a_lambda_function(stack: cdk.Stack, network: PrivateNetwork, find: Find) -> None:
    """The default security group is left as it is: closing it takes a custom resource."""
    assert network.connectivity is not None
    assert find(stack, "AWS::Lambda::Function") == {}
    assert find(stack, "Custom::VpcRestrictDefaultSG") == {}


def test_nothing_is_looked_up(app: cdk.App, stack: cdk.Stack, network: PrivateNetwork) -> None:
    """A synth asks for no context, so it needs no credentials and gives the same bytes everywhere."""
    assert network.node.root is stack.node.root
    manifest = Path(app.synth().directory) / "manifest.json"
    assert "missing" not in json.loads(manifest.read_text(encoding="utf-8"))


def test_the_s3_gateway_serves_every_subnet_and_only_reads(
    stack: cdk.Stack, network: PrivateNetwork, find: Find
) -> None:
    """The gateway is in each route table; its policy lets artifacts be read, and image layers."""
    assert network.connectivity is not None
    (gateway,) = properties(find(stack, "AWS::EC2::VPCEndpoint"))
    tables = find(stack, "AWS::EC2::RouteTable")
    assert gateway["VpcEndpointType"] == "Gateway"
    assert gateway["ServiceName"] == "com.amazonaws.eu-west-1.s3"
    assert gateway["RouteTableIds"] == [{"Ref": name} for name in tables]
    own, listed, layers = gateway["PolicyDocument"]["Statement"]
    assert own["Action"] == ["s3:GetObject"]
    assert own["Resource"] == ["arn:aws:s3:::*/*"]
    assert own["Condition"] == {
        "StringEquals": {"aws:PrincipalAccount": "123456789012", "aws:ResourceAccount": "123456789012"}
    }
    assert (listed["Action"], listed["Resource"]) == (["s3:ListBucket"], ["arn:aws:s3:::*"])
    assert listed["Condition"] == own["Condition"] | {"StringLike": {"s3:prefix": ["*"]}}
    assert layers["Action"] == ["s3:GetObject"]
    assert layers["Resource"] == ["arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"]


def test_interface_endpoints_are_private_and_for_this_account(stack: cdk.Stack, find: Find) -> None:
    """Each service gets an endpoint in every subnet, with private DNS, that other accounts can't use."""
    PrivateNetwork(stack, "Network", availability_zones=ZONES, private_link=["sagemaker.runtime", "logs"])
    endpoints = [
        each
        for each in properties(find(stack, "AWS::EC2::VPCEndpoint"))
        if each["VpcEndpointType"] == "Interface"
    ]
    assert [each["ServiceName"] for each in endpoints] == [
        "com.amazonaws.eu-west-1.sagemaker.runtime",
        "com.amazonaws.eu-west-1.logs",
    ]
    for endpoint in endpoints:
        assert endpoint["PrivateDnsEnabled"] is True
        assert len(endpoint["SubnetIds"]) == len(ZONES)
        (statement,) = endpoint["PolicyDocument"]["Statement"]
        assert statement["Condition"] == {"StringEquals": {"aws:PrincipalAccount": "123456789012"}}


def test_china_services_have_the_names_the_cdk_knows(app: cdk.App, find: Find) -> None:
    """In China some service names have a prefix of their own, others not."""
    stack = cdk.Stack(app, "china", env=cdk.Environment(account="123456789012", region="cn-north-1"))
    PrivateNetwork(
        stack,
        "Network",
        availability_zones=["cn-north-1a", "cn-north-1b"],
        private_link=["ecr.api", "logs"],
    )
    names = [each["ServiceName"] for each in properties(find(stack, "AWS::EC2::VPCEndpoint"))]
    assert names == [
        "com.amazonaws.cn-north-1.s3",
        "cn.com.amazonaws.cn-north-1.ecr.api",
        "com.amazonaws.cn-north-1.logs",
    ]


def test_endpoints_open_443_to_models_and_admitted_clients_only(
    stack: cdk.Stack, network: PrivateNetwork, find: Find
) -> None:
    """The endpoints' group lets in TLS from named groups, nothing from an address, and sends nothing."""
    network.allow_clients("FromCallers", "sg-0123456789abcdef0", "TLS from callers")
    groups = find(stack, "AWS::EC2::SecurityGroup")
    rules = properties(find(stack, "AWS::EC2::SecurityGroupIngress"))
    assert all("SecurityGroupIngress" not in group["Properties"] for group in groups.values())
    assert [(rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) for rule in rules] == [
        ("tcp", 443, 443)
    ] * 2
    assert all("CidrIp" not in rule for rule in rules)
    models, endpoints = groups
    assert [rule["SourceSecurityGroupId"] for rule in rules] == [
        {"Fn::GetAtt": [models, "GroupId"]},
        "sg-0123456789abcdef0",
    ]
    assert {json.dumps(rule["GroupId"]) for rule in rules} == {
        json.dumps({"Fn::GetAtt": [endpoints, "GroupId"]})
    }
    (egress,) = groups[endpoints]["Properties"]["SecurityGroupEgress"]
    assert egress["CidrIp"] == "127.0.0.1/32"


def test_models_may_only_speak_tls(stack: cdk.Stack, network: PrivateNetwork, find: Find) -> None:
    """The models' group has one rule: TLS out; the routes decide how far."""
    assert network.model_security_group_id
    models = next(iter(find(stack, "AWS::EC2::SecurityGroup").values()))["Properties"]
    (egress,) = models["SecurityGroupEgress"]
    assert (egress["IpProtocol"], egress["FromPort"], egress["ToPort"]) == ("tcp", 443, 443)


def test_flow_logs_are_kept_as_long_as_asked(stack: cdk.Stack, find: Find) -> None:
    """All traffic is recorded in a log group of its own, which goes with the stack."""
    PrivateNetwork(stack, "Network", availability_zones=ZONES, flow_log_retention_days=365)
    (name, group), *others = find(stack, "AWS::Logs::LogGroup").items()
    assert others == []
    assert group["Properties"] == {"RetentionInDays": 365}
    assert group["DeletionPolicy"] == group["UpdateReplacePolicy"] == "Delete"
    (flow_log,) = properties(find(stack, "AWS::EC2::FlowLog"))
    assert flow_log["TrafficType"] == "ALL"
    assert flow_log["LogGroupName"] == {"Ref": name}


def test_flow_logs_outlive_the_stack_where_asked(stack: cdk.Stack, find: Find) -> None:
    """Only a rolled-back creation removes them."""
    PrivateNetwork(stack, "Network", availability_zones=ZONES, keep_flow_logs=True)
    (group,) = find(stack, "AWS::Logs::LogGroup").values()
    assert group["DeletionPolicy"] == "RetainExceptOnCreate"
    assert group["UpdateReplacePolicy"] == "Retain"


def test_flow_logs_may_write_into_their_own_group_only(
    stack: cdk.Stack, network: PrivateNetwork, find: Find
) -> None:
    """The flow log's role is for this account's flow logs, and for one log group."""
    assert network.connectivity is not None
    (role,) = properties(find(stack, "AWS::IAM::Role"))
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": "123456789012"}
    (policy,) = properties(find(stack, "AWS::IAM::Policy"))
    (statement,) = policy["PolicyDocument"]["Statement"]
    (group,) = find(stack, "AWS::Logs::LogGroup")
    assert statement["Resource"] == {"Fn::GetAtt": [group, "Arn"]}


def test_other_constructs_take_the_network_as_cdk_types(stack: cdk.Stack, network: PrivateNetwork) -> None:
    """`vpc`, `subnets` and `model_security_group` are what `ec2` constructs ask for, and create nothing."""
    ec2.SecurityGroup(stack, "Callers", vpc=network.vpc, description="callers")
    assert [subnet.subnet_id for subnet in network.subnets] == list(network.subnet_ids)
    assert network.model_security_group.security_group_id == network.model_security_group_id


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"availability_zones": ["eu-west-1a"]}, "at least 2 different zones are needed"),
        ({"availability_zones": ["eu-west-1a", "eu-west-1a", "eu-west-1b"]}, "names a zone twice"),
        ({"availability_zones": ["eu-west-1a", "us-east-1a"]}, "['us-east-1a'] are no zones of eu-west-1"),
        ({"availability_zones": [f"eu-west-1{letter}" for letter in "abcdefghi"]}, "has room for 8"),
        ({"cidr": "10.0.0.1/20"}, "'10.0.0.1/20', which is no IPv4 network"),
        ({"cidr": "10.0.0.0/26"}, "10.0.0.0/26 is a /26; use /16 to /25"),
        ({"cidr": "10.0.0.0/8"}, "10.0.0.0/8 is a /8; use /16 to /25"),
        ({"private_link": ["logs", "logs"]}, "names a service twice"),
        (
            {"flow_log_retention_days": 31},
            "flow_log_retention_days is 31; CloudWatch Logs keeps logs for one",
        ),
    ],
)
def test_what_does_not_fit_is_refused(stack: cdk.Stack, arguments: dict[str, Any], words: str) -> None:
    """Each wrong argument is named with its value and what is allowed."""
    with pytest.raises(HostingError) as refusal:
        PrivateNetwork(stack, "Network", **({"availability_zones": ZONES} | arguments))
    assert words in str(refusal.value)
    assert str(refusal.value).startswith("trial/Network: ")


def test_all_problems_are_told_at_once(stack: cdk.Stack) -> None:
    """A network with three wrong arguments names all three."""
    with pytest.raises(HostingError) as refusal:
        PrivateNetwork(
            stack, "Network", availability_zones=["eu-west-1a"], cidr="here", flow_log_retention_days=0
        )
    assert len(refusal.value.problems) == 3
