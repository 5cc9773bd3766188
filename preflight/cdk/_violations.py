"""Findings as violations of the CDK, and what becomes of rules that can't run."""

from collections.abc import Callable, Iterator, Sequence

import aws_cdk as cdk

from preflight.errors import PreflightError
from preflight.finding import Finding, Severity

__all__ = ["report_of", "template_violation", "violation"]

_RULES_FAILED = "RulesFailed"
_FATAL = "fatal"  # the one severity that no acknowledgment suppresses


def report_of(found: Callable[[], Iterator[cdk.PolicyViolation]]) -> cdk.PolicyValidationPluginReport:
    """Return the report of all that ``found`` yields; it never raises."""
    try:
        violations = list(found())
    except Exception as error:  # noqa: BLE001 - the CDK CLI takes a plug-in that raises for a clean one
        violations = [_rules_failed(error)]
    return cdk.PolicyValidationPluginReport(
        success=not any(each.severity in (Severity.ERROR, _FATAL) for each in violations),
        violations=violations,
    )


def template_violation(finding: Finding) -> cdk.PolicyViolation:
    """Return what a rule over templates found, at its resource; the CDK finds the construct of that."""
    return violation(finding, [_template_resource(finding)])


def violation(finding: Finding, resources: Sequence[cdk.PolicyViolatingResource]) -> cdk.PolicyViolation:
    """Return ``finding`` as the CDK CLI shows it, which prints a violation's description and fix alone."""
    place = f"{finding.location}: " if finding.location else ""
    return cdk.PolicyViolation(
        rule_name=finding.rule,
        description=f"{place}{finding.rule} {finding.subject}: {finding.what} Allowed: {finding.allowed}",
        fix=finding.fix,
        severity=finding.severity.value,
        violating_resources=resources,
    )


def _template_resource(finding: Finding) -> cdk.PolicyViolatingResource:
    return cdk.PolicyViolatingResource(
        resource_logical_id=finding.subject,
        template_path=finding.location.file if finding.location else None,
        locations=[],
    )


def _rules_failed(error: Exception) -> cdk.PolicyViolation:
    cause = str(error) if isinstance(error, PreflightError) else repr(error)
    return cdk.PolicyViolation(
        rule_name=_RULES_FAILED,
        description=f"Seatrial's rules could not run, so nothing is known about this deployment: {cause}",
        fix="Run `seatrial check` on the deployment file, and report the defect if it fails too.",
        severity=_FATAL,
        # Without a resource the CDK would drop the violation.
        violating_resources=[cdk.PolicyViolatingResource(construct_path="", locations=[])],
    )
