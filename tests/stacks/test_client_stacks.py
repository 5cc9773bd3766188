"""Clients as stacks of their own: where they are, what they may call, and whom they wait for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from stacks import build_app

if TYPE_CHECKING:
    from tests.stacks.conftest import Project

_CLIENTS = """\
clients:
  inside: {type: ec2, instance_type: m5.2xlarge, endpoints: [fast]}
  outside: {type: ec2, instance_type: m5.2xlarge, placement: public}
  gpt:
    type: ec2
    instance_type: m5.large
    image: ami-0123456789abcdef0
    endpoints: []
    elastic_inference: {type: eia2.xlarge, model: encoder, acknowledge_retired: true}
"""
_SERVICES = "[sagemaker.runtime, logs, ssm, ssmmessages, ec2messages, elastic-inference.runtime]"


@pytest.fixture
def with_clients(project: Project) -> Project:
    """A packaged project with a client inside, one outside, and one with an accelerator."""
    project.edit("[sagemaker.runtime, logs]", _SERVICES)
    text = project.deployment.read_text(encoding="utf-8")
    project.deployment.write_text(text + _CLIENTS, encoding="utf-8")
    return project


def _synthesized(project: Project) -> dict[str, dict[str, Any]]:
    outdir = project.root / "cdk.out"
    build_app(project.root, outdir=outdir, builtin_validation=False).synth()
    return {
        path.name.removesuffix(".template.json"): json.loads(path.read_bytes())
        for path in outdir.glob("*.template.json")
    }


def _resources(template: dict[str, Any], resource_type: str) -> list[dict[str, Any]]:
    return [each["Properties"] for each in template["Resources"].values() if each["Type"] == resource_type]


def _invoked(template: dict[str, Any]) -> list[str]:
    (policy,) = (
        each for each in _resources(template, "AWS::IAM::Policy") if "ClientRole" in each["PolicyName"]
    )
    resources: list[str] = []
    for statement in policy["PolicyDocument"]["Statement"]:
        if statement["Action"] == "sagemaker:InvokeEndpoint":
            found = statement["Resource"]
            resources += found if isinstance(found, list) else [found]
    return sorted(each.rsplit("/", 1)[-1] for each in resources)


def test_each_client_is_a_stack(with_clients: Project) -> None:
    """Besides the network's and the endpoints'."""
    assert set(_synthesized(with_clients)) == {
        "trial-network",
        "trial-fast",
        "trial-cheap",
        "trial-client-inside",
        "trial-client-outside",
        "trial-client-gpt",
    }


def test_a_client_may_have_streamed_what_streams(with_clients: Project) -> None:
    """The endpoints whose container streams, of those it may invoke; without one, nothing."""
    before = _synthesized(with_clients)["trial-client-outside"]
    assert "ResponseStream" not in json.dumps(before)
    with_clients.edit(
        "    triton: {max_batch_size: 8, instance_group: [{kind: KIND_CPU}]}",
        "    triton: {max_batch_size: 8, instance_group: [{kind: KIND_CPU}]}\n"
        "    container: {environment: {SAGEMAKER_TRITON_INFERENCE_TYPE: generate_stream}}",
    )
    after = _synthesized(with_clients)["trial-client-outside"]
    statements = [
        statement
        for policy in _resources(after, "AWS::IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
        if statement.get("Sid") == "StreamAnswers"
    ]
    assert [each["Resource"].rpartition(":")[2] for each in statements] == ["endpoint/trial-cheap"]


def test_a_client_may_invoke_what_its_section_names(with_clients: Project) -> None:
    """All of the deployment without a word, none where the list is empty."""
    templates = _synthesized(with_clients)
    assert _invoked(templates["trial-client-inside"]) == ["trial-fast"]
    assert _invoked(templates["trial-client-outside"]) == ["trial-cheap", "trial-fast"]
    assert _invoked(templates["trial-client-gpt"]) == []


def test_clients_change_no_other_stack(project: Project, with_clients: Project) -> None:
    """A client that comes or goes leaves network and endpoints as they are."""
    with_them = _synthesized(with_clients)
    text = project.deployment.read_text(encoding="utf-8")
    others, last = text.index("clients:\n") + len("clients:\n"), text.index("  gpt:\n")
    project.deployment.write_text(text[:others] + text[last:], encoding="utf-8")
    for path in (project.root / "cdk.out").glob("*.template.json"):
        path.unlink()
    without = _synthesized(project)
    assert with_them.keys() - without.keys() == {"trial-client-inside", "trial-client-outside"}
    for stack in ("trial-network", "trial-fast", "trial-cheap"):
        assert without[stack] == with_them[stack], stack


def test_a_client_imports_from_the_network_alone(with_clients: Project) -> None:
    """So that neither client nor endpoint waits for the other; the public one imports nothing."""
    templates = _synthesized(with_clients)
    for key in ("inside", "gpt"):
        imports = json.dumps(templates[f"trial-client-{key}"]).split('"Fn::ImportValue": "')[1:]
        assert imports
        assert all(each.startswith("trial-network:") for each in imports)
    assert "Fn::ImportValue" not in json.dumps(templates["trial-client-outside"])


def test_an_acknowledged_accelerator_passes_every_validation(with_clients: Project) -> None:
    """Seatrial's template rule and the CDK's are acknowledged with reasons; nothing else is left."""
    _synthesized(with_clients)
    report = json.loads(
        (with_clients.root / "cdk.out" / "validation-report.json").read_text(encoding="utf-8")
    )
    errors = [
        violation["ruleName"]
        for plugin in report["pluginReports"]
        for violation in plugin.get("violations", [])
        if violation.get("severity") == "error"
    ]
    assert errors == []


def test_an_endpoint_with_an_accelerator_says_so_in_its_configuration(with_clients: Project) -> None:
    """As the post had it; cfn-lint and the CDK are told that the schema has lost the property."""
    with_clients.edit(
        "instances: {type: ml.m5.xlarge}",
        "instances: {type: ml.m5.large, accelerator: ml.eia2.large}\n    acknowledge_retired: true\n"
        '    acknowledge: {SEA755: "an image of this test, which nothing pulls"}',
    )
    template = _synthesized(with_clients)["trial-cheap"]
    (config,) = (
        each for each in template["Resources"].values() if each["Type"] == "AWS::SageMaker::EndpointConfig"
    )
    (variant,) = config["Properties"]["ProductionVariants"]
    assert variant["AcceleratorType"] == "ml.eia2.large"
    assert config["Metadata"]["cfn-lint"] == {"config": {"ignore_checks": ["E3002"]}}


def test_an_unacknowledged_accelerator_fails_the_synth(with_clients: Project) -> None:
    """With the rule of the deployment file; those of templates follow once the file has no errors."""
    with_clients.edit(", acknowledge_retired: true", "")
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        _synthesized(with_clients)
    report = (with_clients.root / "cdk.out" / "validation-report.json").read_text(encoding="utf-8")
    assert "SEA750" in report
    assert "SEA801" not in report
