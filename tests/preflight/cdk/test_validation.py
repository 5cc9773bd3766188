"""The validation plug-in, called as the CDK calls it."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import aws_cdk as cdk
import pytest
from constructs import IConstruct

from preflight import Finding, Report, RuleFailedError, Severity
from preflight.cdk import SeatrialValidation
from preflight.registry import rules

MakeFinding = Callable[..., Finding]
Review = Callable[[Iterable[tuple[str, str]]], Sequence[Finding]]


@pytest.fixture(scope="module")
def resources() -> Mapping[str, Sequence[IConstruct]]:
    """A model in two stacks and an endpoint in one."""
    app = cdk.App()
    one, other = cdk.Stack(app, "One"), cdk.Stack(app, "Other")
    models = [cdk.CfnResource(stack, "Model", type="AWS::SageMaker::Model") for stack in (one, other)]
    endpoint = cdk.CfnResource(one, "Endpoint", type="AWS::SageMaker::Endpoint")
    return {"models.classifier": models, "endpoints.dedicated": [endpoint]}


def validate(
    resources: Mapping[str, Sequence[IConstruct]],
    *findings: Finding,
    templates: Sequence[Path] = (),
    review: Review | None = None,
    told_once: Sequence[str] = (),
) -> cdk.PolicyValidationPluginReport:
    context = SimpleNamespace(template_paths=[str(path) for path in templates])
    plugin = SeatrialValidation(lambda: Report(findings), resources, review, told_once)
    return plugin.validate(cast("cdk.IPolicyValidationContext", context))


def only(report: cdk.PolicyValidationPluginReport) -> Any:  # noqa: ANN401 - the CDK's struct or its dict
    [violation] = report.violations
    return violation


def test_clean(resources: Mapping[str, Sequence[IConstruct]]) -> None:
    """Nothing found is a success without violations."""
    report = validate(resources)
    assert report.success
    assert report.violations == []


def test_error(resources: Mapping[str, Sequence[IConstruct]], finding: MakeFinding) -> None:
    """The CLI prints description and fix alone: file, line, rule and every word stand in them."""
    report = validate(resources, finding())
    assert not report.success
    violation = only(report)
    assert violation.rule_name == "SEA401"
    assert violation.description == (
        "deployments/vision.yaml:4: SEA401 models.classifier: There is no manifest. "
        "Allowed: a packaged model."
    )
    assert violation.fix == "Run `seatrial package deployments/vision.yaml`."
    assert violation.severity == "error"


def test_every_resource_of_the_subject_is_named(
    resources: Mapping[str, Sequence[IConstruct]], finding: MakeFinding
) -> None:
    """`cdk synth STACK` shows the violations of that stack's resources alone, so none may be missing."""
    named = only(validate(resources, finding())).violating_resources
    assert [each.construct_path for each in named] == ["One/Model", "Other/Model"]


def test_warning(resources: Mapping[str, Sequence[IConstruct]], finding: MakeFinding) -> None:
    """A warning is shown and stops nothing."""
    report = validate(resources, finding(severity=Severity.WARNING))
    assert report.success
    assert only(report).severity == "warning"


def test_acknowledged(resources: Mapping[str, Sequence[IConstruct]], finding: MakeFinding) -> None:
    """It is reported as it is: the acknowledgment at the construct suppresses it, nothing else does."""
    report = validate(resources, finding(acknowledged="known, and fine here"))
    assert not report.success
    assert only(report).rule_name == "SEA401"


def test_subject_without_resources(
    resources: Mapping[str, Sequence[IConstruct]], finding: MakeFinding
) -> None:
    """It is told at the app's root; without any resource the CDK would drop it."""
    [resource] = only(validate(resources, finding(subject="models.spare"))).violating_resources
    assert resource.construct_path == ""


def test_acknowledged_subject_without_resources(
    resources: Mapping[str, Sequence[IConstruct]], finding: MakeFinding
) -> None:
    """No construct can hold the acknowledgment, and no template is concerned."""
    report = validate(resources, finding(subject="models.spare", acknowledged="known, and fine here"))
    assert report.success
    assert report.violations == []


