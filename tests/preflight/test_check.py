"""From a deployment and what was packaged to one report."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from model_packaging.artifact import RecordedFinding
from model_packaging.artifact.inspection import ArtifactInspection
from preflight import (
    Finding,
    Location,
    RuleFailedError,
    Severity,
    check_templates,
    findings_of,
    inspect_artifact,
    running,
)
from preflight import check as check_module
from preflight.registry import REGISTRY, Registry
from preflight.rule import ACCOUNT, ARTIFACT, DEPLOYMENT, TEMPLATE, Enforcer, SeenAfter, Violation
from preflight.templates import SynthesizedTemplates

if TYPE_CHECKING:
    from tests.preflight.conftest import Project

RECORDED = RecordedFinding(
    rule="SEA303", severity="error", what="Another type.", allowed="TYPE_INT64.", fix="Package it again."
)
EXPORT_LINE = '    export: {from: "vision:classifier", to: torchscript, how: trace}\n'


def test_recorded_findings_reach_the_report(project: "Project") -> None:
    """What packaging found is told at the model's line, in the words that were recorded."""
    project.package(RECORDED)
    [finding] = project.check().findings
    assert finding.rule == "SEA303"
    assert finding.severity is Severity.ERROR
    assert finding.subject == "models.classifier"
    assert (finding.what, finding.allowed, finding.fix) == (
        "Another type.",
        "TYPE_INT64.",
        "Package it again.",
    )
    assert finding.location == Location("deployments/vision.yaml", 4)


def test_recorded_findings_of_another_version_are_told_all_the_same(project: "Project") -> None:
    """A manifest may come from a version with other rules."""
    project.package(replace(RECORDED, rule="SEA399", severity="warning"))
    [finding] = project.check().findings
    assert (finding.rule, finding.severity) == ("SEA399", Severity.WARNING)


def test_the_deployment_settles_what_it_can(project: "Project") -> None:
    """A recorded finding is void where the container's environment gives what was missing."""
    project.package(replace(RECORDED, rule="SEA103"))
    assert len(project.found("SEA103")) == 1
    variable = "environment: {SAGEMAKER_TRITON_DEFAULT_MODEL_NAME: classifier}"
    project.edit(EXPORT_LINE, f"{EXPORT_LINE}    container: {{{variable}}}\n")
    assert project.found("SEA103") == []


def test_a_response_cache_is_a_question_of_the_image(project: "Project") -> None:
    """AWS's is given one by the stacks; of an image of one's own only its variable tells."""
    project.package(replace(RECORDED, rule="SEA206"))
    assert project.found("SEA206") == []
    image = "image_uri: 123456789012.dkr.ecr.us-east-1.amazonaws.com/triton:1"
    project.edit(EXPORT_LINE, f"{EXPORT_LINE}    container: {{{image}}}\n")
    assert len(project.found("SEA206")) == 1
    variable = 'environment: {SAGEMAKER_TRITON_ADDITIONAL_ARGS: "--cache-config=local,size=1048576"}'
    project.edit(image, f"{image}, {variable}")
    assert project.found("SEA206") == []


def test_acknowledged_findings_stay_in_the_report(project: "Project") -> None:
    """The reason stands with the finding, and the report is clean."""
    project.package(RECORDED)
    project.edit(EXPORT_LINE, f'{EXPORT_LINE}    acknowledge: {{SEA303: "the client converts it"}}\n')
    report = project.check()
    [finding] = report.findings
    assert finding.acknowledged == "the client converts it"
    assert report.exit_code == 0


def test_a_model_is_checked_once_however_many_endpoints_serve_it(project: "Project") -> None:
    """Findings are about the model, not about each use of it."""
    project.package(RECORDED)
    endpoint = project.text[project.text.index("  dedicated:") :]
    project.text += endpoint.replace("dedicated", "second")
    assert len(project.check().findings) == 1


def test_paths_outside_the_project_are_told_as_named(project: "Project") -> None:
    """A deployment file elsewhere keeps the name it was given."""
    outside = replace(project.file, path=project.root.parent / "elsewhere.yaml")
    project.package(RECORDED)
    report = check_module.check_deployment(outside, project.root / "build", project.root)
    assert report.findings[0].location == Location(str(outside.path), 4)


def test_equal_input_gives_equal_bytes(project: "Project") -> None:
    """A report depends on nothing but what is checked."""
    project.package(RECORDED, replace(RECORDED, rule="SEA304"))
    assert project.check().to_json() == project.check().to_json()


