"""What a rule is: one small function and everything a reader needs to know about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from preflight.finding import Severity

if TYPE_CHECKING:
    from model_packaging.artifact.inspection import ArtifactInspection
    from preflight.acknowledgments import AcknowledgmentReview
    from preflight.evidence import DeploymentEvidence
    from preflight.templates import SynthesizedTemplates
    from spec import Model

__all__ = [
    "ACKNOWLEDGMENT",
    "ARTIFACT",
    "DEPLOYMENT",
    "TEMPLATE",
    "Check",
    "Rule",
    "Scope",
    "Violation",
]

EvidenceT = TypeVar("EvidenceT")


@dataclass(frozen=True, slots=True)
class Scope(Generic[EvidenceT]):
    """When a rule runs, and over what.

    Attributes:
        name: ``artifact``, ``deployment``, ``template`` or ``acknowledgment``.
        evidence: what each rule of the scope is given, in words.
    """

    name: str
    evidence: str


ARTIFACT: Scope[ArtifactInspection] = Scope(
    "artifact", "one packaged model, while it is packaged; what is found is recorded in its manifest"
)
DEPLOYMENT: Scope[DeploymentEvidence] = Scope(
    "deployment", "the deployment file, the catalogue and the manifests, at every check and synth"
)
TEMPLATE: Scope[SynthesizedTemplates] = Scope(
    "template", "the synthesized CloudFormation templates, after every synth"
)
ACKNOWLEDGMENT: Scope[AcknowledgmentReview] = Scope(
    "acknowledgment", "the deployment file's acknowledgments and all findings, last of all"
)


@dataclass(frozen=True, slots=True)
class Violation:
    """What one rule has to say about one place.

    Attributes:
        what: what is wrong, with the offending value; a sentence.
        allowed: what is allowed instead; a sentence.
        place: the path in the deployment file, such as ``("endpoints", "dedicated", "instances", "type")``;
            for template rules the template's path and the resource's logical id. Artifact rules leave it
            empty: their place is the model.
        fix: what to do, where the rule's own words can say less than these.
    """

    what: str
    allowed: str
    place: tuple[str, ...] = ()
    fix: str | None = None


Check = Callable[[EvidenceT], Iterable[Violation]]


@dataclass(frozen=True, slots=True)
class Rule(Generic[EvidenceT]):
    """One rule of the registry.

    Attributes:
        id: ``SEA`` and three digits; never reused. The first digit names the theme, as ``preflight.rules``
            lists them.
        severity: of every finding of this rule.
        title: what is wrong, in a few words.
        scope: when it runs, and over what.
        source: document and section that the rule rests on.
        symptom: what the user would have seen on AWS.
        fix: what to do.
        check: yields a violation for every place where the rule is broken.
        settled_by: for artifact rules whose matter the deployment may settle: True where the model's section
            of the deployment file does, and the recorded finding is void.
        may_be_acknowledged: False where the way on is another than a reason in the deployment file.
    """

    id: str
    severity: Severity
    title: str
    scope: Scope[EvidenceT]
    source: str
    symptom: str
    fix: str
    check: Check[EvidenceT]
    settled_by: Callable[[Model], bool] | None = None
    may_be_acknowledged: bool = True
