"""SEA756 to SEA759: clients in the deployment file."""

import re
from collections.abc import Iterator

from preflight.evidence import DeploymentEvidence
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import DEPLOYMENT, Enforcer, SeenAfter, Violation
from preflight.rules._reach import reachable_services

__all__ = ["another_architecture", "runtime_out_of_reach", "session_manager_out_of_reach"]

_SESSION_MANAGER = ("ssm", "ssmmessages", "ec2messages")
_INVOCATIONS = "sagemaker.runtime"
_GRAVITON = re.compile(r"^(a1|[a-z]+[0-9]+g[a-z]*)\.")


@rule(
    "SEA756",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="a client that Session Manager can't reach",
    scope=DEPLOYMENT,
    source="AWS Systems Manager User Guide, create VPC endpoints for Systems Manager",
    symptom="The instance runs, never registers, and nobody can log in: it has no public address and no key.",
    fix=f"Add {', '.join(_SESSION_MANAGER)} to network.private_link.",
)
def session_manager_out_of_reach(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """A client in the private network is reached through three interface endpoints."""
    for key in _private_clients(evidence):
        yield from _missing(evidence, key, _SESSION_MANAGER, "Session Manager reaches a client through")


@rule(
    "SEA757",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="a client without a way to what it invokes",
    scope=DEPLOYMENT,
    source="SageMaker Developer Guide, connect to SageMaker within your VPC",
    symptom="Every request of the client runs into its time-out.",
    fix=f"Add {_INVOCATIONS} to network.private_link.",
)
def runtime_out_of_reach(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """A client in the private network invokes endpoints through the runtime's interface endpoint."""
    deployment = evidence.file.deployment
    for key in _private_clients(evidence):
        named = deployment.clients[key].endpoints
        if named or (named is None and deployment.endpoints):
            yield from _missing(evidence, key, (_INVOCATIONS,), "A client invokes endpoints through")


@rule(
    "SEA758",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="a client of another architecture than its image",
    scope=DEPLOYMENT,
    source="Amazon EC2 Instance Types Guide, naming conventions: g behind the generation is "
    "AWS Graviton, arm64",
    symptom="RunInstances is refused: the architecture 'arm64' does not match 'x86_64' of the image.",
    fix="Take an instance type with an Intel or AMD processor.",
)
def another_architecture(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """The images are for x86_64."""
    for key, client in evidence.file.deployment.clients.items():
        if _GRAVITON.match(client.instance_type):
            yield Violation(
                f"{client.instance_type} has the arm64 architecture, the client's image x86_64.",
                "an instance type of the x86_64 architecture, such as m5.2xlarge.",
                ("clients", key, "instance_type"),
            )


def _private_clients(evidence: DeploymentEvidence) -> Iterator[str]:
    for key, client in evidence.file.deployment.clients.items():
        if client.placement == "private":
            yield key


def _missing(
    evidence: DeploymentEvidence, key: str, services: tuple[str, ...], why: str
) -> Iterator[Violation]:
    there = reachable_services(evidence)
    missing = [service for service in services if service not in there]
    if missing:
        yield Violation(
            f"{why} {', '.join(services)}; the network lacks {', '.join(missing)}.",
            f"{', '.join(services)} among the network's interface endpoints.",
            ("clients", key, "placement"),
        )
