"""What builds models in the account: its template, its permissions, and cdk-nag's opinion."""

import json
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from cdk_nag import AwsSolutionsChecks

from seatrial_hosting import HostingError
from seatrial_hosting.build_role import BuildObjects
from seatrial_hosting.image import TritonImage
from seatrial_hosting.remote_build import RemoteBuild

Find = Callable[[cdk.Stack, str], dict[str, dict[str, Any]]]

_KEY = "arn:aws:kms:eu-west-1:123456789012:key/bucket"


def _build(stack: cdk.Stack, **changed: Any) -> RemoteBuild:  # noqa: ANN401 - passed on
    usual: dict[str, Any] = {
        "project_name": "trial-build",
        "objects": BuildObjects("models", "builds/", _KEY),
        "images": [TritonImage.from_catalogue("24.09", "eu-west-1")],
        "compute_type": "BUILD_GENERAL1_2XLARGE",
        "timeout": cdk.Duration.minutes(120),
        "log_retention_days": 30,
    }
    return RemoteBuild(stack, "Build", **(usual | changed))


def _statements(found: dict[str, dict[str, Any]], role: str) -> list[dict[str, Any]]:
    policies = [each["Properties"] for each in found.values()]
    return [
        statement
        for policy in policies
        if any(role in str(each) for each in policy["Roles"])
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def test_cdk_nag_finds_nothing(app: cdk.App, stack: cdk.Stack) -> None:
    """Every wildcard has its reason, and the project its key."""
    _build(stack)
    violations = AwsSolutionsChecks(app).validate_scope(app).violations
    assert [each.rule_name for each in violations] == []


def test_job_role_reaches_its_own_objects_and_image_alone(stack: cdk.Stack, find: Find) -> None:
    """A processing job can read and write below plans/, pull the image and log; it has no network to use."""
    _build(stack)
    statements = _statements(find(stack, "AWS::IAM::Policy"), "JobRole")
    by_action = {str(each["Action"]): each for each in statements}
    assert by_action["['s3:GetObject', 's3:PutObject']"]["Resource"] == "arn:aws:s3:::models/builds/plans/*"
    assert by_action["s3:ListBucket"]["Condition"] == {"StringLike": {"s3:prefix": ["builds/plans/*"]}}
    assert by_action["['kms:Decrypt', 'kms:GenerateDataKey']"]["Resource"] == _KEY
    pull = by_action["['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer']"]
    assert pull["Resource"].endswith(":repository/sagemaker-tritonserver")
    assert not [each for each in by_action if "ec2:" in each]
    (role,) = (each for each in find(stack, "AWS::IAM::Role").values() if "TensorRT" in str(each))
    (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "sagemaker.amazonaws.com"}
    assert trust["Condition"]["ArnLike"] == {"aws:SourceArn": "arn:aws:sagemaker:eu-west-1:123456789012:*"}


def test_project_builds_what_each_build_names(stack: cdk.Stack, find: Find) -> None:
    """Sources come from S3, the environment from their own pins, nothing runs privileged, all is logged."""
    _build(stack, package_index="https://packages.example/simple")
    (project,) = (each["Properties"] for each in find(stack, "AWS::CodeBuild::Project").values())
    assert project["Name"] == "trial-build"
    assert project["TimeoutInMinutes"] == 120
    assert project["Source"]["Type"] == "S3"
    spec = json.loads(project["Source"]["BuildSpec"])
    assert (
        "cli package $SEATRIAL_DEPLOYMENT --model $SEATRIAL_MODEL" in spec["phases"]["build"]["commands"][0]
    )
    environment = project["Environment"]
    assert environment["PrivilegedMode"] is False
    assert environment["ComputeType"] == "BUILD_GENERAL1_2XLARGE"
    assert {each["Name"]: each["Value"] for each in environment["EnvironmentVariables"]} == {
        "SEATRIAL_REQUIREMENTS": "environments/packaging.txt",
        "PIP_INDEX_URL": "https://packages.example/simple",
    }
    (group,) = find(stack, "AWS::Logs::LogGroup").items()
    assert group[1]["Properties"]["RetentionInDays"] == 30
    assert project["LogsConfig"]["CloudWatchLogs"] == {
        "Status": "ENABLED",
        "GroupName": {"Ref": group[0]},
    }


def test_project_role_reads_sources_and_writes_packages(stack: cdk.Stack, find: Find) -> None:
    """It can't read what was built, nor write what others build from; only this project assumes it."""
    _build(stack)
    statements = _statements(find(stack, "AWS::IAM::Policy"), "ProjectRole")
    by_action = {str(each["Action"]): each["Resource"] for each in statements}
    assert by_action["['s3:GetObject', 's3:GetObjectVersion']"] == "arn:aws:s3:::models/builds/sources/*"
    assert by_action["s3:PutObject"] == "arn:aws:s3:::models/builds/packages/*"
    roles = find(stack, "AWS::IAM::Role").values()
    (role,) = (each for each in roles if "codebuild" in str(each["Properties"]["AssumeRolePolicyDocument"]))
    (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnEquals": {"aws:SourceArn": "arn:aws:codebuild:eu-west-1:123456789012:project/trial-build"},
    }


def test_key_of_ones_own_is_taken(stack: cdk.Stack, find: Find) -> None:
    """No key is created then; without one, the created key rotates."""
    _build(stack, key=kms.Key.from_key_arn(stack, "Own", _KEY))
    assert find(stack, "AWS::KMS::Key") == {}
    (project,) = find(stack, "AWS::CodeBuild::Project").values()
    assert project["Properties"]["EncryptionKey"] == _KEY


def test_created_key_rotates(stack: cdk.Stack, find: Find) -> None:
    """The key that is created is replaced by AWS KMS every year."""
    _build(stack)
    (key,) = find(stack, "AWS::KMS::Key").values()
    assert key["Properties"]["EnableKeyRotation"] is True


def test_values_that_aws_refuses_are_refused(stack: cdk.Stack) -> None:
    """All of them at once, at synth."""
    with pytest.raises(HostingError) as refused:
        _build(stack, timeout=cdk.Duration.minutes(481), log_retention_days=31)
    assert "timeout is 481 minutes; CodeBuild takes 5 to 480." in str(refused.value)
    assert "log_retention_days is 31; CloudWatch Logs keeps logs for one of 1, 3, 5," in str(refused.value)


def test_an_index_with_credentials_is_refused(stack: cdk.Stack) -> None:
    """A variable of the project is plain text; what is refused is not shown either."""
    with pytest.raises(HostingError, match="package_index has a user's name or a password") as refused:
        _build(stack, package_index="https://user:secret@packages.example/simple")
    assert "secret" not in str(refused.value)
