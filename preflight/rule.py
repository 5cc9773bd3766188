"""What a rule is: one small function and everything a reader needs to know about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

from preflight.finding import Severity

if TYPE_CHECKING:
    from model_packaging.artifact.inspection import ArtifactInspection
    from preflight.account.evidence import AccountEvidence
    from preflight.acknowledgments import AcknowledgmentReview
    from preflight.bare_artifact import BareArtifact
    from preflight.evidence import DeploymentEvidence
    from preflight.templates import SynthesizedTemplates
    from preflight.trial.outcome import TrialOutcome
    from spec import Model

__all__ = [
    "ACCOUNT",
    "ACKNOWLEDGMENT",
    "ARTIFACT",
    "BARE",
    "DEPLOYMENT",
    "TEMPLATE",
    "TEMPLATE_ACKNOWLEDGMENT",
    "TRIAL",
    "Check",
    "Enforcer",
    "Rule",
    "Scope",
    "SeenAfter",
    "Surrounding",
    "Violation",
]

EvidenceT = TypeVar("EvidenceT")


class Enforcer(StrEnum):
    """Who would have told the user; the value says so in words.

    What ``SERVICE`` enforces the laptop's AWS refuses as well, from AWS's own models and documents.
    """

    SERVICE = "an API of AWS, which refuses the resource"
    HOSTING = "SageMaker's hosting, which can't fetch, place or reach what it needs"
    SERVER = "the container or the model server in it"
    CDK = "the CDK's command line, before it asks AWS"
    NOBODY = "nobody: it deploys, and does something else than was meant"
    SEATRIAL = "nobody but Seatrial, whose own files it is about"


class SeenAfter(StrEnum):
    """When the user would have seen it; the value says so in words.

    Source of the times: SageMaker API, ProductionVariant, ``ModelDataDownloadTimeoutInSeconds`` and
    ``ContainerStartupHealthCheckTimeoutInSeconds``, 60 to 3600 s each.
    """

    BEFORE = "before anything is deployed"
    AT_ONCE = "within minutes: the resource is refused and the stack rolls back"
    AFTER_ENDPOINT = "ten minutes or more, when the endpoint has come up and its components follow"
    AFTER_START_UP = "ten minutes to an hour, when the time-outs of download and start-up have passed"
    AT_REQUEST = "after the deployment, with the first request"
    LATER = "days or months later"


class Surrounding(StrEnum):
    """What a rule may have to know besides a bare artifact; the value says it in words."""

    INSTANCE = "the instance type"
    IMAGE = "the image"


@dataclass(frozen=True, slots=True)
class Scope(Generic[EvidenceT]):
    """When a rule runs, and over what.

    Attributes:
        name: ``artifact``, ``bare``, ``deployment``, ``template``, ``trial``, ``account``,
            ``template-acknowledgment`` or ``acknowledgment``.
        evidence: what each rule of the scope is given, in words.
    """

    name: str
    evidence: str


ARTIFACT: Scope[ArtifactInspection] = Scope(
    "artifact", "one packaged model, while it is packaged; what is found is recorded in its manifest"
)
BARE: Scope[BareArtifact] = Scope(
    "bare", "a folder or an archive that no deployment file describes, as `seatrial check` reads it"
)
DEPLOYMENT: Scope[DeploymentEvidence] = Scope(
    "deployment", "the deployment file, the catalogue and the manifests, at every check and synth"
)
TEMPLATE: Scope[SynthesizedTemplates] = Scope(
    "template", "the synthesized CloudFormation templates, after every synth"
)
TRIAL: Scope[TrialOutcome] = Scope(
    "trial", "what a real server on this machine did with one packed model, at every `seatrial check --run`"
)
ACCOUNT: Scope[AccountEvidence] = Scope(
    "account", "what the account itself says of the deployment, at every `seatrial check --aws`"
)
TEMPLATE_ACKNOWLEDGMENT: Scope[AcknowledgmentReview] = Scope(
    "template-acknowledgment",
    "the deployment file's acknowledgments of rules over templates and what these found, after every synth",
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
            for template rules the template's path and the resource's logical id; for artifact rules the path
            in the archive, where they are about one file or folder, and nothing where it is the model.
        fix: what to do, where the rule's own words can say less than these.
        field: the place in config.pbtxt that an artifact rule is about, such as ``("input", 0, "dims")``:
            names of fields, each followed by an index from 0 where it is repeated. Empty where it is about
            none, or the words name it well enough.
    """

    what: str
    allowed: str
    place: tuple[str, ...] = ()
    fix: str | None = None
    field: tuple[str | int, ...] = ()


Check = Callable[[EvidenceT], Iterable[Violation]]


@dataclass(frozen=True, slots=True)
class Rule(Generic[EvidenceT]):
    """One rule of the registry.

    Attributes:
        id: ``SEA`` and three digits; never reused. The first digit names the theme, as ``preflight.rules``
            lists them.
        severity: of every finding of this rule.
        enforced_by: who would have told the user at AWS.
        seen_after: when the user would have seen it there.
        title: what is wrong, in a few words.
        scope: when it runs, and over what.
        source: document and section that the rule rests on.
        symptom: what the user would have seen on AWS.
        fix: what to do.
        check: yields a violation for every place where the rule is broken.
        settled_by: for artifact rules whose matter the deployment may settle: True where the model's section
            of the deployment file does, and the recorded finding is void.
        of_bare: for deployment rules that run over bare artifacts as well: what must be known of the
            surroundings; None where the rule is about a project, of which a bare artifact has none.
        may_be_acknowledged: False where the way on is another than a reason in the deployment file.
    """

    id: str
    severity: Severity
    enforced_by: Enforcer
    seen_after: SeenAfter
    title: str
    scope: Scope[EvidenceT]
    source: str
    symptom: str
    fix: str
    check: Check[EvidenceT]
    settled_by: Callable[[Model], bool] | None = None
    of_bare: tuple[Surrounding, ...] | None = None
    may_be_acknowledged: bool = True
