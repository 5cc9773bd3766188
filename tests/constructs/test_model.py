from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms

from seatrial_hosting import HostingError, PrivateNetwork, TritonImage, TritonModel

Find = Callable[[cdk.Stack, str], dict[str, dict[str, Any]]]
Statements = Callable[[cdk.Stack], dict[str, dict[str, Any]]]
MakeModel = Callable[..., TritonModel]

INTERFACES = "arn:aws:ec2:eu-west-1:123456789012:network-interface/*"


def only(found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    (resource,) = found.values()
    return resource


def test_the_container_is_told_what_to_load(stack: cdk.Stack, make_model: MakeModel, find: Find) -> None:
    """Image, artifact and environment are those given, with the default model's variable."""
    make_model(environment={"SAGEMAKER_TRITON_LOG_VERBOSE": "false"})
    container = only(find(stack, "AWS::SageMaker::Model"))["Properties"]["PrimaryContainer"]
    assert container == {
        "Image": TritonImage.from_catalogue("24.09", "eu-west-1").uri,
        "ModelDataUrl": f"s3://cdk-hnb659fds-assets-123456789012-eu-west-1/{'ab' * 32}.tar.gz",
        "Environment": {
            "SAGEMAKER_TRITON_DEFAULT_MODEL_NAME": "classifier",
            "SAGEMAKER_TRITON_LOG_VERBOSE": "false",
        },
    }


def test_the_model_is_isolated_in_the_network(
    stack: cdk.Stack, network: PrivateNetwork, model: TritonModel, find: Find
) -> None:
    """The container has no network of its own; SageMaker's interfaces are in every subnet, in one group."""
    assert model.role is not None
    properties = only(find(stack, "AWS::SageMaker::Model"))["Properties"]
    assert properties["EnableNetworkIsolation"] is True
    assert properties["VpcConfig"] == stack.resolve(
        {"SecurityGroupIds": [network.model_security_group_id], "Subnets": list(network.subnet_ids)}
    )


def test_the_name_is_left_to_cloudformation(stack: cdk.Stack, model: TritonModel, find: Find) -> None:
    """A model with a name of its own could not be replaced while an endpoint serves it."""
    assert "ModelName" not in only(find(stack, "AWS::SageMaker::Model"))["Properties"]
    assert "Fn::GetAtt" in stack.resolve(model.model_name)


def test_the_model_waits_for_its_permissions_and_its_way_to_s3(
    stack: cdk.Stack, model: TritonModel, find: Find
) -> None:
    """CreateModel checks permissions, and the artifact comes through gateway and routes: all stand first."""
    assert model.role is not None
    needed = {
        name
        for resource_type in ("VPCEndpoint", "Subnet", "RouteTable", "SubnetRouteTableAssociation")
        for name in find(stack, f"AWS::EC2::{resource_type}")
    }
    needed |= {name for name in find(stack, "AWS::IAM::Policy") if name.startswith("Model")}
    assert set(only(find(stack, "AWS::SageMaker::Model"))["DependsOn"]) == needed


def test_only_sagemaker_for_this_account_assumes_the_role(
    stack: cdk.Stack, model: TritonModel, find: Find
) -> None:
    """The trust policy has the one form that SageMaker documents for hosting."""
    assert model.role is not None
    roles = find(stack, "AWS::IAM::Role")
    role = next(each for name, each in roles.items() if name.startswith("Model"))
    assert role["Properties"]["AssumeRolePolicyDocument"]["Statement"] == [
        {
            "Action": "sts:AssumeRole",
            "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sagemaker:eu-west-1:123456789012:*"}},
            "Effect": "Allow",
            "Principal": {"Service": "sagemaker.amazonaws.com"},
        }
    ]
    assert "ManagedPolicyArns" not in role["Properties"]


def test_the_role_reads_exactly_the_artifact(
    stack: cdk.Stack, model: TritonModel, statements: Statements
) -> None:
    """One object, by its key."""
    assert model.role is not None
    assert statements(stack)["ReadArtifact"] == {
        "Sid": "ReadArtifact",
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::cdk-hnb659fds-assets-123456789012-eu-west-1/{'ab' * 32}.tar.gz",
    }


def test_the_role_pulls_from_the_images_repository_only(
    stack: cdk.Stack, make_model: MakeModel, statements: Statements
) -> None:
    """The ARN is of the registry and repository in the image's URI."""
    uri = "210987654321.dkr.ecr.eu-west-1.amazonaws.com/mirrors/triton:24.09-py3"
    make_model(image=TritonImage.from_uri(uri))
    pull = statements(stack)["PullImage"]
    assert pull["Resource"] == "arn:aws:ecr:eu-west-1:210987654321:repository/mirrors/triton"
    assert set(pull["Action"]) == {
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetDownloadUrlForLayer",
    }


