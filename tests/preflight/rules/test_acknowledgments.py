"""The rules about acknowledgments that say nothing."""

from typing import TYPE_CHECKING

import pytest

from preflight import Finding, Location, Severity, check_template_acknowledgments, gather_evidence

if TYPE_CHECKING:
    from tests.preflight.conftest import Project

REASON = "known, and fine here"


def acknowledge(project: "Project", rule: str) -> None:
    project.edit(
        "    model: classifier\n",
        f'    model: classifier\n    acknowledge:\n      "{rule}": "{REASON}"\n',
    )


def test_sea901_stale_acknowledgment(project: "Project") -> None:
    """A rule that finds nothing at the place of its acknowledgment: told at that line, as a warning."""
    acknowledge(project, "SEA501")
    [finding] = project.check().findings
    assert finding.rule == "SEA901"
    assert finding.severity is Severity.WARNING
    assert finding.subject == "endpoints.dedicated"
    assert finding.what == (
        "SEA501 (KIND_GPU on an instance type without GPU) is acknowledged, and finds nothing here."
    )
    assert finding.location == Location("deployments/vision.yaml", 14)


def test_sea901_is_silent_where_the_rule_finds_something(project: "Project") -> None:
    """An acknowledgment that covers a finding is not stale."""
    acknowledge(project, "SEA501")
    project.edit("ml.g4dn.xlarge", "ml.m5.xlarge")
    [finding] = project.check().findings
    assert (finding.rule, finding.acknowledged) == ("SEA501", REASON)


def test_sea901_minds_the_place(project: "Project") -> None:
    """A model's acknowledgment does not cover what is found at an endpoint."""
    project.edit("    triton:\n", f'    acknowledge: {{SEA501: "{REASON}"}}\n    triton:\n')
    project.edit("ml.g4dn.xlarge", "ml.m5.xlarge")
    error, stale = project.check().findings
    assert (error.rule, error.acknowledged) == ("SEA501", None)
    assert (stale.rule, stale.subject) == ("SEA901", "models.classifier")


def test_sea901_can_not_be_acknowledged(project: "Project") -> None:
    """The way out of a stale acknowledgment is to remove it."""
    acknowledge(project, "SEA901")
    [finding] = project.check().findings
    assert finding.rule == "SEA901"
    assert finding.acknowledged is None


def test_the_cdks_spelling_is_understood(project: "Project") -> None:
    """The CDK CLI prints `seatrial::SEA501`; copied into the file it means the same."""
    acknowledge(project, "seatrial::SEA501")
    project.edit("ml.g4dn.xlarge", "ml.m5.xlarge")
    [finding] = project.check().findings
    assert (finding.rule, finding.acknowledged) == ("SEA501", REASON)


@pytest.mark.parametrize(
    ("rule", "near"),
    [("SEA5011", "SEA501"), ("sea501", "SEA501"), ("SEA-501", "SEA501"), ("seatrial::SEA50", "SEA50")],
)
def test_sea902_unknown_rule_acknowledged(project: "Project", rule: str, near: str) -> None:
    """An id that only looks like one of ours is no acknowledgment; the near ones are named."""
    acknowledge(project, rule)
    [finding] = project.check().findings
    assert finding.rule == "SEA902"
    assert finding.severity is Severity.WARNING
    assert finding.what == f"{rule!r} is no rule of Seatrial."
    assert near in finding.allowed


@pytest.mark.parametrize(
    "rule", ["AwsSolutions-IAM5[Resource::*]", "CloudFormation-Validate::F3002", "SEARCH-1-of-another-tool"]
)
def test_sea902_leaves_other_tools_alone(project: "Project", rule: str) -> None:
    """Ids of cdk-nag and of the CDK are theirs to judge."""
    acknowledge(project, rule)
    assert project.check().findings == ()


def reviewed(project: "Project", *found: tuple[str, str]) -> list[Finding]:
    """Return what is said of the acknowledgments of rules over templates, where these found this."""
    evidence = gather_evidence(project.file, project.root / "build", project.root)
    return list(check_template_acknowledgments(evidence, found))


def test_sea903_stale_template_acknowledgment(project: "Project") -> None:
    """A rule over templates that found nothing in what the section became: told at the file's line."""
    acknowledge(project, "SEA851")
    assert project.check().findings == ()
    [finding] = reviewed(project, ("models.classifier", "SEA851"), ("endpoints.dedicated", "SEA852"))
    assert (finding.rule, finding.severity) == ("SEA903", Severity.WARNING)
    assert finding.subject == "endpoints.dedicated"
    assert finding.what.startswith("SEA851 (a model without network isolation) is acknowledged, and finds ")
    assert finding.location == Location("deployments/vision.yaml", 14)
    assert reviewed(project, ("endpoints.dedicated", "SEA851")) == []


@pytest.mark.parametrize("rule", ["SEA501", "SEA999", "AwsSolutions-IAM5[Resource::*]"])
def test_sea903_leaves_other_scopes_alone(project: "Project", rule: str) -> None:
    """Rules over the file are judged with the file, and unknown ones by SEA902."""
    acknowledge(project, rule)
    assert reviewed(project) == []
