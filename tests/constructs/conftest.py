"""Stacks to put constructs into, and a look at what they became."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from seatrial_hosting import ModelArtifact, PrivateNetwork, TritonImage, TritonModel

REGION = "eu-west-1"
CONTENT_KEY = "ab" * 32

Resources = dict[str, dict[str, Any]]
Find = Callable[[cdk.Stack, str], Resources]


@pytest.fixture
def app(tmp_path: Path) -> cdk.App:
    """An app without CDK's own validation, which one full synth of the project runs."""
    return cdk.App(
        outdir=str(tmp_path / "cdk.out"),
        analytics_reporting=False,
        builtin_cloud_formation_validation=False,
        context={"@aws-cdk/core:defaultCrossStackReferences": "strong"},
    )


@pytest.fixture
def stack(app: cdk.App) -> cdk.Stack:
    """A stack with account and region."""
    return cdk.Stack(app, "trial", env=cdk.Environment(account="123456789012", region=REGION))


@pytest.fixture
def network(stack: cdk.Stack) -> PrivateNetwork:
    """A network in ``stack``."""
    return PrivateNetwork(stack, "Network", availability_zones=["eu-west-1a", "eu-west-1b"])


@pytest.fixture
def make_model(stack: cdk.Stack, network: PrivateNetwork, tmp_path: Path) -> Callable[..., TritonModel]:
    """Make a model in ``stack``; arguments replace the usual ones."""

    def make(*, content_key: str = CONTENT_KEY, **arguments: Any) -> TritonModel:  # noqa: ANN401 - passed on
        artifact = ModelArtifact.from_file(stack, tmp_path / "model.tar.gz", content_key=content_key)
        usual: dict[str, Any] = {
            "network": network,
            "image": TritonImage.from_catalogue("24.09", REGION),
            "artifact": artifact,
            "default_model": "classifier",
        }
        return TritonModel(stack, "Model", **(usual | arguments))

    return make


@pytest.fixture
def model(make_model: Callable[..., TritonModel]) -> TritonModel:
    """A model in ``stack``."""
    return make_model()


@pytest.fixture
def find() -> Find:
    """Return the resources of a type in a stack's template, by logical id."""

    def resources(stack: cdk.Stack, resource_type: str) -> Resources:
        app = stack.node.root
        assert isinstance(app, cdk.App)
        template: dict[str, Any] = app.synth(force=True).get_stack_by_name(stack.stack_name).template
        found = template.get("Resources", {})
        return {name: each for name, each in found.items() if each["Type"] == resource_type}

    return resources


@pytest.fixture
def statements(find: Find) -> Callable[[cdk.Stack], dict[str, dict[str, Any]]]:
    """Return every statement of the IAM policies in a stack, by its Sid or, without one, its first action."""

    def by_name(stack: cdk.Stack) -> dict[str, dict[str, Any]]:
        policies = find(stack, "AWS::IAM::Policy").values()
        return {
            statement.get("Sid") or _first(statement["Action"]): statement
            for policy in policies
            for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        }

    return by_name


def _first(action: str | list[str]) -> str:
    return action if isinstance(action, str) else action[0]
