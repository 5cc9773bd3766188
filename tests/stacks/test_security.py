"""What the deployment file brings with it reaches every stack: keys, roles, bucket, boundary, tags."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from stacks import build_app

if TYPE_CHECKING:
    from tests.stacks.conftest import Project

KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
BUCKET_KEY = "arn:aws:kms:eu-west-1:123456789012:key/99999999-2222-3333-4444-555555555555"
ROLE = "arn:aws:iam::123456789012:role/serving"
BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"
COMPONENTS = """\
  shared:
    type: inference-components
    instances: {type: ml.m5.4xlarge, min: 1, max: 2}
    components:
      encoder:
        model: encoder
        copies: {min: 1, max: 1}
        compute: {memory_mib: 1024, cpus: 1}
"""


def say(project: "Project", line: str) -> None:
    """Add a section to the deployment file."""
    project.edit("models:\n", f"{line}\nmodels:\n")


def synthesized(project: "Project") -> dict[str, dict[str, Any]]:
    """Return each stack's template, by stack."""
    app = build_app(project.root, outdir=project.root / "cdk.out", builtin_validation=False)
    folder = Path(app.synth().directory)
    return {
        path.name.removesuffix(".template.json"): json.loads(path.read_text(encoding="utf-8"))
        for path in folder.glob("*.template.json")
    }


def of_type(template: Mapping[str, Any], resource_type: str) -> list[dict[str, Any]]:
    """Return the properties of the template's resources of a type."""
    return [each["Properties"] for each in template["Resources"].values() if each["Type"] == resource_type]


def stacks_of(project: "Project") -> dict[str, dict[str, Any]]:
    """Return what the last synth's manifest says of each stack."""
    manifest = json.loads((project.root / "cdk.out" / "manifest.json").read_text(encoding="utf-8"))
    return {
        name: each["properties"]
        for name, each in manifest["artifacts"].items()
        if each["type"] == "aws:cloudformation:stack"
    }


def test_tags_are_on_every_stack(project: "Project") -> None:
    """CloudFormation passes stack tags on to every resource that takes tags; ours stay."""
    say(project, 'tags: {team: vision, cost center: "42"}')
    synthesized(project)
    for name, stack in stacks_of(project).items():
        ours = {"seatrial:deployment": "trial"}
        expected = {"team": "vision", "cost center": "42", **ours}
        assert {key: stack["tags"][key] for key in expected} == expected, name


def test_stacks_are_protected_outside_of_the_laptop(project: "Project") -> None:
    """The network and the endpoints are; components come back from the file and are not."""
    project.edit("endpoints:\n", f"endpoints:\n{COMPONENTS}")
    synthesized(project)
    protected = {name for name, stack in stacks_of(project).items() if stack.get("terminationProtection")}
    assert protected == {"trial-network", "trial-fast", "trial-cheap", "trial-shared"}


def test_the_laptops_stacks_are_not_protected(project: "Project") -> None:
    """What is in the laptop's AWS is thrown away every day."""
    project.edit('account: "123456789012"', 'account: "000000000000"')
    synthesized(project)
    assert [name for name, each in stacks_of(project).items() if each.get("terminationProtection")] == []


@pytest.mark.parametrize(("account", "declared"), [("123456789012", False), ("000000000000", True)])
def test_protection_can_be_said(project: "Project", account: str, *, declared: bool) -> None:
    """What the file says goes before both defaults."""
    project.edit('account: "123456789012"', f'account: "{account}"')
    say(project, f"security: {{termination_protection: {str(declared).lower()}}}")
    synthesized(project)
    assert stacks_of(project)["trial-network"].get("terminationProtection", False) is declared


def test_a_boundary_bounds_every_role(project: "Project") -> None:
    """Roles of models, endpoints, flow logs: of every stack."""
    project.edit("endpoints:\n", f"endpoints:\n{COMPONENTS}")
    say(project, f"security: {{permissions_boundary: '{BOUNDARY}'}}")
    roles = [
        role for template in synthesized(project).values() for role in of_type(template, "AWS::IAM::Role")
    ]
    assert len(roles) >= 5
    assert {role.get("PermissionsBoundary") for role in roles} == {BOUNDARY}


def test_a_key_of_ones_own_is_used_and_none_created(project: "Project") -> None:
    """For volumes and for the logs of components; a type with local disks still takes none."""
    project.edit("endpoints:\n", f"endpoints:\n{COMPONENTS}")
    say(project, f"security: {{kms_key: '{KEY}'}}")
    templates = synthesized(project)
    keys = {
        name: [each.get("KmsKeyId") for each in of_type(template, "AWS::SageMaker::EndpointConfig")]
        for name, template in templates.items()
    }
    assert (keys["trial-cheap"], keys["trial-shared"], keys["trial-fast"]) == ([KEY], [KEY], [None])
    assert [name for name, template in templates.items() if of_type(template, "AWS::KMS::Key")] == []
    groups = of_type(templates["trial-shared-components-1"], "AWS::Logs::LogGroup")
    assert [each["KmsKeyId"] for each in groups] == [KEY]


