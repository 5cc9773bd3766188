"""SEA54x: over how many stacks the components of an endpoint are spread."""

from collections.abc import Iterator

from preflight.evidence import DeploymentEvidence
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import DEPLOYMENT, Enforcer, SeenAfter, Violation
from preflight.shard_plan import shard_plans

__all__ = ["shards_not_accepted"]


@rule(
    "SEA541",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SEATRIAL,
    seen_after=SeenAfter.BEFORE,
    title="a number of shards that was not accepted",
    scope=DEPLOYMENT,
    source="SageMaker API Reference, CreateInferenceComponent: the name is unique in account and region; "
    "CloudFormation creates a resource in its new stack whether or not another one has it still",
    symptom="A stack creates a component whose name another stack still has, is refused, and rolls back.",
    fix="Look at the plan with `seatrial shards`, and accept it with --accept.",
    may_be_acknowledged=False,
)
def shards_not_accepted(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """Another number of shards is deployed only after its plan was accepted, in the file beside."""
    for plan in shard_plans(evidence.file, evidence.accepted_shards):
        yield Violation(plan.what, plan.allowed, ("endpoints", plan.endpoint_key, "shards"), plan.fix)