def test_network_interfaces_are_created_in_the_network_only(
    stack: cdk.Stack, network: PrivateNetwork, model: TritonModel, statements: Statements
) -> None:
    """Creation names subnets and group; attaching and deletion are limited to the subnets."""
    assert model.role is not None
    found = statements(stack)
    prefix = "arn:aws:ec2:eu-west-1:123456789012:"
    subnets = [stack.resolve(f"{prefix}subnet/{each}") for each in network.subnet_ids]
    group = stack.resolve(f"{prefix}security-group/{network.model_security_group_id}")
    created = found["CreateInterfaces"]["Resource"]
    assert created[0] == INTERFACES
    assert all(each in created for each in (*subnets, group))
    assert len(created) == 2 + len(subnets)
    assert found["AttachInterfaces"]["Condition"] == {"ArnEquals": {"ec2:Subnet": subnets}}
    assert found["DeleteInterfaces"] == {
        "Sid": "DeleteInterfaces",
        "Effect": "Allow",
        "Action": ["ec2:DeleteNetworkInterface", "ec2:DeleteNetworkInterfacePermission"],
        "Resource": INTERFACES,
        "Condition": {"ArnEquals": {"ec2:Subnet": subnets}},
    }


def test_the_interfaces_wildcard_is_acknowledged_with_all_it_allows(model: TritonModel) -> None:
    """The reason that cdk-nag's report keeps speaks of deletion, too."""
    reasons = [
        reason
        for entry in model.role.node.metadata
        if entry.type == "aws:cdk:acknowledged-rules"
        for rule, reason in entry.data.items()
        if INTERFACES in rule
    ]
    assert len(reasons) == 1
    assert "creates and deletes the model's network interfaces" in reasons[0]
    assert "attaching and deletion to its subnets" in reasons[0]


def test_wildcards_stand_only_where_aws_offers_nothing_narrower(
    stack: cdk.Stack, model: TritonModel, statements: Statements
) -> None:
    """The statements on every resource hold describing calls, the registry's log-in and metrics, no more."""
    model.grant_logs("trial-fast")
    unscoped = {sid: each["Action"] for sid, each in statements(stack).items() if each["Resource"] == "*"}
    assert unscoped == {
        "DescribeNetwork": [
            "ec2:DescribeDhcpOptions",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcs",
        ],
        "LogInToRegistry": "ecr:GetAuthorizationToken",
        "PublishMetrics": "cloudwatch:PutMetricData",
    }


def test_logs_go_to_the_endpoints_group(stack: cdk.Stack, model: TritonModel, statements: Statements) -> None:
    """The log group of the endpoint and its streams; no other."""
    model.grant_logs("trial-fast")
    group = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/sagemaker/Endpoints/trial-fast"
    assert statements(stack)["logs:CreateLogGroup"]["Resource"] == [group, f"{group}:*"]


def test_the_volume_key_can_be_granted(stack: cdk.Stack, model: TritonModel, statements: Statements) -> None:
    """Exactly this key, and no condition: SageMaker sets no key that tells its own grants from others."""
    key = kms.Key(stack, "Key")
    model.grant_volume_key(key)
    assert statements(stack)["kms:CreateGrant"] == {
        "Effect": "Allow",
        "Action": ["kms:CreateGrant", "kms:DescribeKey"],
        "Resource": stack.resolve(key.key_arn),
    }


def test_a_changed_artifact_brings_its_own_policy_and_keeps_the_role(
    app: cdk.App, stack: cdk.Stack, make_model: MakeModel, find: Find
) -> None:
    """During an update both artifacts are readable: CloudFormation deletes the old policy last."""

    def logical_ids(content_key: str) -> tuple[set[str], set[str]]:
        model = make_model(content_key=content_key)
        found = [
            {name for name in find(stack, resource_type) if name.startswith("Model")}
            for resource_type in ("AWS::IAM::Policy", "AWS::IAM::Role")
        ]
        stack.node.try_remove_child(model.node.id)
        return found[0], found[1]

    policies, roles = logical_ids("ab" * 32)
    changed_policies, changed_roles = logical_ids("cd" * 32)
    unchanged_policies, _ = logical_ids("ab" * 32)
    assert roles == changed_roles
    assert len(policies - changed_policies) == 1
    assert policies == unchanged_policies
    assert app.node.children


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"SAGEMAKER_TRITON_DEFAULT_MODEL_NAME": "other"}, "say it as the argument that stands for it"),
        ({"1ST": "x"}, "has the name '1ST'; SageMaker takes letters, digits and _"),
        ({"A": "x" * 1025}, "environment's A has 1025 characters; SageMaker takes 1024"),
        ({f"A{number}": "" for number in range(100)}, "environment has 100 variables; SageMaker takes 100"),
    ],
)
def test_an_environment_sagemaker_refuses_is_refused(
    make_model: MakeModel, environment: dict[str, str], words: str
) -> None:
    """Each broken limit is named with its value."""
    with pytest.raises(HostingError) as refusal:
        make_model(environment=environment)
    assert words in str(refusal.value)


def test_an_image_of_another_region_is_refused(make_model: MakeModel) -> None:
    """SageMaker pulls from its own region's registry only."""
    image = TritonImage.from_catalogue("24.09", "us-east-1")
    with pytest.raises(HostingError) as refusal:
        make_model(image=image)
    assert "is in us-east-1, the stack in eu-west-1" in str(refusal.value)
    assert "Mirror the image to eu-west-1" in str(refusal.value)