def test_template_rules_run(resources: Mapping[str, Sequence[IConstruct]], tmp_path: Path) -> None:
    """A template's finding names its logical id and template, from which the CDK finds the construct."""
    template = tmp_path / "Vision.template.json"
    variant = {"AcceleratorType": "ml.eia2.medium"}
    resource = {"Type": "AWS::SageMaker::EndpointConfig", "Properties": {"ProductionVariants": [variant]}}
    template.write_text(json.dumps({"Resources": {"Config12": resource}}), encoding="utf-8")
    report = validate(resources, templates=[template])
    assert not report.success
    [violation] = [each for each in report.violations if each.rule_name == "SEA801"]
    [named] = violation.violating_resources
    assert (named.resource_logical_id, named.template_path) == ("Config12", str(template))


def open_model(folder: Path, **metadata: str) -> Path:
    """Write a template of one model that several rules have something to say about."""
    template = folder / "One.template.json"
    resource = {"Type": "AWS::SageMaker::Model", "Properties": {}, "Metadata": metadata}
    template.write_text(json.dumps({"Resources": {"Model12": resource}}), encoding="utf-8")
    return template


def test_templates_of_a_wrong_file_are_not_looked_at(
    resources: Mapping[str, Sequence[IConstruct]], finding: MakeFinding, tmp_path: Path
) -> None:
    """As in `seatrial check`: once the file has no errors; warnings and acknowledged errors are none."""
    templates = [open_model(tmp_path)]
    assert only(validate(resources, finding(), templates=templates)).rule_name == "SEA401"
    for harmless in (finding(severity=Severity.WARNING), finding(acknowledged="known, and fine here")):
        assert len(validate(resources, harmless, templates=templates).violations) > 1


@pytest.mark.parametrize(
    ("metadata", "sections"),
    [
        ({"aws:cdk:path": "One/Model/Resource"}, {"models.classifier"}),
        ({"aws:cdk:path": "One/Model"}, {"models.classifier"}),
        ({"aws:cdk:path": "One/Modeling/Resource"}, set()),
        ({}, {"models.classifier", "endpoints.dedicated"}),
    ],
)
def test_acknowledgments_are_held_against_what_templates_show(
    resources: Mapping[str, Sequence[IConstruct]],
    finding: MakeFinding,
    tmp_path: Path,
    metadata: dict[str, str],
    sections: set[str],
) -> None:
    """By section and rule: that of the construct or one above; of an unknown construct all sections."""
    asked: list[tuple[str, str]] = []

    def review(found: Iterable[tuple[str, str]]) -> Sequence[Finding]:
        asked.extend(found)
        return [finding(rule="SEA903", severity=Severity.WARNING)]

    report = validate(resources, templates=[open_model(tmp_path, **metadata)], review=review)
    assert {section for section, rule in asked if rule == "SEA851"} == sections
    [stale] = [each for each in report.violations if each.rule_name == "SEA903"]
    assert [each.construct_path for each in stale.violating_resources] == ["One/Model", "Other/Model"]


def test_what_is_said_of_every_stack_is_told_once(
    resources: Mapping[str, Sequence[IConstruct]], finding: MakeFinding
) -> None:
    """A finding about security would be repeated for each stack."""
    report = validate(resources, finding(), told_once=("models.classifier",))
    assert [each.construct_path for each in only(report).violating_resources] == ["One/Model"]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (RuleFailedError("rule SEA101 failed: boom"), "rule SEA101 failed: boom"),
        (ValueError("boom"), "ValueError('boom')"),
    ],
)
def test_rules_that_fail_fail_the_synth(error: Exception, words: str) -> None:
    """The CDK CLI takes a plug-in that raises for a clean one: it must never raise."""

    def provider() -> Report:
        raise error

    context = cast("cdk.IPolicyValidationContext", SimpleNamespace(template_paths=[]))
    report = SeatrialValidation(provider, {}).validate(context)
    assert not report.success
    violation = only(report)
    assert violation.severity == "fatal"
    assert violation.description == (
        f"Seatrial's rules could not run, so nothing is known about this deployment: {words}"
    )
    assert [each.construct_path for each in violation.violating_resources] == [""]


def test_name_and_rule_ids() -> None:
    """The CDK is handed properties by jsii, never class attributes."""
    plugin = SeatrialValidation(lambda: Report(()), {})
    assert isinstance(SeatrialValidation.name, property)
    assert plugin.name == "seatrial"
    assert plugin.rule_ids == [rule.id for rule in rules()]
