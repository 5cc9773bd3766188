from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from cdk_nag import AwsSolutionsChecks

from seatrial_hosting import (
    ComponentEndpoint,
    ContainerAccess,
    ModelArtifact,
    PrivateNetwork,
    RealtimeEndpoint,
    SharedInstances,
    TritonImage,
    TritonModel,
)


def findings(app: cdk.App) -> list[str]:
    report = AwsSolutionsChecks(app).validate_scope(app)
    return [violation.rule_name for violation in report.violations]


def test_cdk_nag_finds_nothing(
    app: cdk.App, stack: cdk.Stack, make_model: Callable[..., TritonModel]
) -> None:
    """The constructs acknowledge what AWS leaves no choice about, one by one, and nothing else is found."""
    model = make_model()
    RealtimeEndpoint(stack, "Endpoint", endpoint_name="trial-fast", model=model, instance_type="ml.m5.xlarge")
    assert findings(app) == []


def test_cdk_nag_finds_nothing_in_a_stack_without_environment(tmp_path: Path) -> None:
    """Acknowledged ARNs are named as cdk-nag names them, with CloudFormation's pseudo parameters too."""
    app = cdk.App(builtin_cloud_formation_validation=False)
    stack = cdk.Stack(app, "trial")
    model = TritonModel(
        stack,
        "Model",
        network=PrivateNetwork(stack, "Network", availability_zones=["eu-west-1a", "eu-west-1b"]),
        image=TritonImage.from_catalogue("24.09", "eu-west-1"),
        artifact=ModelArtifact.from_file(stack, tmp_path / "model.tar.gz", content_key="ab" * 32),
        default_model="classifier",
    )
    model.grant_logs("trial-fast")
    assert findings(app) == []


def test_a_new_wildcard_is_still_found(
    app: cdk.App, stack: cdk.Stack, make_model: Callable[..., TritonModel]
) -> None:
    """The acknowledgments are of single ARNs: a wildcard added to the same role is a finding."""
    statement = iam.PolicyStatement(actions=["s3:GetObject"], resources=["arn:aws:s3:::bucket/*"])
    make_model().role.add_to_principal_policy(statement)
    assert findings(app) == ["AwsSolutions-IAM5[Resource::arn:aws:s3:::bucket/*]"]
    assert stack.node.children


def test_cdk_nag_finds_nothing_about_a_component_without_a_model(
    app: cdk.App, stack: cdk.Stack, network: PrivateNetwork
) -> None:
    """The endpoint's role gets single rights for a component's container, from a stack of the component's."""
    instances = SharedInstances(["ml.g5.xlarge"], 0, 1)
    endpoint = ComponentEndpoint(
        stack, "Shared", endpoint_name="shared", network=network, instances=instances
    )
    components = cdk.Stack(app, "components", env=cdk.Environment(account="123456789012", region="eu-west-1"))
    ContainerAccess(
        components,
        "Access",
        component_name="it",
        roles=[endpoint.role],
        artifact=ModelArtifact.from_url("s3://models/a.tar.gz"),
        image=TritonImage.from_catalogue("24.09", "eu-west-1"),
    )
    assert findings(app) == []
