"""Endpoints with several models: their stacks, and what another model changes in these."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from model_packaging.artifact import MANIFEST_FILE_NAME, read_manifest, write_manifest
from stacks import StacksError, build_app
from stacks._container import RESPONSE_CACHE_BYTES

if TYPE_CHECKING:
    from tests.stacks.conftest import Project

CPU = "triton: {max_batch_size: 4, instance_group: [{kind: KIND_CPU}]}"
DEPLOYMENT = f"""\
name: trial
environment:
  account: "123456789012"
  region: eu-west-1
  availability_zones: [eu-west-1a, eu-west-1b]
network:
  private_link: [sagemaker.runtime, logs]
models:
  one:
    export: {{from: "factories:one", to: torchscript, how: trace}}
    {CPU}
  two:
    export: {{from: "factories:two", to: torchscript, how: trace}}
    {CPU}
  t-wo: # differs from the other by a hyphen
    export: {{from: "factories:two", to: torchscript, how: trace}}
    {CPU}
endpoints:
  many:
    type: multi-model
    models: [one, two]
    instances: {{type: ml.m5.large}}
  sides:
    type: pipeline
    inference_execution_mode: Direct
    containers: {{first: {{model: one}}, second: {{model: two}}}}
    instances: {{type: ml.m5.large}}
"""
BUCKET = "cdk-hnb659fds-assets-123456789012-eu-west-1"

Template = dict[str, Any]
Synth = Callable[[], dict[str, Template]]


@pytest.fixture
def project(make_project: "Callable[[str], Project]") -> "Project":
    """A packaged project with both endpoints."""
    project = make_project("several")
    project.deployment.write_text(DEPLOYMENT, encoding="utf-8")
    project.package()
    return project


@pytest.fixture
def synth(project: "Project") -> Synth:
    """Synthesize the project as it stands; return templates and asset lists by file name."""

    def files() -> dict[str, Template]:
        folder = project.root / "out"
        app = build_app(
            project.root, outdir=folder, context={"seatrial:nag": "false"}, builtin_validation=False
        )
        app.synth()
        return {path.name: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")}

    return files


def of_type(template: Template, resource_type: str) -> list[dict[str, Any]]:
    found = template["Resources"].values()
    return [each["Properties"] for each in found if each["Type"] == resource_type]


def keys(project: "Project") -> dict[str, str]:
    build = project.root / "build" / "trial"
    return {name: next((build / name).glob("*.tar.gz")).name for name in ("one", "two", "t-wo")}


def test_every_archive_is_uploaded_below_the_endpoints_prefix(project: "Project", synth: Synth) -> None:
    """The prefix is what the model says, and belongs to this endpoint alone."""
    files = synth()
    [model] = of_type(files["trial-many.template.json"], "AWS::SageMaker::Model")
    assert model["PrimaryContainer"]["ModelDataUrl"] == f"s3://{BUCKET}/trial-many/"
    assert model["PrimaryContainer"]["Mode"] == "MultiModel"
    uploaded = {
        destination["objectKey"]
        for asset in files["trial-many.assets.json"]["files"].values()
        for destination in asset["destinations"].values()
        if asset["source"]["path"].endswith(".tar.gz")
    }
    names = keys(project)
    assert uploaded == {f"trial-many/{names[each]}" for each in ("one", "two")}
    others = files["trial-sides.assets.json"]["files"].values()
    assert not any(
        "trial-many/" in each["objectKey"] for asset in others for each in asset["destinations"].values()
    )


def test_the_outputs_say_how_each_model_is_named(project: "Project", synth: Synth) -> None:
    """What invoke_endpoint takes, by the model's key; a hyphen makes another output."""
    project.edit("models: [one, two]", "models: [one, two, t-wo]")
    outputs = synth()["trial-many.template.json"]["Outputs"].values()
    targets = {
        each["Description"].removeprefix("What invoke_endpoint takes as TargetModel for "): each["Value"]
        for each in outputs
        if "TargetModel" in each["Description"]
    }
    assert targets == keys(project)


def test_another_model_replaces_nothing(project: "Project", synth: Synth) -> None:
    """Neither the model nor the configuration, nor a tag: an output more, and an archive to upload."""
    before = copy.deepcopy(synth()["trial-many.template.json"])
    project.edit("models: [one, two]", "models: [one, two, t-wo]")
    after = synth()["trial-many.template.json"]
    assert after["Resources"] == before["Resources"]
    assert len(after["Outputs"]) == len(before["Outputs"]) + 1


def test_another_content_replaces_nothing(project: "Project", synth: Synth) -> None:
    """It has another name below the same prefix."""
    before = copy.deepcopy(synth()["trial-many.template.json"])
    for archive in (project.root / "build").rglob("*.tar.gz"):
        archive.unlink()
    project.package(weights="other weights")
    after = synth()["trial-many.template.json"]
    assert after["Resources"] == before["Resources"]
    assert after["Outputs"] != before["Outputs"]


