"""SEA733: addresses of the subnets that are created."""

from collections.abc import Iterator

from preflight.evidence import DeploymentEvidence
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import DEPLOYMENT, Enforcer, SeenAfter, Violation

__all__ = ["services_beyond_the_subnet"]

_EIGHTH_BITS = 3
_RESERVED_ADDRESSES = 5
"""Of each subnet, by EC2 (Amazon VPC User Guide, subnet sizing)."""


@rule(
    "SEA733",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="more interface endpoints than a subnet has addresses",
    scope=DEPLOYMENT,
    source="Amazon VPC User Guide, subnet sizing: five addresses are reserved; AWS PrivateLink Guide, "
    "interface "
    "endpoints: a network interface in each subnet",
    symptom="'insufficient free addresses in subnet': the network's stack rolls back.",
    fix="Take a larger network.cidr, or fewer services in network.private_link.",
)
def services_beyond_the_subnet(evidence: DeploymentEvidence) -> Iterator[Violation]:
    """Each subnet is an eighth of the network, and gets an interface of each service; models need some."""
    network = evidence.file.deployment.network
    if network.existing is not None and network.existing.subnets is not None:
        return
    prefix = int(network.cidr.partition("/")[2]) + _EIGHTH_BITS
    addresses = (1 << (32 - prefix)) - _RESERVED_ADDRESSES
    services = len(network.created_services)
    if services >= addresses:
        yield Violation(
            f"A subnet of {network.cidr} has {addresses} addresses, and {services} services get one each.",
            f"fewer than {addresses} services.",
            ("network", "cidr"),
        )
