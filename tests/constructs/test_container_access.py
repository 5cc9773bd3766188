"""What a role is let do for a component without a Model, and for an adapter."""

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from seatrial_hosting import (
    ComponentSpecification,
    ContainerAccess,
    Endpoint,
    InferenceComponent,
    InlineContainer,
    ModelArtifact,
    TritonImage,
)

Resources = dict[str, dict[str, Any]]
Find = Callable[[cdk.Stack, str], Resources]

ARTIFACT = ModelArtifact.from_url("s3://models/a.tar.gz")
IMAGE = TritonImage.from_catalogue("24.09", "eu-west-1")


@pytest.fixture
def role(stack: cdk.Stack) -> iam.Role:
    """A role."""
    return iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))


def test_a_container_is_fetched_and_logged(stack: cdk.Stack, role: iam.Role, find: Find) -> None:
    """One object, one repository and one log group, no more."""
    ContainerAccess(stack, "It", component_name="it", roles=[role], artifact=ARTIFACT, image=IMAGE)
    [policy] = find(stack, "AWS::IAM::Policy").values()
    read, pull, log = policy["Properties"]["PolicyDocument"]["Statement"]
    assert (read["Action"], read["Resource"]) == ("s3:GetObject", "arn:aws:s3:::models/a.tar.gz")
    assert pull["Resource"].endswith(":repository/sagemaker-tritonserver")
    group = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/sagemaker/InferenceComponents/it"
    assert log["Resource"] == [group, f"{group}:*"]


def test_an_adapter_is_only_read(stack: cdk.Stack, role: iam.Role, find: Find) -> None:
    """An adapter runs in its base's container, which writes its own log."""
    other = iam.Role(stack, "Other", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))
    ContainerAccess(stack, "It", component_name="it", roles=[role, other], artifact=ARTIFACT)
    [policy] = find(stack, "AWS::IAM::Policy").values()
    [statement] = policy["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Action"] == "s3:GetObject"
    assert len(policy["Properties"]["Roles"]) == 2


def test_another_artifact_makes_another_policy(stack: cdk.Stack, role: iam.Role, find: Find) -> None:
    """What old copies may still fetch goes after the update, because the new policy is a new resource."""
    other = ModelArtifact.from_url("s3://models/b.tar.gz")
    ContainerAccess(stack, "A", component_name="it", roles=[role], artifact=ARTIFACT)
    ContainerAccess(stack, "B", component_name="it", roles=[role], artifact=other)
    first, second = (name.removeprefix("A").removeprefix("B") for name in find(stack, "AWS::IAM::Policy"))
    assert first.startswith("Fetch")
    assert first[:17] != second[:17]


def test_an_adapter_has_no_rolling_update(stack: cdk.Stack, find: Find) -> None:
    """It has no copies of its own; its base and its artifact are all it is."""
    endpoint = Endpoint(stack, "Endpoint", endpoint_name="shared")
    specification = ComponentSpecification(
        base_component_name="base", container=InlineContainer(artifact_url=ARTIFACT.url)
    )
    InferenceComponent(stack, "It", component_name="it", endpoint=endpoint, specification=specification)
    [component] = find(stack, "AWS::SageMaker::InferenceComponent").values()
    assert "DeploymentConfig" not in component["Properties"]
    assert component["Properties"]["Specification"] == {
        "BaseInferenceComponentName": "base",
        "Container": {"ArtifactUrl": ARTIFACT.url},
    }
