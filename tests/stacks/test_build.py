from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import spec
from preflight import Report, check_deployment
from spec import DeploymentFileError
from stacks import StacksError, build_app

if TYPE_CHECKING:
    from tests.stacks.conftest import Project

REASON = "accepted by the platform team, in this test"


def synthesized(root: Path, **arguments: Any) -> dict[str, bytes]:  # noqa: ANN401 - passed on
    """Synthesize without CDK's own rules; return every template's bytes by stack."""
    app = build_app(root, outdir=root / "cdk.out", builtin_validation=False, **arguments)
    folder = Path(app.synth().directory)
    return {
        path.name.removesuffix(".template.json"): path.read_bytes() for path in folder.glob("*.template.json")
    }


def properties(template: bytes, resource_type: str) -> dict[str, Any]:
    """Return the properties of the template's one resource of the type."""
    found = [each for each in json.loads(template)["Resources"].values() if each["Type"] == resource_type]
    assert len(found) == 1
    one: dict[str, Any] = found[0]["Properties"]
    return one


def violations(root: Path, plugin: str, kind: str = "violations") -> list[dict[str, Any]]:
    """Return what one validation said of the last synth."""
    document = json.loads((root / "cdk.out" / "validation-report.json").read_text(encoding="utf-8"))
    return [
        violation
        for report in document["pluginReports"]
        if report["pluginName"] == plugin
        for violation in report.get(kind, [])
    ]


def test_a_deployment_becomes_a_network_and_a_stack_per_endpoint(project: Project) -> None:
    """Stacks are called after the deployment and the endpoints' keys."""
    assert set(synthesized(project.root)) == {"trial-network", "trial-fast", "trial-cheap"}


def test_what_the_file_says_reaches_the_endpoint(project: Project) -> None:
    """Instances, routing, model and container of the file are those of the template."""
    project.edit(
        "    instances: {type: ml.m5.xlarge}\n",
        "    instances: {type: ml.m5.xlarge, count: 3}\n"
        "    endpoint_name: by-another-name\n"
        "    variant_name: Blue\n"
        "    routing: RANDOM\n"
        "    container_startup_health_check_timeout_seconds: 600\n"
        "    model_data_download_timeout_seconds: 900\n",
    )
    project.edit(
        "    triton: {max_batch_size: 8,",
        '    container: {triton_release: "25.04", environment: {SAGEMAKER_TRITON_LOG_VERBOSE: "false"}}\n'
        "    triton: {max_batch_size: 8,",
    )
    template = synthesized(project.root)["trial-cheap"]
    assert properties(template, "AWS::SageMaker::Endpoint")["EndpointName"] == "by-another-name"
    (variant,) = properties(template, "AWS::SageMaker::EndpointConfig")["ProductionVariants"]
    assert variant["InstanceType"] == "ml.m5.xlarge"
    assert variant["InitialInstanceCount"] == 3
    assert variant["VariantName"] == "Blue"
    assert variant["RoutingConfig"] == {"RoutingStrategy": "RANDOM"}
    assert variant["ContainerStartupHealthCheckTimeoutInSeconds"] == 600
    assert variant["ModelDataDownloadTimeoutInSeconds"] == 900
    container = properties(template, "AWS::SageMaker::Model")["PrimaryContainer"]
    assert container["Image"].endswith("/sagemaker-tritonserver:25.04-py3")
    assert container["Environment"] == {
        "SAGEMAKER_TRITON_DEFAULT_MODEL_NAME": "encoder",
        "SAGEMAKER_TRITON_LOG_VERBOSE": "false",
    }


def test_the_default_model_of_the_environment_is_the_containers(project: Project) -> None:
    """A variable that the rules know as the user's to set is taken from the file, once."""
    project.edit(
        "    triton: {max_batch_size: 8,",
        '    container: {environment: {SAGEMAKER_TRITON_DEFAULT_MODEL_NAME: "encoder", OURS: "1"}}\n'
        "    triton: {max_batch_size: 8,",
    )
    template = synthesized(project.root)["trial-cheap"]
    assert properties(template, "AWS::SageMaker::Model")["PrimaryContainer"]["Environment"] == {
        "SAGEMAKER_TRITON_DEFAULT_MODEL_NAME": "encoder",
        "OURS": "1",
    }


def test_an_image_of_ones_own_is_used(project: Project) -> None:
    """`image_uri` goes before the release."""
    uri = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/mirrors/triton:24.09-py3"
    project.edit(
        "    triton: {max_batch_size: 8,",
        f'    container: {{image_uri: "{uri}"}}\n    triton: {{max_batch_size: 8,',
    )
    template = synthesized(project.root)["trial-cheap"]
    assert properties(template, "AWS::SageMaker::Model")["PrimaryContainer"]["Image"] == uri


def test_outputs_say_how_to_call_the_endpoint(project: Project) -> None:
    """Name and ARN of each endpoint are outputs of its stack."""
    outputs = json.loads(synthesized(project.root)["trial-fast"])["Outputs"]
    assert outputs["EndpointName"]["Value"] == "trial-fast"
    assert "Ref" in outputs["EndpointArn"]["Value"]


