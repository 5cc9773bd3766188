"""Runs the rules and puts what they find into one report."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from model_packaging.artifact import RecordedFinding
from model_packaging.artifact.inspection import ArtifactInspection
from preflight._conditional_templates import outcomes
from preflight.acknowledgments import (
    AcknowledgmentReview,
    DeclaredAcknowledgment,
    apply_acknowledgments,
    declared_acknowledgments,
)
from preflight.evidence import DeploymentEvidence, gather_evidence
from preflight.finding import Finding, Location, Severity
from preflight.registry import REGISTRY
from preflight.report import Report
from preflight.rule import (
    ACCOUNT,
    ACKNOWLEDGMENT,
    ARTIFACT,
    DEPLOYMENT,
    TEMPLATE,
    TEMPLATE_ACKNOWLEDGMENT,
    Scope,
    Violation,
)
from preflight.rules._template_references import readable
from preflight.running import findings_of, in_deployment_file, violations_of
from preflight.templates import SynthesizedTemplates
from spec import DeploymentFile

__all__ = [
    "check_deployment",
    "check_evidence",
    "check_template_acknowledgments",
    "check_templates",
    "inspect_artifact",
]

_WHOLE = frozenset[Scope[Any]]({ARTIFACT, DEPLOYMENT, ACKNOWLEDGMENT})
"""The scopes whose evidence lacks nothing at any check."""

_NO_OTHERS: Mapping[Scope[Any], Sequence[Finding]] = MappingProxyType({})


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
        for rule, violation in violations_of(ARTIFACT, artifact)
    )


def check_deployment(
    file: DeploymentFile,
    build_root: Path,
    project_root: Path,
    also: Mapping[Scope[Any], Sequence[Finding]] = _NO_OTHERS,
    untried: Collection[str] = (),
) -> Report:
    """Check a deployment against the catalogue and what was packaged.

    Nothing is built, opened or fetched: manifests are read, archives are only measured.

    Args:
        file: the deployment.
        build_root: the folder that `seatrial package` writes to.
        project_root: the folder that factory references start from; reported paths are relative to it.
        also: as in ``check_evidence``.
        untried: likewise.

    Returns:
        Every finding, those of packaging included, with the file's acknowledgments applied.

    Raises:
        RuleFailedError: a rule raised.
    """
    return check_evidence(gather_evidence(file, build_root, project_root), also, untried)


def check_evidence(
    evidence: DeploymentEvidence,
    also: Mapping[Scope[Any], Sequence[Finding]] = _NO_OTHERS,
    untried: Collection[str] = (),
) -> Report:
    """Check what was gathered already; the rest is as in ``check_deployment``.

    Args:
        evidence: of the deployment.
        also: what the rules of further scopes found in the same deployment (``running.findings_of``), by
            scope. They are acknowledged and reported like all others. An acknowledgment of a rule whose scope
            isn't named here, such as a trial that didn't run, is not judged; nor is that of a rule over the
            account, which tomorrow is another one.
        untried: sections of the file, such as ``models.classifier``, about which the further scopes don't
            know everything: their acknowledgments of rules of these are not judged, either.

    Raises:
        RuleFailedError: a rule raised.
    """
    locate = in_deployment_file(evidence.file, evidence.shown_file)
    findings = [*findings_of(DEPLOYMENT, evidence, locate), *_recorded_findings(evidence)]
    findings += [finding for found in also.values() for finding in found]
    declared = tuple(declared_acknowledgments(evidence.file.deployment))
    acknowledged = apply_acknowledgments(findings, [each for each in declared if _is_heard(each)])
    review = AcknowledgmentReview(
        declared,
        found=frozenset((each.subject, each.rule) for each in acknowledged),
        scopes=frozenset({*_WHOLE, *also} - {ACCOUNT}),
        unknown=frozenset((section, scope) for section in untried for scope in also.keys() - _WHOLE),
    )
    return Report((*acknowledged, *findings_of(ACKNOWLEDGMENT, review, locate)))


def check_templates(templates: SynthesizedTemplates) -> tuple[Finding, ...]:
    """Apply the template rules to the templates of a synth.

    Returns:
        What holds whichever way the templates' conditions go: findings whose subject is a logical id and
        whose location is the template's path. They are acknowledged at the construct
        (``preflight.cdk.acknowledge``), since no deployment file names it.

    Raises:
        RuleFailedError: a rule raised.
    """
    first, *others = [findings_of(TEMPLATE, each, _in_template) for each in outcomes(templates)]
    return tuple(
        replace(each, what=readable(each.what), allowed=readable(each.allowed))
        for each in first
        if all(each in found for found in others)
    )


def check_template_acknowledgments(
    evidence: DeploymentEvidence, found: Iterable[tuple[str, str]]
) -> tuple[Finding, ...]:
    """Hold the file's acknowledgments of rules over templates against what these found.

    Args:
        evidence: what the templates were made from.
        found: by the rules over templates: the section of the file that the resource is of, such as
            ``endpoints.dedicated``, and the rule.

    Raises:
        RuleFailedError: a rule raised.
    """
    declared = tuple(declared_acknowledgments(evidence.file.deployment))
    review = AcknowledgmentReview(declared, frozenset(found), frozenset({TEMPLATE}))
    return findings_of(
        TEMPLATE_ACKNOWLEDGMENT, review, in_deployment_file(evidence.file, evidence.shown_file)
    )


def _in_template(violation: Violation) -> tuple[str, Location]:
    path, logical_id = violation.place
    return logical_id, Location(path)


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