def test_the_network_lets_the_prefix_be_listed(synth: Synth) -> None:
    """And no other: the S3 gateway's policy names it."""
    endpoints = of_type(synth()["trial-network.template.json"], "AWS::EC2::VPCEndpoint")
    [gateway] = [each for each in endpoints if each["VpcEndpointType"] == "Gateway"]
    [listed] = [
        each for each in gateway["PolicyDocument"]["Statement"] if each["Action"] == ["s3:ListBucket"]
    ]
    assert listed["Condition"]["StringLike"] == {"s3:prefix": ["trial-many/*"]}


def test_without_a_multi_model_endpoint_nothing_is_listed(project: "Project", synth: Synth) -> None:
    """The network is as it was."""
    project.edit(DEPLOYMENT[DEPLOYMENT.index("  many:") : DEPLOYMENT.index("  sides:")], "")
    assert "s3:ListBucket" not in json.dumps(synth()["trial-network.template.json"])


def test_containers_are_those_of_their_models(project: "Project", synth: Synth) -> None:
    """Each with its own archive and default model, from the usual place."""
    [model] = of_type(synth()["trial-sides.template.json"], "AWS::SageMaker::Model")
    names = keys(project)
    assert [
        (each["ContainerHostname"], each["ModelDataUrl"], each["Environment"]) for each in model["Containers"]
    ] == [
        (
            hostname,
            f"s3://{BUCKET}/{names[key]}",
            {"SAGEMAKER_TRITON_DEFAULT_MODEL_NAME": key},
        )
        for hostname, key in (("first", "one"), ("second", "two"))
    ]
    assert model["InferenceExecutionConfig"] == {"Mode": "Direct"}


@pytest.mark.parametrize("endpoint", ["many", "sides"])
def test_alarms_and_dashboard_watch_them(synth: Synth, endpoint: str) -> None:
    """As every endpoint."""
    template = synth()[f"trial-{endpoint}.template.json"]
    [alarm] = of_type(template, "AWS::CloudWatch::Alarm")
    assert {"Name": "EndpointName", "Value": f"trial-{endpoint}"} in alarm["Dimensions"]
    assert len(of_type(template, "AWS::CloudWatch::Dashboard")) == 1


def test_pytorchs_image_is_told_its_entry_point(project: "Project", synth: Synth) -> None:
    """The toolkit asks for it in the container of many models, too."""
    text = project.deployment.read_text(encoding="utf-8").replace(CPU, "pytorch: {max_batch_size: 4}")
    text = text.replace("    pytorch:", "    acknowledge: {SEA158: the operators are old}\n    pytorch:")
    project.deployment.write_text(text, encoding="utf-8")
    project.package()
    [model] = of_type(synth()["trial-many.template.json"], "AWS::SageMaker::Model")
    assert model["PrimaryContainer"]["Environment"] == {"SAGEMAKER_PROGRAM": "inference.py"}


def test_one_model_that_asks_for_a_cache_gets_one(project: "Project", synth: Synth) -> None:
    """The server is one for all models, whichever of them asks; in a row, each container has its own."""
    path = project.root / "build" / "trial" / "two" / MANIFEST_FILE_NAME
    write_manifest(replace(read_manifest(path), response_cache=True), path)
    files = synth()
    arguments = {"SAGEMAKER_TRITON_ADDITIONAL_ARGS": f"--cache-config=local,size={RESPONSE_CACHE_BYTES}"}
    [many] = of_type(files["trial-many.template.json"], "AWS::SageMaker::Model")
    assert many["PrimaryContainer"]["Environment"] == arguments
    [sides] = of_type(files["trial-sides.template.json"], "AWS::SageMaker::Model")
    default = "SAGEMAKER_TRITON_DEFAULT_MODEL_NAME"
    assert [each["Environment"] for each in sides["Containers"]] == [
        {default: "one"},
        {default: "two", **arguments},
    ]


def test_findings_about_several_models_stop_the_synth(project: "Project") -> None:
    """In the words of the rules."""
    project.edit("inference_execution_mode: Direct", "inference_execution_mode: Serial")
    with pytest.raises(RuntimeError, match=r"SEA613 endpoints\.sides: first answers Triton's `outputs`"):
        build_app(project.root, context={"seatrial:nag": "false"}, builtin_validation=False).synth()


def test_an_image_that_is_none_is_told_for_each_endpoint(project: "Project") -> None:
    """Before anything is synthesized."""
    text = project.deployment.read_text(encoding="utf-8")
    project.deployment.write_text(
        text.replace(CPU, f"{CPU}\n    container: {{image_uri: 'nvcr.io/nvidia/tritonserver:24.09-py3'}}"),
        encoding="utf-8",
    )
    with pytest.raises(StacksError) as refusal:
        build_app(project.root)
    assert len([problem for problem in refusal.value.problems if "SEA601" in problem]) > 1
