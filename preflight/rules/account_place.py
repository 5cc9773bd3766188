"""SEA564 to SEA567: what a deployment finds in its account and region: bootstrap, stacks, zones, services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import ACCOUNT, Enforcer, SeenAfter, Violation

if TYPE_CHECKING:
    from preflight.account.evidence import AccountEvidence

__all__ = [
    "BOOTSTRAP_MINIMUM",
    "bootstrap_missing",
    "service_not_in_the_zone",
    "stack_in_no_state_for_it",
    "zone_unknown",
]

BOOTSTRAP_MINIMUM = 6
"""Version of the bootstrap's resources that a stack of the CDK asks for (aws-cdk-lib,
DefaultStackSynthesizer, MIN_BOOTSTRAP_STACK_VERSION); the tests compare it with a synthesized manifest."""

_NOT_UPDATABLE = {
    "DELETE_FAILED": "Delete the stack again, and look at what stands in the way.",
    "ROLLBACK_FAILED": "Delete the stack: it was never created.",
    "UPDATE_ROLLBACK_FAILED": "Continue its roll-back (`aws cloudformation continue-update-rollback`).",
}


@rule(
    "SEA564",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.BEFORE,
    title="an account that the CDK can't deploy to yet",
    scope=ACCOUNT,
    source="AWS CDK Developer Guide, bootstrap your environment; aws-cdk-lib, DefaultStackSynthesizer",
    symptom="`cdk deploy` says that the environment has not been bootstrapped, or must be again.",
    fix="Run `npx cdk bootstrap aws://<account>/<region>`.",
)
def bootstrap_missing(evidence: AccountEvidence) -> Iterator[Violation]:
    """The bootstrap's resources are there, in the version that stacks ask for."""
    for parameter, found in evidence.bootstrap.items():
        if found is None:
            yield Violation(
                f"There is no parameter {parameter}: `cdk bootstrap` has not run.",
                f"a bootstrap of version {BOOTSTRAP_MINIMUM} or newer.",
                ("environment", "account"),
            )
        elif found.version < BOOTSTRAP_MINIMUM:
            yield Violation(
                f"The bootstrap has version {found.version}.",
                f"{BOOTSTRAP_MINIMUM} or newer.",
                ("environment", "account"),
            )


@rule(
    "SEA565",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.BEFORE,
    title="a stack that can't be updated",
    scope=ACCOUNT,
    source="CloudFormation User Guide, stack status codes; continue rolling back an update",
    symptom="CloudFormation refuses the update: the stack is in a state in which it can not be updated.",
    fix="Bring the stack into a state in which it can be updated.",
)
def stack_in_no_state_for_it(evidence: AccountEvidence) -> Iterator[Violation]:
    """No stack is stuck, and nobody else is just changing it."""
    for name, state in evidence.stacks.items():
        if state in _NOT_UPDATABLE:
            yield Violation(
                f"The stack {name!r} is in {state}.",
                "a stack that is whole, or none.",
                ("name",),
                _NOT_UPDATABLE[state],
            )
        elif state is not None and state.endswith("_IN_PROGRESS") and state != "REVIEW_IN_PROGRESS":
            yield Violation(
                f"The stack {name!r} is in {state}.",
                "a stack that nobody is changing.",
                ("name",),
                "Wait until it is done.",
            )


@rule(
    "SEA566",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="an Availability Zone that the account doesn't have",
    scope=ACCOUNT,
    source="EC2 API Reference, DescribeAvailabilityZones: an account sees some of a region's zones, and "
    "their names "
    "are its own",
    symptom="The subnet is refused, and the network's stack rolls back.",
    fix="Name zones that the account has in environment.availability_zones.",
)
def zone_unknown(evidence: AccountEvidence) -> Iterator[Violation]:
    """Each zone that gets a subnet is one of the account's, and available."""
    zones = evidence.zones
    if zones is None:
        return
    available = ", ".join(sorted(name for name, state in zones.items() if state == "available"))
    for zone in evidence.file.deployment.environment.availability_zones:
        state = zones.get(zone)
        if state != "available":
            what = f"The account has no zone {zone}." if state is None else f"The zone {zone} is {state}."
            yield Violation(what, f"{available}.", ("environment", "availability_zones"))


@rule(
    "SEA567",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="a service without interface endpoints in a zone",
    scope=ACCOUNT,
    source="EC2 API Reference, DescribeVpcEndpointServices, AvailabilityZones; aws/aws-cdk issue 4912",
    symptom="'The VPC endpoint service ... does not support the availability zone of the subnet', and the "
    "network's "
    "stack rolls back.",
    fix="Leave the zone out in network.private_link_zones, or the service out of network.private_link.",
)
def service_not_in_the_zone(evidence: AccountEvidence) -> Iterator[Violation]:
    """Where an interface endpoint is created, its service can be reached."""
    deployment = evidence.file.deployment
    every = deployment.environment.availability_zones
    for service, offered in evidence.services.items():
        if offered is None:
            yield Violation(
                f"There is no service {service} in {deployment.environment.region}.",
                "services of the region.",
                ("network", "private_link"),
            )
            continue
        wanted = deployment.network.private_link_zones.get(service, every)
        missing = [zone for zone in wanted if zone not in offered]
        if missing:
            yield Violation(
                f"{service} has no interface endpoints in {', '.join(missing)}.",
                f"{', '.join(sorted(offered))}.",
                (
                    "network",
                    "private_link_zones"
                    if service in deployment.network.private_link_zones
                    else "private_link",
                ),
            )
