"""Endpoints with components as stacks: what the file says reaches the templates, and what changes what."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from preflight import check_deployment
from spec import load_deployment
from stacks import StacksError, build_app

if TYPE_CHECKING:
    from tests.stacks.conftest import Project

COMPONENTS = """\
endpoints:
  shared:
    type: inference-components
    instances: {type: ml.g4dn.2xlarge, min: 0, max: 8}
    shards: 2
    logs: {retention_days: 7}
    components:
      classifier:
        model: classifier
        copies: {min: 0, max: 3}
        compute: {accelerators: 1, cpus: 2, memory_mib: 4096}
        scaling: {invocations_per_copy: 300, scale_in_cooldown_seconds: 60, disable_scale_in: true}
        placement: {strategy: BINPACK}
      encoder:
        model: encoder
        copies: {min: 2, max: 2}
        compute: {memory_mib: 1024, cpus: 1}
"""


@pytest.fixture
def shared(project: Project) -> Project:
    """A packaged project with two components in two accepted shards."""
    text = project.deployment.read_text(encoding="utf-8")
    project.deployment.write_text(text[: text.index("endpoints:")] + COMPONENTS, encoding="utf-8")
    lock = project.deployment.with_name("local.shards.json")
    lock.write_text('{"shared": 2}', encoding="utf-8")
    return project


def synthesized(root: Path) -> dict[str, bytes]:
    """Synthesize without CDK's own rules; return every template's bytes by stack."""
    app = build_app(root, outdir=root / "cdk.out", builtin_validation=False)
    folder = Path(app.synth().directory)
    return {
        path.name.removesuffix(".template.json"): path.read_bytes() for path in folder.glob("*.template.json")
    }


def violations(root: Path, kind: str) -> set[str]:
    """Synthesize, and return the rules of Seatrial's own that found something."""
    synthesized(root)
    document = json.loads((root / "cdk.out" / "validation-report.json").read_text(encoding="utf-8"))
    return {
        violation["ruleName"]
        for report in document["pluginReports"]
        if report["pluginName"] == "seatrial"
        for violation in report.get(kind, [])
    }


def resources(templates: dict[str, bytes], resource_type: str) -> list[dict[str, Any]]:
    """Return the properties of all resources of a type, over all stacks with components."""
    return [
        resource["Properties"]
        for name, template in sorted(templates.items())
        if "-components-" in name
        for resource in json.loads(template).get("Resources", {}).values()
        if resource["Type"] == resource_type
    ]


def test_an_endpoint_has_a_stack_and_its_components_theirs(shared: Project) -> None:
    """Stacks are called after the deployment, the endpoint's key and the shard."""
    assert set(synthesized(shared.root)) == {
        "trial-network",
        "trial-shared",
        "trial-shared-components-1",
        "trial-shared-components-2",
    }


def test_stacks_of_components_follow_the_endpoint(shared: Project) -> None:
    """`cdk destroy` removes components before their endpoint."""
    app = build_app(shared.root, outdir=shared.root / "cdk.out", builtin_validation=False)
    stack = app.synth().get_stack_by_name("trial-shared-components-1")
    assert "trial-shared" in [each.id for each in stack.dependencies]


def test_what_the_file_says_reaches_the_components(shared: Project) -> None:
    """Copies, compute, placement, scaling and retention of the file are those of the templates."""
    templates = synthesized(shared.root)
    found = resources(templates, "AWS::SageMaker::InferenceComponent")
    by_name = {each["InferenceComponentName"]: each for each in found}
    classifier = by_name["trial-shared-classifier"]
    specification = classifier["Specification"]
    assert specification["ComputeResourceRequirements"] == {
        "MinMemoryRequiredInMb": 4096,
        "NumberOfCpuCoresRequired": 2,
        "NumberOfAcceleratorDevicesRequired": 1,
    }
    assert specification["SchedulingConfig"]["PlacementStrategy"] == "BINPACK"
    assert specification["DataCacheConfig"] == {"EnableCaching": True}
    assert by_name["trial-shared-encoder"]["RuntimeConfig"] == {"CopyCount": 2}
    [target] = resources(templates, "AWS::ApplicationAutoScaling::ScalableTarget")
    assert (target["MinCapacity"], target["MaxCapacity"]) == (0, 3)
    policies = resources(templates, "AWS::ApplicationAutoScaling::ScalingPolicy")
    assert {each["PolicyType"] for each in policies} == {"TargetTrackingScaling", "StepScaling"}
    [tracking] = [each for each in policies if each["PolicyType"] == "TargetTrackingScaling"]
    assert tracking["TargetTrackingScalingPolicyConfiguration"]["ScaleInCooldown"] == 60
    assert tracking["TargetTrackingScalingPolicyConfiguration"]["DisableScaleIn"] is True
    groups = resources(templates, "AWS::Logs::LogGroup")
    assert {each["RetentionInDays"] for each in groups} == {7}
    assert all("Fn::ImportValue" in each["KmsKeyId"] for each in groups)


