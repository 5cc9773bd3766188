"""What something in a deployment's network can reach."""

from preflight.evidence import DeploymentEvidence

__all__ = ["reachable_services"]


def reachable_services(evidence: DeploymentEvidence) -> frozenset[str]:
    """Return the services that have an interface endpoint in the network, created or there already."""
    network = evidence.file.deployment.network
    return frozenset((*network.created_services, *network.existing_services))
