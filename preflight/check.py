"""Runs the rules and puts what they find into one report."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import preflight.rules  # noqa: F401 - importing registers the rules
from model_packaging.artifact import RecordedFinding
from model_packaging.artifact.inspection import ArtifactInspection
from preflight.acknowledgments import (
    AcknowledgmentReview,
    DeclaredAcknowledgment,
    apply_acknowledgments,
    declared_acknowledgments,
)
from preflight.errors import RuleFailedError
from preflight.evidence import DeploymentEvidence, gather_evidence
from preflight.finding import Finding, Location, Severity
from preflight.registry import REGISTRY
from preflight.report import Report
from preflight.rule import ACKNOWLEDGMENT, ARTIFACT, DEPLOYMENT, TEMPLATE, Rule, Scope, Violation
from preflight.templates import SynthesizedTemplates
from spec import DeploymentFile

__all__ = ["check_deployment", "check_evidence", "check_templates", "inspect_artifact"]

EvidenceT = TypeVar("EvidenceT")

_SECTION_DEPTH = {"models": 2, "endpoints": 2, "clients": 2}
_COMPONENT_DEPTH = 4


def inspect_artifact(inspection: ArtifactInspection) -> tuple[RecordedFinding, ...]:
    """Apply the artifact rules to one packed model, and to each that is packed beside it.

    Returns:
        What goes into the manifest: of the model that answers, then of the others, each in the order of the
        rules' ids.

    Raises:
        RuleFailedError: a rule raised.
    """
    return tuple(
        RecordedFinding(
            rule=rule.id,
            severity=rule.severity.value,
            what=f"{place}{violation.what}",
            allowed=violation.allowed,
            fix=violation.fix or rule.fix,
        )
        for place, artifact in (("", inspection), *((f"{each.model}: ", each) for each in inspection.beside))
        for rule, violation in _violations(ARTIFACT, artifact)
    )


def check_deployment(file: DeploymentFile, build_root: Path, project_root: Path) -> Report:
    """Check a deployment against the catalogue and what was packaged.

    Nothing is built, opened or fetched: manifests are read, archives are only measured.

    Args:
        file: the deployment.
        build_root: the folder that `seatrial package` writes to.
        project_root: the folder that factory references start from; reported paths are relative to it.

    Returns:
        Every finding, those of packaging included, with the file's acknowledgments applied.

    Raises:
        RuleFailedError: a rule raised.
    """
    return check_evidence(gather_evidence(file, build_root, project_root))


def check_evidence(evidence: DeploymentEvidence) -> Report:
    """Check what was gathered already; the rest is as in ``check_deployment``.

    Raises:
        RuleFailedError: a rule raised.
    """
    findings = [_finding(rule, violation, evidence) for rule, violation in _violations(DEPLOYMENT, evidence)]
    findings += _recorded_findings(evidence)
    declared = tuple(declared_acknowledgments(evidence.file.deployment))
    findings = list(apply_acknowledgments(findings, [each for each in declared if _is_heard(each)]))
    review = AcknowledgmentReview(declared, tuple(findings))
    findings += [
        _finding(rule, violation, evidence) for rule, violation in _violations(ACKNOWLEDGMENT, review)
    ]
    return Report(tuple(findings))


def check_templates(templates: SynthesizedTemplates) -> tuple[Finding, ...]:
    """Apply the template rules to the templates of a synth.

    Returns:
        Findings whose subject is a logical id and whose location is the template's path. They are
        acknowledged at the construct (``preflight.cdk.acknowledge``), since no deployment file names it.

    Raises:
        RuleFailedError: a rule raised.
    """
    findings = []
    for rule, violation in _violations(TEMPLATE, templates):
        path, logical_id = violation.place
        findings.append(_found(rule, violation, logical_id, Location(path)))
    return tuple(findings)


def _violations(scope: Scope[EvidenceT], evidence: EvidenceT) -> Iterator[tuple[Rule[EvidenceT], Violation]]:
    for rule in REGISTRY.rules(scope):
        try:
            found = list(rule.check(evidence))
        except Exception as error:
            raise RuleFailedError(
                f"rule {rule.id} ({rule.title}) failed: {error!r}; this is a defect of Seatrial: report it"
            ) from error
        for violation in found:
            yield rule, violation


def _is_heard(declared: DeclaredAcknowledgment) -> bool:
    rule = REGISTRY.find(declared.rule)
    return rule is None or rule.may_be_acknowledged


def _recorded_findings(evidence: DeploymentEvidence) -> Iterator[Finding]:
    """Yield what packaging recorded, at the model's place in the file, unless the file itself settles it."""
    for name, model, manifest in evidence.packaged_models():
        location = Location(evidence.shown_file, evidence.file.line_of("models", name))
        for recorded in manifest.findings:
            rule = REGISTRY.find(recorded.rule)
            if rule is not None and rule.settled_by is not None and rule.settled_by(model):
                continue
            yield Finding(
                rule=recorded.rule,
                severity=Severity(recorded.severity),
                subject=f"models.{name}",
                what=recorded.what,
                allowed=recorded.allowed,
                fix=recorded.fix,
                location=location,
            )


def _finding(rule: Rule[EvidenceT], violation: Violation, evidence: DeploymentEvidence) -> Finding:
    place = violation.place
    of_component = place[2:3] in (("components",), ("adapters",)) and len(place) >= _COMPONENT_DEPTH
    depth = _COMPONENT_DEPTH if of_component else _SECTION_DEPTH.get(place[0], 1)
    subject = ".".join(place[:depth])
    location = Location(evidence.shown_file, evidence.file.line_of(*place))
    return _found(rule, violation, subject, location)


def _found(rule: Rule[EvidenceT], violation: Violation, subject: str, location: Location) -> Finding:
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        subject=subject,
        what=violation.what,
        allowed=violation.allowed,
        fix=violation.fix or rule.fix,
        location=location,
    )
