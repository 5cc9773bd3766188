"""A model with a role of the user's own, and an artifact that a key of their own encrypts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from preflight.rules.role_templates import REQUIRED_STATEMENTS as READ_BY_THE_RULE
from seatrial_hosting import ModelArtifact, RealtimeEndpoint, TritonModel
from seatrial_hosting._imported_role import REQUIRED_STATEMENTS

Find = Callable[[cdk.Stack, str], dict[str, dict[str, Any]]]
Statements = Callable[[cdk.Stack], dict[str, dict[str, Any]]]
MakeModel = Callable[..., TritonModel]

ROLE = "arn:aws:iam::123456789012:role/serving"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"


def own_role(stack: cdk.Stack) -> iam.IRole:
    return iam.Role.from_role_arn(stack, "Own", ROLE, mutable=False)


def told(stack: cdk.Stack, find: Find) -> dict[str, dict[str, Any]]:
    (model,) = find(stack, "AWS::SageMaker::Model").values()
    statements: list[dict[str, Any]] = model["Metadata"][REQUIRED_STATEMENTS]
    return {each.get("Sid", str(each["Action"])): each for each in statements}


def test_nothing_is_granted_to_it(stack: cdk.Stack, make_model: MakeModel, find: Find) -> None:
    """The model names the role; no role and no policy is made for it."""
    make_model(role=own_role(stack))
    (model,) = find(stack, "AWS::SageMaker::Model").values()
    assert model["Properties"]["ExecutionRoleArn"] == ROLE
    for resource_type in ("AWS::IAM::Role", "AWS::IAM::Policy"):
        assert [name for name in find(stack, resource_type) if name.startswith("Model")] == []


def test_what_it_must_allow_is_what_a_created_one_is_granted(
    stack: cdk.Stack, make_model: MakeModel, find: Find, statements: Statements
) -> None:
    """Statement by statement: both come from the same code, endpoint's logs and volume key included."""

    def serve(role: iam.IRole | None) -> None:
        model = make_model(role=role)
        RealtimeEndpoint(
            stack,
            "Endpoint",
            endpoint_name="fast",
            model=model,
            instance_type="ml.m5.xlarge",
            volume_key=kms.Key.from_key_arn(stack, "Key", KEY),
        )

    serve(own_role(stack))
    required = told(stack, find)
    for name in ("Model", "Endpoint", "Key", "Own"):
        stack.node.try_remove_child(name)
    serve(None)
    granted = {each["Sid"]: each for each in statements(stack).values() if "Sid" in each}
    granted.pop("WriteFlowLogs")
    assert {sid: required[sid] for sid in granted} == granted
    unnamed = {key: each for key, each in required.items() if "Sid" not in each}
    assert {str(each["Action"][0]) for each in unnamed.values()} == {"logs:CreateLogGroup", "kms:CreateGrant"}


def test_the_rule_reads_what_the_construct_writes() -> None:
    """The two sides know nothing of each other but this key."""
    assert READ_BY_THE_RULE == REQUIRED_STATEMENTS


def test_an_encrypted_artifact_can_be_decrypted(
    stack: cdk.Stack, make_model: MakeModel, statements: Statements, tmp_path: Path
) -> None:
    """By this key, and through Amazon S3 of this region alone."""
    artifact = ModelArtifact.from_file(
        stack, tmp_path / "model.tar.gz", content_key="ab" * 32, kms_key_arn=KEY
    )
    make_model(artifact=artifact)
    assert statements(stack)["DecryptArtifact"] == {
        "Sid": "DecryptArtifact",
        "Effect": "Allow",
        "Action": "kms:Decrypt",
        "Resource": KEY,
        "Condition": {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}},
    }


def test_an_artifact_of_amazon_s3s_own_key_asks_for_nothing(
    stack: cdk.Stack, model: TritonModel, statements: Statements
) -> None:
    """Amazon S3 decrypts with its own keys for whoever may read."""
    assert model.role is not None
    assert "DecryptArtifact" not in statements(stack)
