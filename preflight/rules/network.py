"""SEA701 to SEA704: the network's section of the deployment file."""

from collections.abc import Iterator

import spec
from preflight.evidence import DeploymentEvidence
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import DEPLOYMENT, Enforcer, SeenAfter, Violation

__all__ = [
    "endpoints_of_an_unknown_group",
    "image_pull_endpoints_missing",
    "second_private_dns_in_the_vpc",
    "service_endpoint_missing",
]

_IMAGE_PULL = ("ecr.api", "ecr.dkr")


@rule(
    "SEA701",
    severity=Severity.WARNING,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AFTER_START_UP,
    title="no interface endpoints for the image pull",
    scope=DEPLOYMENT,
    source="SageMaker Developer Guide: give SageMaker hosted endpoints access to resources in your VPC names "
    "S3 alone; use a private Docker registry names both services, for Vpc mode; third parties disagree",
    symptom="Where the pull goes through the VPC, the endpoint stays in Creating without a log and fails.",
    fix="Add ecr.api and ecr.dkr to private_link, or acknowledge this rule at network with the reason.",
)
def image_pull_endpoints_missing(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """Isolated subnets reach ECR through its two interface endpoints."""
    missing = _missing(evidence, _IMAGE_PULL)
    if missing:
        yield Violation(
            f"private_link lacks {' and '.join(missing)}.",
            f"{' and '.join(_IMAGE_PULL)}.",
            ("network", "private_link"),
        )


@rule(
    "SEA702",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="a second interface endpoint of one service",
    scope=DEPLOYMENT,
    source="AWS PrivateLink guide, private DNS: one endpoint of a service in a VPC may have it",
    symptom="private-dns-enabled cannot be set because there is already a conflicting DNS domain: the "
    "network's stack rolls back.",
    fix="Remove the service from private_link, or from existing.interface_endpoints.",
)
def second_private_dns_in_the_vpc(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """What the VPC has already is not created again."""
    network = evidence.file.deployment.network
    for service in network.created_services:
        if service in network.existing_services:
            yield Violation(
                f"private_link creates an endpoint of {service}, and existing.interface_endpoints has one.",
                "each service in one of the two.",
                ("network", "existing", "interface_endpoints", service),
            )


@rule(
    "SEA703",
    severity=Severity.WARNING,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AFTER_START_UP,
    title="existing interface endpoints in an unknown security group",
    scope=DEPLOYMENT,
    source="AWS PrivateLink guide, security groups of interface endpoints: inbound rules decide who comes in",
    symptom="Where their group doesn't let the models' group in, calls to these services time out.",
    fix="Name their security group as existing.endpoint_security_group, or acknowledge this rule with how "
    "they let the models in.",
)
def endpoints_of_an_unknown_group(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """A rule can be added to a group that is named alone."""
    existing = evidence.file.deployment.network.existing
    if existing and existing.interface_endpoints and existing.endpoint_security_group is None:
        yield Violation(
            f"The endpoints of {', '.join(existing.interface_endpoints)} are in a security group that is not "
            "named.",
            "the security group that they are in.",
            ("network", "existing", "interface_endpoints"),
        )


@rule(
    "SEA704",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="a service that the network's workloads call, and no way to it",
    scope=DEPLOYMENT,
    source="SageMaker Developer Guide, connect to SageMaker within your VPC; Systems Manager User Guide, "
    "improve the security of EC2 instances by using VPC endpoints",
    symptom="Calls time out: callers in the network get no answer, a client no session, a container no log.",
    fix="Add the service to private_link, or name its endpoint in existing.interface_endpoints; or "
    "acknowledge this rule at network with the reason why nobody there calls it.",
)
def service_endpoint_missing(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """What containers and private clients call is there already, or is created."""
    for service, reason in _called(evidence.file.deployment):
        if _missing(evidence, (service,)):
            yield Violation(
                f"Neither private_link nor existing.interface_endpoints has {service}: {reason}.",
                f"{service} in one of the two.",
                ("network", "private_link"),
            )


def _called(deployment: spec.Deployment) -> Iterator[tuple[str, str]]:
    yield "logs", "containers write their logs there"
    if any(client.placement == "private" for client in deployment.clients.values()):
        yield "sagemaker.runtime", "clients in the network invoke endpoints"
        yield "ssm", "Session Manager is the one way into a client"
        yield "ssmmessages", "Session Manager is the one way into a client"


def _missing(evidence: DeploymentEvidence, services: tuple[str, ...]) -> list[str]:
    """Return which of ``services`` a deployment with endpoints lacks."""
    deployment = evidence.file.deployment
    there = {*deployment.network.created_services, *deployment.network.existing_services}
    return [service for service in services if service not in there] if deployment.endpoints else []