def test_a_role_of_ones_own_serves_the_model(project: "Project") -> None:
    """The model has it, nothing is made or granted, and the rule tells what it must allow."""
    project.edit(
        "    triton: {max_batch_size: 8,",
        f"    container: {{execution_role: '{ROLE}'}}\n    triton: {{max_batch_size: 8,",
    )
    template = synthesized(project)["trial-cheap"]
    assert of_type(template, "AWS::SageMaker::Model")[0]["ExecutionRoleArn"] == ROLE
    assert of_type(template, "AWS::IAM::Role") == of_type(template, "AWS::IAM::Policy") == []
    report = (project.root / "cdk.out" / "validation-report.json").read_text(encoding="utf-8")
    assert f"{ROLE} is not made here. It must allow: " in report


def test_artifacts_and_templates_go_into_ones_own_bucket(project: "Project") -> None:
    """What is published, what the model reads and what its role may read name the same bucket."""
    say(project, f"security: {{artifact_bucket: {{name: artifacts-of-vision, kms_key: '{BUCKET_KEY}'}}}}")
    templates = synthesized(project)
    for name, stack in stacks_of(project).items():
        assert stack["stackTemplateAssetObjectUrl"].startswith("s3://artifacts-of-vision/"), name
        assets = json.loads((project.root / "cdk.out" / f"{name}.assets.json").read_text(encoding="utf-8"))
        for file in assets["files"].values():
            assert {each["bucketName"] for each in file["destinations"].values()} == {"artifacts-of-vision"}
    template = templates["trial-cheap"]
    [model] = of_type(template, "AWS::SageMaker::Model")
    address = model["PrimaryContainer"]["ModelDataUrl"]
    assert address.startswith("s3://artifacts-of-vision/")
    granted = json.dumps(of_type(template, "AWS::IAM::Policy"))
    assert f"arn:aws:s3:::{address.removeprefix('s3://')}" in granted
    assert BUCKET_KEY in granted


def test_every_stack_publishes_its_own_assets_only(project: "Project") -> None:
    """One synthesizer for each stack: two would mix what they publish."""
    say(project, "security: {artifact_bucket: {name: artifacts-of-vision}}")
    synthesized(project)
    published = {
        name: len(json.loads((project.root / "cdk.out" / f"{name}.assets.json").read_text("utf-8"))["files"])
        for name in stacks_of(project)
    }
    assert published == {"trial-network": 1, "trial-fast": 2, "trial-cheap": 2}


def test_alarms_are_those_of_the_file(project: "Project") -> None:
    """Each endpoint has its alarm on errors; a latency adds another, and topics are told."""
    topic = "arn:aws:sns:eu-west-1:123456789012:on-call"
    project.edit(
        "    instances: {type: ml.m5.xlarge}\n",
        "    instances: {type: ml.m5.xlarge}\n"
        f"    alarms: {{errors_per_minute: 2, model_latency_p99_milliseconds: 2, notify: ['{topic}']}}\n",
    )
    templates = synthesized(project)
    alarms = {each["AlarmName"]: each for each in of_type(templates["trial-cheap"], "AWS::CloudWatch::Alarm")}
    assert set(alarms) == {"trial-cheap-server-errors", "trial-cheap-model-latency"}
    assert alarms["trial-cheap-server-errors"]["Threshold"] == 2
    assert alarms["trial-cheap-model-latency"]["Threshold"] == 2000
    assert alarms["trial-cheap-server-errors"]["AlarmActions"] == [topic]
    [default] = of_type(templates["trial-fast"], "AWS::CloudWatch::Alarm")
    assert (default["AlarmName"], default["Threshold"]) == ("trial-fast-server-errors", 5)


def test_an_acknowledgment_under_security_holds_for_every_stack(project: "Project") -> None:
    """A boundary bounds roles of all stacks: one reason is enough."""
    reason = "SEA867: 'the boundary was reviewed in March'"
    say(project, f"security: {{permissions_boundary: '{BOUNDARY}', acknowledge: {{{reason}}}}}")
    synthesized(project)
    report = json.loads((project.root / "cdk.out" / "validation-report.json").read_text(encoding="utf-8"))
    found = [each["ruleName"] for part in report["pluginReports"] for each in part["violations"]]
    assert "SEA867" not in found
