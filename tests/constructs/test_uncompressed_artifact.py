"""A model whose files are objects below a prefix: what it says, and what its role may do."""

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from cdk_nag import AwsSolutionsChecks

from seatrial_hosting import ModelArtifact, RealtimeEndpoint, TritonModel

MakeModel = Callable[..., TritonModel]
Find = Callable[[cdk.Stack, str], dict[str, dict[str, Any]]]
Statements = Callable[[cdk.Stack], dict[str, dict[str, Any]]]

PREFIX = f"vision/{'cd' * 32}/"
ARTIFACT = ModelArtifact.published("models", PREFIX)


def test_the_model_names_the_prefix(stack: cdk.Stack, make_model: MakeModel, find: Find) -> None:
    """As SageMaker takes files that are not packed, and no ModelDataUrl beside it."""
    make_model(artifact=ARTIFACT)
    [model] = find(stack, "AWS::SageMaker::Model").values()
    container = model["Properties"]["PrimaryContainer"]
    assert container["ModelDataSource"] == {
        "S3DataSource": {
            "CompressionType": "None",
            "S3DataType": "S3Prefix",
            "S3Uri": f"s3://models/{PREFIX}",
        }
    }
    assert "ModelDataUrl" not in container


def test_the_role_reads_and_lists_below_the_prefix_alone(
    stack: cdk.Stack, make_model: MakeModel, statements: Statements
) -> None:
    """No other object of the bucket, and no other prefix."""
    make_model(artifact=ARTIFACT)
    found = statements(stack)
    assert found["ReadArtifact"] == {
        "Sid": "ReadArtifact",
        "Action": "s3:GetObject",
        "Effect": "Allow",
        "Resource": f"arn:aws:s3:::models/{PREFIX}*",
    }
    assert found["s3:ListBucket"] == {
        "Action": "s3:ListBucket",
        "Condition": {"StringLike": {"s3:prefix": [f"{PREFIX}*"]}},
        "Effect": "Allow",
        "Resource": "arn:aws:s3:::models",
    }


@pytest.mark.parametrize("key", [PREFIX, f"{PREFIX.rstrip('/')}.tar.gz"])
def test_cdk_nag_finds_nothing(app: cdk.App, stack: cdk.Stack, make_model: MakeModel, key: str) -> None:
    """The prefix's wildcard is acknowledged by its ARN; an archive has none."""
    model = make_model(artifact=ModelArtifact.published("models", key))
    RealtimeEndpoint(stack, "Endpoint", endpoint_name="trial-fast", model=model, instance_type="ml.m5.xlarge")
    report = AwsSolutionsChecks(app).validate_scope(app)
    assert [violation.rule_name for violation in report.violations] == []


def test_another_address_replaces_the_policy(stack: cdk.Stack, make_model: MakeModel, find: Find) -> None:
    """Old instances still fetch the old artifact while the endpoint is updated."""

    def fetching(artifact: ModelArtifact) -> set[str]:
        stack.node.try_remove_child("Model")
        make_model(artifact=artifact)
        return {name for name in find(stack, "AWS::IAM::Policy") if "Fetch" in name}

    assert fetching(ARTIFACT) != fetching(ModelArtifact.published("models", f"{PREFIX.rstrip('/')}.tar.gz"))
