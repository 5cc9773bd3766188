"""SEA560 to SEA563: whose account it is, what its quotas leave, and what it has already."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from catalogue.quotas import ACTIVE_INSTANCES_QUOTA, instance_type_of_quota
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import ACCOUNT, Enforcer, SeenAfter, Violation
from preflight.rules._quota_demand import Demand, demands

if TYPE_CHECKING:
    from preflight.account.evidence import AccountEvidence

__all__ = ["another_account", "endpoint_of_somebody_else", "growth_beyond_quota", "instances_beyond_quota"]

_LIMITS = "Service Quotas API Reference, ListServiceQuotas; SageMaker API Reference, DescribeEndpoint"
_REQUEST = "Request a higher quota in Service Quotas, or take fewer instances or another type."


@rule(
    "SEA560",
    severity=Severity.ERROR,
    enforced_by=Enforcer.CDK,
    seen_after=SeenAfter.BEFORE,
    title="the credentials of another account",
    scope=ACCOUNT,
    source="AWS STS API Reference, GetCallerIdentity; AWS CDK Developer Guide, environments",
    symptom="`cdk deploy` says 'Need to perform AWS calls for account ..., but the current credentials are "
    "for ...'.",
    fix="Set AWS_PROFILE to a profile of the deployment's account. Nothing else was asked.",
)
def another_account(evidence: AccountEvidence) -> Iterator[Violation]:
    """The account that was asked is the one that the deployment goes to."""
    declared = evidence.file.deployment.environment.account
    if evidence.account is not None and evidence.account != declared:
        yield Violation(
            f"The credentials are those of {evidence.account}; the deployment goes to {declared}.",
            f"credentials of {declared}.",
            ("environment", "account"),
        )


@rule(
    "SEA561",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="more instances than the account's quota leaves",
    scope=ACCOUNT,
    source=_LIMITS,
    symptom="CreateEndpoint answers ResourceLimitExceeded, and the stack rolls back.",
    fix=_REQUEST,
)
def instances_beyond_quota(evidence: AccountEvidence) -> Iterator[Violation]:
    """What the deployment begins with fits beside what other endpoints of the account have."""
    for demand, quota, used in _known(evidence):
        if demand.at_rest + used > quota:
            yield Violation(
                f"The endpoints begin with {demand.at_rest} of {demand.quota!r}, and others have "
                f"{_shown(evidence, used)}.",
                f"{quota:g} together.",
                demand.place,
            )


@rule(
    "SEA562",
    severity=Severity.WARNING,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.LATER,
    title="scaling or an update beyond what the account's quota leaves",
    scope=ACCOUNT,
    source=f"{_LIMITS}; Developer Guide, blue/green deployments: the new fleet is there before the old one "
    f"goes",
    symptom="Scaling out stops at the quota, or the next deploy finds no room for its new instances and is "
    "rolled "
    "back.",
    fix=_REQUEST,
)
def growth_beyond_quota(evidence: AccountEvidence) -> Iterator[Violation]:
    """What endpoints may grow to, and an update's new instances, fit as well."""
    for demand, quota, used in _known(evidence):
        updated = demand.at_rest + demand.largest_update
        grown = max(demand.most, updated)
        if demand.at_rest + used <= quota < grown + used:
            how = "by scaling" if demand.most >= updated else "while one is updated"
            yield Violation(
                f"The endpoints may have {grown} of {demand.quota!r} {how}, and others have "
                f"{_shown(evidence, used)}.",
                f"{quota:g} together.",
                demand.place,
            )


@rule(
    "SEA563",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="an endpoint's name that is taken",
    scope=ACCOUNT,
    source="SageMaker API Reference, CreateEndpoint, EndpointName: unique in account and region, whatever "
    "the case",
    symptom="CreateEndpoint is refused, 'Cannot create already existing endpoint', and the stack rolls back.",
    fix="Delete the endpoint that is there, or give this one another endpoint_name.",
)
def endpoint_of_somebody_else(evidence: AccountEvidence) -> Iterator[Violation]:
    """An endpoint that is there although its stack is not belongs to somebody else."""
    there = {each.name.casefold() for each in evidence.endpoints or ()}
    deployment = evidence.file.deployment
    for key in deployment.endpoints:
        name, stack = deployment.endpoint_name(key), f"{deployment.name}-{key}"
        if name.casefold() in there and evidence.stacks.get(stack, "") is None:
            yield Violation(
                f"There is an endpoint {name!r}, and no stack {stack!r} that it could be of.",
                "a name that nobody has.",
                ("endpoints", key),
            )


def _shown(evidence: AccountEvidence, used: int) -> str:
    """Return how many instances others have, as far as that is known."""
    return str(used) if evidence.endpoints is not None else "an unknown number"


def _known(evidence: AccountEvidence) -> Iterator[tuple[Demand, float, int]]:
    """Yield each demand, its quota, and what others take of that, where the quota is known."""
    deployment = evidence.file.deployment
    own = {deployment.endpoint_name(key).casefold() for key in deployment.endpoints}
    others = [each for each in evidence.endpoints or () if each.name.casefold() not in own]
    for demand in demands(deployment):
        quota = (evidence.quotas or {}).get(demand.quota)
        if quota is None:
            continue
        if demand.quota == ACTIVE_INSTANCES_QUOTA:
            used = sum(sum(each.instances.values()) for each in others)
        else:
            used = sum(each.instances.get(instance_type_of_quota(demand.quota) or "", 0) for each in others)
        yield demand, quota, used
