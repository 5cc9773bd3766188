"""SEA756 to SEA758: clients in the deployment file."""

import pytest

from preflight import Finding, Severity
from tests.preflight.conftest import Project

_PRIVATE_LINK = "network:\n  private_link: [sagemaker.runtime, ssm, ssmmessages, ec2messages]\n"
_CLIENT = """\
clients:
  driver:
    type: ec2
    instance_type: m5.large
    image: ami-0123456789abcdef0
"""
_PLACEMENT = "    placement: private\n"


@pytest.fixture
def driven(project: Project) -> Project:
    """A good project with a client in the private network, and all that it needs."""
    project.text = project.text.replace("models:\n", f"{_PRIVATE_LINK}models:\n", 1) + _CLIENT + _PLACEMENT
    return project


def _only(findings: list[Finding]) -> Finding:
    (finding,) = findings
    assert finding.severity is Severity.ERROR
    assert finding.subject == "clients.driver"
    return finding


def test_a_good_client_has_no_finding(driven: Project) -> None:
    """Of whatever rule."""
    assert [each.rule for each in driven.check().findings if each.subject.startswith("clients")] == []


@pytest.mark.parametrize("lacking", ["ssm", "ssmmessages", "ec2messages"])
def test_sea756_one_endpoint_too_few(driven: Project, lacking: str) -> None:
    """Session Manager needs all three interface endpoints; the finding names the one that lacks."""
    assert driven.found("SEA756") == []
    link = [each for each in ("sagemaker.runtime", "ssm", "ssmmessages", "ec2messages") if each != lacking]
    driven.edit("[sagemaker.runtime, ssm, ssmmessages, ec2messages]", f"[{', '.join(link)}]")
    assert _only(driven.found("SEA756")).what == (
        "Session Manager reaches a client through ssm, ssmmessages, ec2messages; "
        f"the network lacks {lacking}."
    )


def test_sea756_several_endpoints_too_few(driven: Project) -> None:
    """One finding of the client lists all that lack."""
    driven.edit("ssm, ssmmessages, ", "")
    assert "lacks ssm, ssmmessages." in _only(driven.found("SEA756")).what


def test_sea757_no_endpoint_of_the_runtime(driven: Project) -> None:
    """A private client invokes through the runtime's interface endpoint, and through nothing else."""
    assert driven.found("SEA757") == []
    driven.edit("sagemaker.runtime, ", "")
    assert _only(driven.found("SEA757")).what == (
        "A client invokes endpoints through sagemaker.runtime; the network lacks sagemaker.runtime."
    )


def test_sea757_named_endpoints_need_it_too(driven: Project) -> None:
    """It is the same whether the client invokes all endpoints or those that it names."""
    driven.edit("sagemaker.runtime, ", "")
    driven.text += "    endpoints: [dedicated]\n"
    assert "lacks sagemaker.runtime" in _only(driven.found("SEA757")).what


def test_sea757_a_client_without_endpoints_needs_no_runtime(driven: Project) -> None:
    """It invokes nothing."""
    driven.edit("sagemaker.runtime, ", "")
    driven.text += "    endpoints: []\n"
    assert driven.found("SEA757") == []


def test_sea757_an_endpoint_that_is_there_already_counts(driven: Project) -> None:
    """Whoever made it: the network of one's own may have it."""
    driven.edit("sagemaker.runtime, ", "")
    driven.edit(
        "network:\n",
        "network:\n  existing:\n    vpc: {id: vpc-0123456789abcdef0, cidr: 10.0.0.0/16}\n"
        "    endpoint_security_group: sg-0123456789abcdef0\n"
        "    interface_endpoints: {sagemaker.runtime: vpce-0123456789abcdef0}\n",
    )
    assert driven.found("SEA757") == []


@pytest.mark.parametrize("rule", ["SEA756", "SEA757"])
def test_a_public_client_needs_no_interface_endpoint(driven: Project, rule: str) -> None:
    """It reaches Session Manager and the endpoints by their public addresses."""
    driven.edit(_PRIVATE_LINK, "network: {private_link: [logs]}\n")
    assert driven.found(rule) != []
    driven.edit("placement: private", "placement: public")
    assert driven.found(rule) == []


@pytest.mark.parametrize("instance_type", ["a1.large", "m7g.large", "c6gn.xlarge", "t4g.small"])
def test_sea758_graviton(driven: Project, instance_type: str) -> None:
    """A g behind the generation is AWS Graviton, as is A1: no image here is for arm64."""
    driven.edit("m5.large", instance_type)
    assert _only(driven.found("SEA758")).what == (
        f"{instance_type} has the arm64 architecture, the client's image x86_64."
    )


@pytest.mark.parametrize("instance_type", ["m5.large", "m7i.large", "m7a.large", "g4dn.xlarge", "g5.xlarge"])
def test_sea758_intel_and_amd(driven: Project, instance_type: str) -> None:
    """Their types are not taken for Graviton's; neither are GPUs, whose family begins with a g."""
    driven.text = driven.text.replace("m5.large", instance_type)
    assert driven.found("SEA758") == []
