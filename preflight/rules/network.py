"""SEA7xx: what the private network lets through."""

from collections.abc import Iterator

from preflight.evidence import DeploymentEvidence
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import DEPLOYMENT, Violation

__all__ = ["image_pull_endpoints_missing"]

_IMAGE_PULL = ("ecr.api", "ecr.dkr")


@rule(
    "SEA701",
    severity=Severity.WARNING,
    title="no interface endpoints for the image pull",
    scope=DEPLOYMENT,
    source="SageMaker Developer Guide: give SageMaker hosted endpoints access to resources in your VPC names "
    "S3 alone; use a private Docker registry names both services, for Vpc mode; third parties disagree",
    symptom="Where the pull goes through the VPC, the endpoint stays in Creating without a log and fails.",
    fix="Add ecr.api and ecr.dkr to private_link, or acknowledge this rule at network with the reason.",
)
def image_pull_endpoints_missing(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """Isolated subnets reach ECR through its two interface endpoints."""
    deployment = evidence.file.deployment
    missing = [service for service in _IMAGE_PULL if service not in deployment.network.private_link]
    if missing and deployment.endpoints:
        yield Violation(
            f"private_link lacks {' and '.join(missing)}.",
            f"{' and '.join(_IMAGE_PULL)}.",
            ("network", "private_link"),
        )
