"""SEA508 to SEA510: instances against the quotas that the deployment file knows."""

from collections.abc import Iterator

from preflight.evidence import DeploymentEvidence
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import DEPLOYMENT, Enforcer, SeenAfter, Surrounding, Violation
from preflight.rules._quota_demand import Demand, demands

__all__ = ["at_most_beyond_quota", "at_rest_beyond_quota", "update_beyond_quota"]

_LIMITS = "AWS General Reference, Amazon SageMaker endpoints and quotas; Service Quotas"
_REQUEST = "Request a higher quota in Service Quotas, or take fewer instances or another type."


@rule(
    "SEA508",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="more instances than the quota",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.INSTANCE, Surrounding.IMAGE),
    source=_LIMITS,
    symptom="CreateEndpoint answers ResourceLimitExceeded: 'The account-level service limit ... is ...', "
    "and the "
    "stack rolls back.",
    fix=_REQUEST,
)
def at_rest_beyond_quota(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """All endpoints together are created within each quota that environment.quotas names."""
    for demand, quota in _known(evidence):
        if demand.at_rest > quota:
            yield Violation(
                f"The endpoints begin with {demand.at_rest} of {demand.quota!r}.", f"{quota}.", demand.place
            )


@rule(
    "SEA509",
    severity=Severity.WARNING,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.LATER,
    title="scaling beyond the quota",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.INSTANCE, Surrounding.IMAGE),
    source=_LIMITS,
    symptom="Scaling out stops at the quota, under the very load that it was made for.",
    fix=_REQUEST,
)
def at_most_beyond_quota(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """All endpoints may scale out at the same time; what begins beyond the quota is SEA508's."""
    for demand, quota in _known(evidence):
        if demand.at_rest <= quota < demand.most:
            yield Violation(
                f"The endpoints may have {demand.most} of {demand.quota!r}.", f"{quota}.", demand.place
            )


@rule(
    "SEA510",
    severity=Severity.WARNING,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.LATER,
    title="an update beyond the quota",
    scope=DEPLOYMENT,
    of_bare=(Surrounding.INSTANCE, Surrounding.IMAGE),
    source=f"{_LIMITS}; SageMaker Developer Guide, blue/green deployments: SageMaker provisions a new fleet "
    f"while "
    "the old one serves, and ends that later",
    symptom="The first deploy goes well; the next one finds no room for its new instances and is rolled "
    "back.",
    fix="Request a quota that holds the new instances beside the old ones, or take fewer.",
)
def update_beyond_quota(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """While one endpoint is updated, there are its new instances beside all that are there."""
    for demand, quota in _known(evidence):
        if demand.at_rest <= quota < demand.at_rest + demand.largest_update:
            yield Violation(
                f"The endpoints begin with {demand.at_rest} of {demand.quota!r}, and an update starts up to "
                f"{demand.largest_update} beside them.",
                f"{quota}.",
                demand.place,
            )


def _known(evidence: DeploymentEvidence) -> Iterator[tuple[Demand, int]]:
    deployment = evidence.file.deployment
    for demand in demands(deployment):
        quota = deployment.environment.quotas.get(demand.quota)
        if quota is not None:
            yield demand, quota
