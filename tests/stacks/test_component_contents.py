"""Components without a Model, adapters and dashboards, from the file to the templates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from preflight.shard_plan import shard_plans
from spec import load_deployment
from stacks import build_app

if TYPE_CHECKING:
    from tests.stacks.conftest import Project

COMPONENTS = """\
endpoints:
  shared:
    type: inference-components
    instances: {type: ml.g4dn.2xlarge, max: 8}
    components:
      classifier:
        model: classifier
        copies: {min: 1, max: 1}
        compute: {accelerators: 1, memory_mib: 4096}
        inline_container: true
        metrics_endpoint: {path: /metrics}
        server_errors_per_minute: 7
        rolling_update: {rollback_alarms: [trial-shared-slow]}
      encoder:
        model: encoder
        copies: {min: 2, max: 2}
        compute: {memory_mib: 1024, cpus: 1}
    adapters:
      french: {base: encoder, artifact: s3://adapters/french.tar.gz}
      german: {base: classifier, artifact: s3://adapters/german.tar.gz}
"""

Templates = dict[str, dict[str, Any]]


@pytest.fixture
def contents(project: Project) -> Project:
    """A packaged project with a component that has no Model, and an adapter of each component."""
    text = project.deployment.read_text(encoding="utf-8")
    project.deployment.write_text(text[: text.index("endpoints:")] + COMPONENTS, encoding="utf-8")
    return project


def synthesized(root: Path) -> Templates:
    """Synthesize without CDK's own rules; return every template by stack."""
    app = build_app(root, outdir=root / "cdk.out", builtin_validation=False)
    folder = Path(app.synth().directory)
    return {
        path.name.removesuffix(".template.json"): json.loads(path.read_text(encoding="utf-8"))
        for path in folder.glob("*.template.json")
    }


def of_type(template: dict[str, Any], resource_type: str) -> dict[str, dict[str, Any]]:
    """Return the resources of a type by logical id."""
    return {
        name: each for name, each in template["Resources"].items() if each["Type"] == f"AWS::{resource_type}"
    }


@pytest.fixture
def components(contents: Project) -> dict[str, Any]:
    """The template of the stack with components."""
    return synthesized(contents.root)["trial-shared-components-1"]


def by_name(template: dict[str, Any]) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return logical id and resource of every component and adapter by its name in SageMaker."""
    found = of_type(template, "SageMaker::InferenceComponent")
    return {each["Properties"]["InferenceComponentName"]: (name, each) for name, each in found.items()}


def test_an_inline_container_takes_the_place_of_the_model(components: dict[str, Any]) -> None:
    """The component itself has the image, artifact and environment that its Model would have."""
    assert len(of_type(components, "SageMaker::Model")) == 1
    _, classifier = by_name(components)["trial-shared-classifier"]
    specification = classifier["Properties"]["Specification"]
    assert "ModelName" not in specification
    container = specification["Container"]
    assert "sagemaker-tritonserver" in container["Image"]
    assert container["ArtifactUrl"].endswith(".tar.gz")
    assert container["Environment"] == {"SAGEMAKER_TRITON_DEFAULT_MODEL_NAME": "classifier"}
    assert container["ContainerMetricsConfig"] == {
        "MetricsEndpoints": [{"MetricsEndpointPath": "/metrics"}],
    }


def test_the_endpoints_role_serves_it(components: dict[str, Any]) -> None:
    """The endpoint's role reads the artifact, pulls the image and writes the log; the component waits."""
    policies = {
        name: each
        for name, each in of_type(components, "IAM::Policy").items()
        if name.startswith("classifieraccess")
    }
    [(name, policy)] = policies.items()
    assert "Fn::ImportValue" in policy["Properties"]["Roles"][0]
    actions = [each["Action"] for each in policy["Properties"]["PolicyDocument"]["Statement"]]
    assert actions[0] == "s3:GetObject"
    assert "ecr:BatchGetImage" in actions[1]
    assert "logs:PutLogEvents" in actions[2]
    _, classifier = by_name(components)["trial-shared-classifier"]
    assert name in classifier["DependsOn"]


def test_an_adapter_is_its_artifact_alone(components: dict[str, Any]) -> None:
    """An adapter names its base and its artifact: no copies, no compute, no rolling update."""
    _, french = by_name(components)["trial-shared-french"]
    assert french["Properties"] == {
        "InferenceComponentName": "trial-shared-french",
        "EndpointName": "trial-shared",
        "VariantName": "AllTraffic",
        "Specification": {
            "BaseInferenceComponentName": "trial-shared-encoder",
            "Container": {"ArtifactUrl": "s3://adapters/french.tar.gz"},
        },
    }


def test_an_adapter_comes_after_its_base_and_what_it_may_read(components: dict[str, Any]) -> None:
    """Its base is there before and goes after it; both roles that may load it read exactly its artifact."""
    found = by_name(components)
    _, french = found["trial-shared-french"]
    base, _ = found["trial-shared-encoder"]
    [(name, policy)] = [
        item for item in of_type(components, "IAM::Policy").items() if item[0].startswith("frenchadapter")
    ]
    assert {base, name} <= set(french["DependsOn"])
    [statement] = policy["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Resource"] == "arn:aws:s3:::adapters/french.tar.gz"
    assert [next(iter(role)) for role in policy["Properties"]["Roles"]] == ["Fn::ImportValue", "Ref"]


def test_an_adapter_of_a_component_without_a_model(components: dict[str, Any]) -> None:
    """There the endpoint's role alone loads it."""
    [policy] = [
        each for name, each in of_type(components, "IAM::Policy").items() if name.startswith("germanadapter")
    ]
    assert [next(iter(role)) for role in policy["Properties"]["Roles"]] == ["Fn::ImportValue"]


def test_what_rolls_an_update_back(components: dict[str, Any]) -> None:
    """The alarms of the file come first, then the component's own, which goes off at the file's number."""
    _, classifier = by_name(components)["trial-shared-classifier"]
    alarms = classifier["Properties"]["DeploymentConfig"]["AutoRollbackConfiguration"]["Alarms"]
    own = "trial-shared-classifier-server-errors"
    assert [each["AlarmName"] for each in alarms] == ["trial-shared-slow", own]
    thresholds = {
        each["Properties"]["AlarmName"]: each["Properties"]["Threshold"]
        for each in of_type(components, "CloudWatch::Alarm").values()
    }
    assert thresholds[own] == 7
    assert thresholds["trial-shared-encoder-server-errors"] == 5


def test_components_come_and_go_without_a_change_to_their_endpoint(contents: Project) -> None:
    """The endpoint's template is the same with and without what its role serves."""
    before = synthesized(contents.root)["trial-shared"]
    contents.edit("        inline_container: true\n        metrics_endpoint: {path: /metrics}\n", "")
    contents.edit("      german: {base: classifier, artifact: s3://adapters/german.tar.gz}\n", "")
    after = synthesized(contents.root)
    assert after["trial-shared"] == before
    assert len(of_type(after["trial-shared-components-1"], "SageMaker::Model")) == 2


def test_an_adapter_moves_with_its_base(contents: Project) -> None:
    """The plan for another number of shards tells where adapters go, beside their bases."""
    contents.edit("    components:\n", "    shards: 6\n    components:\n")
    [plan] = shard_plans(load_deployment(contents.deployment), {})
    moves = dict(line.split(": ") for line in plan.moves)
    for adapter, base in (("french", "encoder"), ("german", "classifier")):
        assert moves.get(f"trial-shared-{adapter}") == moves.get(f"trial-shared-{base}")
    assert "trial-shared-french" in moves


def test_adapters_are_in_the_stack_of_their_base(contents: Project) -> None:
    """Whatever the number of shards, an adapter's base is in its own stack."""
    contents.edit("    components:\n", "    shards: 6\n    components:\n")
    lock = contents.deployment.with_name("local.shards.json")
    lock.write_text('{"shared": 6}', encoding="utf-8")
    for template in synthesized(contents.root).values():
        names = set(by_name(template)) if "Resources" in template else set()
        for adapter, base in (("french", "encoder"), ("german", "classifier")):
            assert (f"trial-shared-{adapter}" in names) == (f"trial-shared-{base}" in names)


def test_an_ordinary_endpoint_has_a_dashboard(project: Project) -> None:
    """It is called after its stack and shows that endpoint's variant."""
    templates = synthesized(project.root)
    [dashboard] = of_type(templates["trial-fast"], "CloudWatch::Dashboard").values()
    assert dashboard["Properties"]["DashboardName"] == "trial-fast"
    assert (
        '"EndpointName","trial-fast","VariantName","AllTraffic"' in dashboard["Properties"]["DashboardBody"]
    )


def test_a_component_may_be_called_as_the_access_of_an_adapter(contents: Project) -> None:
    """Keys are the user's: a component ``french-adapter`` beside the adapter ``french`` is no clash."""
    text = contents.deployment.read_text(encoding="utf-8")
    contents.deployment.write_text(
        text.replace("      classifier:\n        model", "      french-adapter:\n        model").replace(
            "base: classifier", "base: french-adapter"
        ),
        encoding="utf-8",
    )
    names = by_name(synthesized(contents.root)["trial-shared-components-1"])
    assert {"trial-shared-french-adapter", "trial-shared-french"} <= set(names)