@pytest.mark.parametrize("change", ["weights", "tags", "memory"])
def test_no_update_has_a_number_of_copies(shared: Project, change: str) -> None:
    """A changed model, tag or requirement, and going back on it: no template has copies to go back to."""
    if change == "weights":
        shared.package(weights="others")
    if change == "tags":
        shared.edit("name: trial", "name: trail")
        shared.package()
    if change == "memory":
        shared.edit("memory_mib: 4096", "memory_mib: 8192")
    scaled = [
        each
        for each in resources(synthesized(shared.root), "AWS::SageMaker::InferenceComponent")
        if each["InferenceComponentName"].endswith("classifier")
    ]
    assert [each.get("RuntimeConfig") for each in scaled] == [None]


def test_a_new_component_changes_one_stack(shared: Project) -> None:
    """Its own; the endpoint's, the network's and the other components' stay byte for byte."""
    before = synthesized(shared.root)
    shared.edit(
        "      encoder:\n        model: encoder\n        copies",
        "      another: {model: encoder, copies: {min: 1, max: 1}, compute: {memory_mib: 512}}\n"
        "      encoder:\n        model: encoder\n        copies",
    )
    after = synthesized(shared.root)
    assert len([name for name in after if after[name] != before[name]]) == 1


def test_a_shard_without_components_is_an_empty_stack(shared: Project) -> None:
    """`cdk deploy` deletes a stack whose last component has gone, because it is still told of it."""
    text = shared.deployment.read_text(encoding="utf-8")
    shared.deployment.write_text(text[: text.index("    components:")], encoding="utf-8")
    templates = synthesized(shared.root)
    assert "Resources" not in json.loads(templates["trial-shared-components-1"])


def test_instances_of_several_types_have_a_specification_each(shared: Project) -> None:
    """CloudFormation wants one specification for each instance type of pools."""
    shared.edit(
        "{type: ml.g4dn.2xlarge, min: 0, max: 8}",
        "{pools: [{type: ml.g4dn.2xlarge, priority: 2}, {type: ml.g5.2xlarge, priority: 1}], min: 0, max: 8}",
    )
    for component in resources(synthesized(shared.root), "AWS::SageMaker::InferenceComponent"):
        assert [each["InstanceType"] for each in component["Specifications"]] == [
            "ml.g5.2xlarge",
            "ml.g4dn.2xlarge",
        ]


def test_an_unaccepted_number_of_shards_stops_the_synth(shared: Project) -> None:
    """Nothing is synthesized before someone has seen what moves."""
    shared.edit("    shards: 2\n", "    shards: 3\n")
    with pytest.raises(StacksError) as raised:
        synthesized(shared.root)
    report = check_deployment(load_deployment(shared.deployment), shared.root / "build", shared.root)
    [finding] = report.errors
    assert finding.what.startswith("3 stacks of components are declared, and 2 accepted")
    assert raised.value.problems == tuple(str(each) for each in report.unacknowledged)


def test_an_acknowledgment_reaches_the_component(shared: Project) -> None:
    """An acknowledged finding about a component stays in the report, with the reason, and stops nothing."""
    shared.edit("min: 0, max: 8}", "min: 0, max: 3}")
    assert "SEA523" in violations(shared.root, "violations")
    reason = "updates are made at night, when there is one copy"
    acknowledged = f'        model: classifier\n        acknowledge: {{SEA523: "{reason}"}}\n'
    shared.edit("        model: classifier\n", acknowledged)
    assert "SEA523" not in violations(shared.root, "violations")


def test_scaling_of_an_ordinary_endpoint(project: Project) -> None:
    """Instances follow the load, and a deploy keeps their number."""
    project.edit(
        "    instances: {type: ml.m5.xlarge}\n",
        "    instances: {type: ml.m5.xlarge}\n"
        "    scaling: {min: 1, max: 4, invocations_per_instance: 100, scale_out_cooldown_seconds: 60}\n",
    )
    template = json.loads(synthesized(project.root)["trial-cheap"])
    by_type = {each["Type"]: each for each in template["Resources"].values()}
    assert by_type["AWS::SageMaker::Endpoint"]["Properties"]["RetainAllVariantProperties"] is True
    target = by_type["AWS::ApplicationAutoScaling::ScalableTarget"]
    assert target["Properties"]["ResourceId"] == "endpoint/trial-cheap/variant/AllTraffic"
    assert target["DependsOn"]
    policy = by_type["AWS::ApplicationAutoScaling::ScalingPolicy"]["Properties"]
    assert policy["TargetTrackingScalingPolicyConfiguration"]["ScaleOutCooldown"] == 60


@pytest.mark.integration
def test_a_stack_with_too_many_resources_is_refused(shared: Project) -> None:
    """CloudFormation takes 500: the message says how many components fit."""
    more = "".join(
        f"      c{number}: {{model: encoder, copies: {{min: 1, max: 1}}, compute: {{memory_mib: 128}}}}\n"
        for number in range(150)
    )
    text = shared.deployment.read_text(encoding="utf-8")
    shared.deployment.write_text(text + more, encoding="utf-8")
    with pytest.raises(StacksError, match=r"takes 500 in a stack\. Raise shards, now 2: 70 such"):
        synthesized(shared.root)
