"""Schema, rules and constructs say the same of a deployment file: none refuses what the others let pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import spec
from preflight import Report, check_deployment
from seatrial_hosting import ContainerImage, HostingError
from stacks import StacksError, build_app

if TYPE_CHECKING:
    from tests.stacks.conftest import Project

REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"


def set_container(project: Project, container: str) -> None:
    project.edit(
        "    triton: {max_batch_size: 8,", f"    container: {container}\n    triton: {{max_batch_size: 8,"
    )


def checked(project: Project) -> Report:
    return check_deployment(spec.load_deployment(project.deployment), project.root / "build", project.root)


@pytest.mark.parametrize(
    ("image", "rule"),
    [
        ("nvcr.io/nvidia/tritonserver:24.09-py3", "SEA601"),
        (f"{REGISTRY}/Triton:1", "SEA601"),
        (f"{REGISTRY.replace('eu-west-1', 'us-east-1')}/triton:1", "SEA602"),
        (f"{REGISTRY}/triton:latest", "SEA608"),
    ],
)
def test_what_constructs_refuse_of_a_valid_file_is_told_by_a_rule(
    project: Project, image: str, rule: str
) -> None:
    """The schema lets it pass; `seatrial check` finds it, and synth fails with the same words."""
    set_container(project, f'{{image_uri: "{image}"}}')
    report = checked(project)
    (finding,) = report.errors
    assert finding.rule == rule
    assert str(finding.location).endswith("deployments/local.yaml:16")
    with pytest.raises(StacksError) as refusal:
        build_app(project.root)
    assert refusal.value.problems == tuple(str(each) for each in report.unacknowledged)


@pytest.mark.parametrize(
    "container",
    [
        '{environment: {SAGEMAKER_TRITON_DEFAULT_MODEL_NAME: "encoder"}}',
        f"{{environment: {{{', '.join(f'NAME_{number}: x' for number in range(98))}}}}}",
        f'{{image_uri: "{REGISTRY.replace("ecr", "ecr-fips")}/triton:1"}}',
        '{image_uri: "123456789012.dkr-ecr.eu-west-1.on.aws/triton:1"}',
    ],
)
def test_what_schema_and_rules_let_pass_constructs_take(project: Project, container: str) -> None:
    """Up to the limits, no layer contradicts another."""
    set_container(project, container)
    assert checked(project).errors == ()
    assert build_app(project.root)


def test_a_refusal_without_a_rule_is_told_with_its_line(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no rule has words for it, the construct's own stand, with the place in the file."""

    def refuse(uri: str) -> None:
        raise HostingError("image", [f"{uri} is refused."])

    monkeypatch.setattr(ContainerImage, "from_uri", refuse)
    set_container(project, f'{{image_uri: "{REGISTRY}/triton:1"}}')
    with pytest.raises(StacksError) as refusal:
        build_app(project.root)
    fast, cheap = refusal.value.problems
    assert "deployments/local.yaml:19: endpoints.fast: image: " in fast
    assert cheap.endswith(f"local.yaml:23: endpoints.cheap: image: {REGISTRY}/triton:1 is refused.")
