"""A deployment in a network that is there already."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from stacks import StacksError, build_app

if TYPE_CHECKING:
    from tests.stacks.conftest import Project

NETWORK = "network:\n  private_link: [sagemaker.runtime, logs]\n"
EXISTING = """\
network:
  existing:
    vpc: {id: vpc-0123456789abcdef0, cidr: 10.1.0.0/16}
    subnets:
      eu-west-1a: {id: subnet-0123456789abcdef0, route_table: rtb-0123456789abcdef0}
      eu-west-1b: {id: subnet-0123456789abcdef1, route_table: rtb-0123456789abcdef1}
    interface_endpoints: {sts: vpce-0123456789abcdef0}
    endpoint_security_group: sg-0123456789abcdef0
"""


def synthesized(project: Project) -> dict[str, dict[str, Any]]:
    app = build_app(project.root, outdir=project.root / "cdk.out", builtin_validation=False)
    folder = Path(app.synth().directory)
    return {
        path.name.removesuffix(".template.json"): json.loads(path.read_text(encoding="utf-8"))
        for path in folder.glob("*.template.json")
    }


def properties(template: dict[str, Any], resource_type: str) -> list[dict[str, Any]]:
    return [each["Properties"] for each in template["Resources"].values() if each["Type"] == resource_type]


def test_models_are_in_the_existing_subnets(project: Project) -> None:
    """By their ids: nothing is looked up, and there is nothing to import but what is created."""
    project.edit(NETWORK, EXISTING)
    templates = synthesized(project)
    (model,) = properties(templates["trial-fast"], "AWS::SageMaker::Model")
    assert model["VpcConfig"]["Subnets"] == ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
    assert list(model["VpcConfig"]["SecurityGroupIds"][0]) == ["Fn::ImportValue"]
    manifest = json.loads((project.root / "cdk.out" / "manifest.json").read_text(encoding="utf-8"))
    assert "missing" not in manifest


def test_what_is_missing_is_created(project: Project) -> None:
    """Endpoints of the default services but one, the gateway, a group for models and the rule for it."""
    project.edit(NETWORK, EXISTING)
    network = synthesized(project)["trial-network"]
    services = [
        each["ServiceName"].removeprefix("com.amazonaws.eu-west-1.")
        for each in properties(network, "AWS::EC2::VPCEndpoint")
    ]
    assert services == [
        "s3",
        "sagemaker.runtime",
        "sagemaker.api",
        "ecr.api",
        "ecr.dkr",
        "logs",
        "monitoring",
    ]
    assert len(properties(network, "AWS::EC2::SecurityGroup")) == 1
    (rule,) = properties(network, "AWS::EC2::SecurityGroupIngress")
    assert rule["GroupId"] == "sg-0123456789abcdef0"
    for kind in ("VPC", "Subnet", "RouteTable", "FlowLog"):
        assert properties(network, f"AWS::EC2::{kind}") == []


def test_a_network_of_which_nothing_is_missing(project: Project) -> None:
    """CloudFormation takes no template without a resource; what stands in for one does nothing."""
    services = ["sagemaker.runtime", "sagemaker.api", "ecr.api", "ecr.dkr", "logs", "monitoring", "sts"]
    endpoints = ", ".join(f"{service}: vpce-0123456789abcdef{each}" for each, service in enumerate(services))
    whole = EXISTING.replace("{sts: vpce-0123456789abcdef0}", f"{{{endpoints}}}") + (
        "    model_security_group: sg-0123456789abcdef2\n    s3_gateway_endpoint: vpce-0123456789abcdefa\n"
    )
    project.edit(NETWORK, whole)
    templates = synthesized(project)
    (only,) = templates["trial-network"]["Resources"].values()
    assert only["Type"] == "AWS::CloudFormation::WaitConditionHandle"
    (model,) = properties(templates["trial-fast"], "AWS::SageMaker::Model")
    assert model["VpcConfig"]["SecurityGroupIds"] == ["sg-0123456789abcdef2"]


def test_a_network_of_which_something_is_created_has_nothing_else(project: Project) -> None:
    """The stand-in is for a stack that would be empty."""
    project.edit(NETWORK, EXISTING)
    network = synthesized(project)["trial-network"]
    assert not any("WaitCondition" in each["Type"] for each in network["Resources"].values())


def test_subnets_can_be_created_in_an_existing_vpc(project: Project) -> None:
    """`cidr` is then the part of the VPC's range that they get."""
    project.edit(
        NETWORK,
        "network:\n  cidr: 10.1.64.0/20\n  existing: {vpc: {id: vpc-0123456789abcdef0, cidr: 10.1.0.0/16}}\n",
    )
    network = synthesized(project)["trial-network"]
    subnets = properties(network, "AWS::EC2::Subnet")
    assert [each["CidrBlock"] for each in subnets] == ["10.1.64.0/23", "10.1.66.0/23"]
    assert {each["VpcId"] for each in subnets} == {"vpc-0123456789abcdef0"}


def test_a_second_endpoint_of_a_service_fails_the_synth(project: Project) -> None:
    """The finding is an error: the deployment would be rolled back."""
    project.edit(NETWORK, EXISTING.replace("network:\n", "network:\n  private_link: [sts]\n"))
    with pytest.raises((RuntimeError, StacksError), match="ValidationFailed"):
        synthesized(project)


def test_endpoint_policies_know_the_deployment(project: Project) -> None:
    """Endpoints, repositories, log groups and the bootstrap's bucket by their names."""
    network = synthesized(project)["trial-network"]
    policies = {
        each["ServiceName"].rsplit(".", 1)[-1]: each["PolicyDocument"]["Statement"]
        for each in properties(network, "AWS::EC2::VPCEndpoint")
    }
    sagemaker = "arn:aws:sagemaker:eu-west-1:123456789012:endpoint"
    assert policies["runtime"][0]["Resource"] == [f"{sagemaker}/trial-fast", f"{sagemaker}/trial-cheap"]
    assert policies["s3"][0]["Resource"] == ["arn:aws:s3:::cdk-hnb659fds-assets-123456789012-eu-west-1/*"]
    assert any(
        each.endswith("/aws/sagemaker/Endpoints/trial-fast") for each in policies["logs"][0]["Resource"]
    )


def test_an_artifact_bucket_of_ones_own_is_the_one_that_passes(project: Project) -> None:
    """The gateway admits the bucket that artifacts are staged in, and no other."""
    project.edit(NETWORK, f"security: {{artifact_bucket: {{name: our-artifacts}}}}\n{NETWORK}")
    network = synthesized(project)["trial-network"]
    (gateway,) = (
        each for each in properties(network, "AWS::EC2::VPCEndpoint") if each["VpcEndpointType"] == "Gateway"
    )
    assert gateway["PolicyDocument"]["Statement"][0]["Resource"] == ["arn:aws:s3:::our-artifacts/*"]
