"""The rules about the network's section of the deployment file."""

from typing import TYPE_CHECKING

import pytest

from preflight import Severity

if TYPE_CHECKING:
    from tests.preflight.conftest import Project

EXISTING = """\
network:
  private_link: [{created}]
  existing:
    vpc: {{id: vpc-0123456789abcdef0, cidr: 10.1.0.0/16}}
    subnets:
      us-east-1a: {{id: subnet-0123456789abcdef0, route_table: rtb-0123456789abcdef0}}
      us-east-1b: {{id: subnet-0123456789abcdef1, route_table: rtb-0123456789abcdef0}}
    {group}
    interface_endpoints: {{logs: vpce-0123456789abcdef0, ecr.dkr: vpce-0123456789abcdef1}}
"""
GROUP = "endpoint_security_group: sg-0123456789abcdef0"


def use_existing(project: "Project", *, created: str = "ecr.api", group: str = GROUP) -> None:
    project.edit("models:\n", f"{EXISTING.format(created=created, group=group)}models:\n")


@pytest.mark.parametrize(
    ("services", "words"),
    [
        ("[sagemaker.runtime, ecr.api]", "private_link lacks ecr.dkr."),
        ("[]", "private_link lacks ecr.api and ecr.dkr."),
    ],
)
def test_sea701_image_pull_endpoints_missing(project: "Project", services: str, words: str) -> None:
    """Documents disagree on whether the pull goes through the VPC: a warning that can be acknowledged."""
    project.edit("models:\n", f"network: {{private_link: {services}}}\nmodels:\n")
    [finding] = project.found("SEA701")
    assert finding.what == words
    assert finding.severity is Severity.WARNING
    assert finding.subject == "network"


def test_sea701_is_silent_with_both_services(project: "Project") -> None:
    """The default network has both, and a network without endpoints pulls nothing."""
    assert project.found("SEA701") == []
    project.text = project.text[: project.text.index("endpoints:")]
    project.edit("models:\n", "network: {private_link: []}\nmodels:\n")
    assert project.found("SEA701") == []


def test_an_endpoint_that_is_there_already_is_as_good(project: "Project") -> None:
    """One of ECR's endpoints is created, one is there; so is that of the logs."""
    use_existing(project)
    for rule in ("SEA701", "SEA702", "SEA703", "SEA704"):
        assert project.found(rule) == []


def test_sea702_second_private_dns(project: "Project") -> None:
    """A service that has an endpoint in the VPC can't get another one with private DNS."""
    use_existing(project, created="ecr.api, logs")
    [finding] = project.found("SEA702")
    assert finding.severity is Severity.ERROR
    assert finding.what == (
        "private_link creates an endpoint of logs, and existing.interface_endpoints has one."
    )


def test_sea703_endpoints_of_an_unknown_group(project: "Project") -> None:
    """Nobody knows whether the models come in; with the group's id a rule is added."""
    use_existing(project, group="")
    [finding] = project.found("SEA703")
    assert finding.severity is Severity.WARNING
    assert finding.what == "The endpoints of logs, ecr.dkr are in a security group that is not named."


def test_sea704_logs_endpoint_missing(project: "Project") -> None:
    """Containers write their logs from isolated subnets."""
    project.edit("models:\n", "network: {private_link: [ecr.api, ecr.dkr]}\nmodels:\n")
    [finding] = project.found("SEA704")
    assert finding.what.startswith("Neither private_link nor existing.interface_endpoints has logs")


def test_sea704_a_client_needs_its_services(project: "Project") -> None:
    """A client in the network invokes, and is reached by Session Manager; one outside asks for nothing."""
    project.edit("endpoints:\n", "clients: {inside: {type: ec2, instance_type: m5.large}}\nendpoints:\n")
    missing = [finding.what.split(" has ")[1].split(":")[0] for finding in project.found("SEA704")]
    assert missing == ["ssm", "ssmmessages"]
    project.edit("instance_type: m5.large", "instance_type: m5.large, placement: public")
    assert project.found("SEA704") == []
