"""Runs the rules of one scope: their violations, and these as findings at their places."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from preflight.errors import RuleFailedError
from preflight.finding import Finding, Location
from preflight.registry import REGISTRY
from preflight.rule import Rule, Scope, Violation
from spec import DeploymentFile

__all__ = ["Locate", "findings_of", "in_deployment_file", "violations_of"]

EvidenceT = TypeVar("EvidenceT")

Locate = Callable[[Violation], tuple[str, Location | None]]
"""Says of a violation what it is about (the finding's subject), and in which file and line that stands."""

_SECTION_DEPTH = {"models": 2, "endpoints": 2, "clients": 2}
_COMPONENT_DEPTH = 4


def violations_of(
    scope: Scope[EvidenceT], evidence: EvidenceT
) -> Iterator[tuple[Rule[EvidenceT], Violation]]:
    """Yield what each rule of ``scope`` has to say about ``evidence``, in the order of the rules' ids.

    Raises:
        RuleFailedError: a rule raised.
    """
    for rule in REGISTRY.rules(scope):
        try:
            found = list(rule.check(evidence))
        except Exception as error:
            raise RuleFailedError(
                f"rule {rule.id} ({rule.title}) failed: {error!r}; this is a defect of Seatrial: report it"
            ) from error
        for violation in found:
            yield rule, violation


def findings_of(scope: Scope[EvidenceT], evidence: EvidenceT, locate: Locate) -> tuple[Finding, ...]:
    """Return what the rules of ``scope`` find in ``evidence``, in the order of the rules' ids.

    Nothing is acknowledged yet: ``preflight.check_evidence`` applies the deployment file's acknowledgments to
    what it is given in ``also``.

    Args:
        scope: of the rules to run.
        evidence: what they look at.
        locate: gives each violation its subject and location; ``in_deployment_file`` makes one for places in
            a deployment file.

    Raises:
        RuleFailedError: a rule raised.
    """
    findings = []
    for rule, violation in violations_of(scope, evidence):
        subject, location = locate(violation)
        findings.append(
            Finding(
                rule=rule.id,
                severity=rule.severity,
                subject=subject,
                what=violation.what,
                allowed=violation.allowed,
                fix=violation.fix or rule.fix,
                location=location,
            )
        )
    return tuple(findings)


def in_deployment_file(file: DeploymentFile, shown_file: str) -> Locate:
    """Return what places violations in ``file``: its lines, and its sections as subjects.

    Args:
        file: whose paths the violations' places are.
        shown_file: its path as reports print it.
    """

    def locate(violation: Violation) -> tuple[str, Location]:
        place = violation.place
        of_component = place[2:3] in (("components",), ("adapters",)) and len(place) >= _COMPONENT_DEPTH
        depth = _COMPONENT_DEPTH if of_component else _SECTION_DEPTH.get(place[0], 1)
        return ".".join(place[:depth]), Location(shown_file, file.line_of(*place))

    return locate