def test_stacks_are_tagged_with_the_deployment(project: Project) -> None:
    """CloudFormation passes stack tags on to every resource that takes tags."""
    synthesized(project.root)
    manifest = json.loads((project.root / "cdk.out" / "manifest.json").read_text(encoding="utf-8"))
    tags = {name: each["properties"].get("tags") for name, each in manifest["artifacts"].items()}
    assert tags["trial-network"] == {"seatrial:deployment": "trial"}
    assert tags["trial-fast"] == {"seatrial:deployment": "trial", "seatrial:model": "classifier"}


def test_the_networks_exports_do_not_depend_on_who_uses_them(project: Project) -> None:
    """Taking endpoints away changes what VPC endpoints let through, and no export goes under an import."""
    before = synthesized(project.root)
    text = project.deployment.read_text(encoding="utf-8")
    project.deployment.write_text(text[: text.index("endpoints:")] + "endpoints: {}\n", encoding="utf-8")
    after = synthesized(project.root)
    assert set(after) - {"trial-fast", "trial-cheap"} == {"trial-network"}
    networks = [json.loads(each["trial-network"]) for each in (before, after)]
    assert networks[0]["Outputs"] == networks[1]["Outputs"]
    for network in networks:
        for resource in network["Resources"].values():
            if resource["Type"] == "AWS::EC2::VPCEndpoint":
                del resource["Properties"]["PolicyDocument"]
    assert networks[0] == networks[1]


def test_endpoints_import_the_network(project: Project) -> None:
    """References are CloudFormation imports: nothing deletes a network that an endpoint is in."""
    template = synthesized(project.root)["trial-fast"]
    subnets = properties(template, "AWS::SageMaker::Model")["VpcConfig"]["Subnets"]
    assert [list(each) for each in subnets] == [["Fn::ImportValue"]] * 2


def test_the_same_input_gives_the_same_bytes_from_any_folder(
    make_project: Callable[[str], Project],
) -> None:
    """Templates carry no folder, no clock and no chance."""
    here, there = make_project("here"), make_project("far/away")
    first = synthesized(here.root)
    assert synthesized(here.root) == first
    assert synthesized(there.root) == first


def test_a_changed_model_changes_its_own_stack_only(project: Project) -> None:
    """New weights give a new artifact address and policy; the endpoint's name and the rest stay."""
    before = synthesized(project.root)
    project.package(weights="others")
    after = synthesized(project.root)
    assert after["trial-network"] == before["trial-network"]
    old, new = (properties(each["trial-fast"], "AWS::SageMaker::Model") for each in (before, after))
    assert old["PrimaryContainer"].pop("ModelDataUrl") != new["PrimaryContainer"].pop("ModelDataUrl")
    assert old == new
    for unchanged in ("AWS::SageMaker::EndpointConfig", "AWS::SageMaker::Endpoint", "AWS::IAM::Role"):
        assert properties(before["trial-fast"], unchanged) == properties(after["trial-fast"], unchanged)


def test_the_context_chooses_the_deployment_file(project: Project) -> None:
    """`-c deployment=` names a file from the project's root."""
    project.deployment.rename(project.root / "deployments" / "other.yaml")
    assert synthesized(project.root, context={"deployment": "deployments/other.yaml"})


@pytest.mark.integration
def test_cdk_nag_finds_nothing(project: Project) -> None:
    """A whole deployment has no unacknowledged finding of AwsSolutions."""
    synthesized(project.root)
    assert violations(project.root, "AwsSolutions") == []


@pytest.mark.integration
def test_cdk_nag_is_left_out_when_the_context_says_so(project: Project) -> None:
    """`-c seatrial:nag=false`, a string as the CLI gives it, keeps cdk-nag from being imported."""
    script = (
        "import pathlib, sys; from stacks import build_app; "
        f"build_app(pathlib.Path({str(project.root)!r}), context={{'seatrial:nag': 'false'}}); "
        "print('cdk_nag' in sys.modules)"
    )
    done = run_python(script)
    assert done == "False\n"


@pytest.mark.integration
def test_synth_imports_neither_torch_nor_aws_clients(project: Project) -> None:
    """What builds models or talks to AWS is not there where synth runs, so nothing may import it."""
    script = (
        "import pathlib, sys; from stacks import build_app; "
        f"root = pathlib.Path({str(project.root)!r}); "
        "build_app(root, outdir=root / 'cdk.out', builtin_validation=False).synth(); "
        "heavy = {'torch', 'numpy', 'boto3', 'botocore', 'sagemaker', 'google', 'tritonclient'}; "
        "heavy |= {'factories'}; "
        "print(sorted(heavy & {name.partition('.')[0] for name in sys.modules}))"
    )
    assert run_python(script) == "[]\n"


def run_python(script: str) -> str:
    root = Path(__file__).parents[2]
    path = os.pathsep.join([str(root), str(root / "constructs")])
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": path},
    )
    return done.stdout