TEMPLATE_FINDING = Finding(
    rule="SEA851",
    severity=Severity.ERROR,
    subject="endpoints.dedicated",
    what="It is open.",
    allowed="isolation.",
    fix="Isolate it.",
    location=Location("deployments/vision.yaml", 11),
)
SERVED = "    model: classifier\n"
ACKNOWLEDGED = f'{SERVED}    acknowledge: {{SEA851: "known, and fine here"}}\n'


def test_findings_of_further_scopes_are_acknowledged_like_all_others(project: "Project") -> None:
    """A trial's or the account's findings stand in the one report, with the file's reasons."""
    project.edit(SERVED, ACKNOWLEDGED)
    [finding] = project.check({TEMPLATE: [TEMPLATE_FINDING]}).findings
    assert finding == replace(TEMPLATE_FINDING, acknowledged="known, and fine here")


def test_what_did_not_run_is_not_stale(project: "Project") -> None:
    """Nobody knows what a trial that didn't run would have found; one that ran and found nothing says so."""
    project.edit(SERVED, ACKNOWLEDGED)
    assert project.check().findings == ()
    [finding] = project.check({TEMPLATE: []}).findings
    assert (finding.rule, finding.subject) == ("SEA901", "endpoints.dedicated")


def test_what_was_not_tried_is_not_stale(project: "Project") -> None:
    """A trial that could not make all its checks knows as little of the model as none."""
    project.edit(SERVED, ACKNOWLEDGED)
    assert project.check({TEMPLATE: []}, ["endpoints.dedicated"]).findings == ()
    assert len(project.check({TEMPLATE: []}, ["endpoints.other"]).findings) == 1


def test_the_account_is_another_one_tomorrow(project: "Project") -> None:
    """What it says today makes no acknowledgment stale."""
    [rule, *_] = REGISTRY.rules(ACCOUNT)
    project.edit(SERVED, ACKNOWLEDGED.replace("SEA851", rule.id))
    assert project.check({ACCOUNT: []}).findings == ()


def test_findings_of_a_scope_are_placed_by_the_caller(artifact: ArtifactInspection) -> None:
    """Whoever has other evidence says what a violation is about, and where that stands."""
    broken = replace(artifact, files=())
    found = findings_of(ARTIFACT, broken, lambda _: ("classifier", Location("models/classifier", 3)))
    assert found
    assert {(each.subject, str(each.location)) for each in found} == {("classifier", "models/classifier:3")}
    assert all(each.fix and each.acknowledged is None for each in found)


def test_no_template_has_no_findings() -> None:
    """An empty synth is clean."""
    assert check_templates(SynthesizedTemplates({})) == ()


def failing_registry() -> Registry:
    registry = Registry(scopes=(ARTIFACT, DEPLOYMENT))

    @registry.rule(
        "SEA101",
        severity=Severity.ERROR,
        enforced_by=Enforcer.NOBODY,
        seen_after=SeenAfter.LATER,
        title="a defect",
        scope=ARTIFACT,
        source="-",
        symptom="-",
        fix="-",
    )
    def defect(_: ArtifactInspection) -> Iterator[Violation]:
        raise ZeroDivisionError("by zero")
        yield

    return registry


def test_a_rule_that_raises_is_named(artifact: ArtifactInspection, monkeypatch: pytest.MonkeyPatch) -> None:
    """A defect of a rule is never taken for a clean artifact, and says which rule it is."""
    monkeypatch.setattr(running, "REGISTRY", failing_registry())
    with pytest.raises(RuleFailedError, match=r"rule SEA101 \(a defect\) failed: ZeroDivisionError"):
        inspect_artifact(artifact)


def test_two_hundred_models_are_told_at_once(project: "Project") -> None:
    """Whoever packaged none of them sees all of them, each at its own line."""
    head, model_and_endpoint = project.text.split("models:\n")
    model, endpoint = model_and_endpoint.split("endpoints:\n")
    names = [f"model{number}" for number in range(200)]
    project.text = (
        f"{head}models:\n"
        + "".join(model.replace("classifier:\n", f"{name}:\n") for name in names)
        + "endpoints:\n"
        + "".join(
            endpoint.replace("dedicated:", f"{name}:").replace("model: classifier", f"model: {name}")
            for name in names
        )
    )
    report = project.check()
    assert [each.rule for each in report.errors] == ["SEA401"] * 200
    assert len({each.location for each in report.errors}) == 200
