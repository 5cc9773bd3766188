"""The validation plug-in, called as the CDK calls it."""

import json
from collections.abc import Callable, Mapping, Sequence
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
) -> cdk.PolicyValidationPluginReport:
    context = SimpleNamespace(template_paths=[str(path) for path in templates])
    plugin = SeatrialValidation(lambda: Report(findings), resources)
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