@pytest.mark.parametrize(
    ("place", "construct"),
    [
        ("network:\n", "trial-network/Network"),
        ("  encoder:\n", "trial-cheap/Model"),
        ("  cheap:\n", "trial-cheap/Endpoint"),
    ],
)
def test_an_acknowledgment_of_the_file_is_one_of_the_construct(
    project: Project, place: str, construct: str
) -> None:
    """Each `acknowledge` entry stands, with its reason, on the construct its section became."""
    indent = "  " if place.startswith("network") else "    "
    project.edit(place, f'{place}{indent}acknowledge: {{"AwsSolutions-XYZ1": "{REASON}"}}\n')
    app = build_app(project.root, builtin_validation=False)
    stack, name = construct.split("/")
    entries = app.node.find_child(stack).node.find_child(name).node.metadata
    acknowledged = {
        rule: reason
        for entry in entries
        if entry.type == "aws:cdk:acknowledged-rules"
        for rule, reason in entry.data.items()
    }
    assert acknowledged.pop("Annotation::AwsSolutions-XYZ1") == REASON


def test_an_acknowledged_finding_is_suppressed_with_its_reason(project: Project) -> None:
    """Seatrial's own rule, acknowledged in the file, stays in the report among the suppressed findings."""
    before = synthesized(project.root)
    rules = {each["ruleName"] for each in violations(project.root, "seatrial")}
    assert "SEA701" in rules
    project.edit("network:\n", f'network:\n  acknowledge: {{SEA701: "{REASON}"}}\n')
    assert synthesized(project.root) == before
    assert "SEA701" not in {each["ruleName"] for each in violations(project.root, "seatrial")}
    suppressed = violations(project.root, "seatrial", "suppressedViolations")
    assert [(each["ruleName"], each["reason"]) for each in suppressed] == [("SEA701", REASON)]


def test_a_model_that_changed_since_packaging_fails_the_synth(project: Project) -> None:
    """A manifest older than its factory is a finding, never a silent rebuild."""
    (project.root / "factories.py").write_text("CHANGED = True\n", encoding="utf-8")
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        synthesized(project.root)
    found = violations(project.root, "seatrial")
    assert any("factories.py" in each["description"] for each in found)


def test_a_wrong_deployment_file_is_refused(project: Project) -> None:
    """Every problem of the file reaches the caller."""
    project.edit("type: ml.g4dn.xlarge", "type: g4dn.xlarge")
    project.edit("max_batch_size: 16", "max_batch_size: sixteen")
    with pytest.raises(DeploymentFileError) as refusal:
        build_app(project.root)
    assert len(refusal.value.problems) == 2


def checked(project: Project) -> Report:
    return check_deployment(spec.load_deployment(project.deployment), project.root / "build", project.root)


def test_models_without_a_manifest_are_told_in_the_rules_words(project: Project) -> None:
    """`cdk synth` says what `seatrial check` says, line for line, of every model at once."""
    classifier, encoder = sorted(project.root.glob("build/trial/*/manifest.json"))
    classifier.unlink()
    encoder.write_text("{", encoding="utf-8")
    with pytest.raises(StacksError) as refusal:
        build_app(project.root)
    assert refusal.value.problems == tuple(str(finding) for finding in checked(project).unacknowledged)
    missing, unreadable, *_ = refusal.value.problems
    assert missing.startswith("deployments/local.yaml:9: SEA401 models.classifier: There is no build/trial/")
    assert unreadable.startswith("deployments/local.yaml:14: SEA402 models.encoder: build/trial/encoder/")


def test_an_acknowledgment_brings_no_manifest_back(project: Project) -> None:
    """A template can't name what does not exist, whatever the file acknowledges."""
    project.edit("  classifier:\n", f'  classifier:\n    acknowledge: {{SEA401: "{REASON}"}}\n')
    (project.root / "build/trial/classifier/manifest.json").unlink()
    with pytest.raises(StacksError) as refusal:
        build_app(project.root)
    *warnings, missing = refusal.value.problems
    assert ": SEA401 models.classifier: " in missing
    assert warnings == [str(finding) for finding in checked(project).warnings]


def remove_archive(folder: Path) -> None:
    next(folder.glob("classifier/*.tar.gz")).unlink()


def truncate_archive(folder: Path) -> None:
    next(folder.glob("classifier/*.tar.gz")).write_bytes(b"")


def take_the_other_manifest(folder: Path) -> None:
    (folder / "classifier/manifest.json").write_bytes((folder / "encoder/manifest.json").read_bytes())


@pytest.mark.parametrize(
    ("damage", "rule"),
    [(remove_archive, "SEA404"), (truncate_archive, "SEA405"), (take_the_other_manifest, "SEA407")],
)
def test_a_damaged_build_fails_the_synth(project: Project, damage: Callable[[Path], None], rule: str) -> None:
    """What would fail at upload, or serve something else, fails at synth by its rule."""
    damage(project.root / "build" / "trial")
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        synthesized(project.root)
    assert rule in {each["ruleName"] for each in violations(project.root, "seatrial")}


def test_a_broken_cdk_json_is_refused(project: Project) -> None:
    """Without its feature flags the same input would give other templates."""
    (project.root / "cdk.json").write_text("{}", encoding="utf-8")
    with pytest.raises(StacksError, match=r"cdk\.json: its context can't be read"):
        build_app(project.root)
