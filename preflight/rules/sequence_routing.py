"""SEA443: sequences of requests, and instances that don't know of each other's."""

from collections.abc import Iterator

from preflight.evidence import DeploymentEvidence
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import DEPLOYMENT, Enforcer, SeenAfter, Surrounding, Violation

__all__ = ["sequences_on_several_instances"]

_SEQUENCES = "ModelConfig.sequence_batching"


@rule(
    "SEA443",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="a model of sequences on several instances",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.INSTANCE, Surrounding.IMAGE),
    source="SageMaker Developer Guide, Stateful sessions with models (a request goes to any of the "
    "instances); Triton, stateful models (all requests of a sequence go to the same model instance)",
    symptom="Requests of one sequence reach several instances: 'must specify the START flag on the first "
    "request of the sequence', or answers from another state.",
    fix="Take one instance, or hand the state on in the requests; acknowledge this where clients keep to an "
    "instance otherwise.",
)
def sequences_on_several_instances(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """Triton keeps the state of a sequence in memory, and SageMaker's routing knows nothing of it."""
    stateful = {
        name
        for name, _, manifest in evidence.packaged_models()
        if _SEQUENCES in manifest.image_needs.config_fields
    }
    for served in evidence.served():
        count = served.endpoint.instances.count
        if served.name in stateful and count > 1:
            yield Violation(
                f"{served.name!r} has sequence_batching, and the endpoint {count} instances.",
                "one instance.",
                ("endpoints", served.endpoint_key, "instances", "count"),
            )
    for component in evidence.components():
        most = component.component.copies.max
        if component.component.model in stateful and most > 1:
            yield Violation(
                f"{component.component.model!r} has sequence_batching, and up to {most} copies.",
                "one copy.",
                (*component.place, "copies", "max"),
            )
