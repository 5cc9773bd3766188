"""SEA717 to SEA719: private DNS of VPC endpoints, in any template."""

from collections.abc import Iterator

from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TEMPLATE, Enforcer, SeenAfter, Violation
from preflight.rules._template_network import network_of
from preflight.rules._template_values import truth
from preflight.templates import SynthesizedTemplates

__all__ = ["endpoint_without_private_dns", "second_private_dns", "vpc_without_dns"]

_PRIVATE_DNS = "AWS PrivateLink guide, private DNS: one endpoint of a service in a VPC may have it"


@rule(
    "SEA717",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="a second endpoint with private DNS for one service",
    scope=TEMPLATE,
    source=_PRIVATE_DNS,
    symptom="private-dns-enabled cannot be set because there is already a conflicting DNS domain: the stack "
    "rolls back.",
    fix="Keep one of the two, or switch PrivateDnsEnabled off in one.",
)
def second_private_dns(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """A VPC has at most one for each service."""
    first: dict[tuple[str, str], str] = {}
    for endpoint in network_of(templates).endpoints:
        if endpoint.is_interface and endpoint.has_private_dns and endpoint.vpc:
            other = first.setdefault((endpoint.vpc, endpoint.service), endpoint.place[1])
            if other != endpoint.place[1]:
                yield Violation(
                    f"{other} is an endpoint of {endpoint.service} with private DNS in the same VPC.",
                    "one endpoint with private DNS for each service.",
                    endpoint.place,
                )


@rule(
    "SEA718",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="an interface endpoint without private DNS",
    scope=TEMPLATE,
    source=_PRIVATE_DNS,
    symptom="SDKs and SageMaker call the service's usual name, which leads out of the VPC, where no way is.",
    fix="Set PrivateDnsEnabled to true.",
)
def endpoint_without_private_dns(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """The usual name of a service leads to its endpoint."""
    for endpoint in network_of(templates).endpoints:
        given = endpoint.properties.get("PrivateDnsEnabled")
        known = endpoint.has_private_dns or isinstance(given, dict)
        if endpoint.is_interface and endpoint.service != "s3" and not known:
            yield Violation(f"PrivateDnsEnabled of {endpoint.service} is not true.", "true.", endpoint.place)


@rule(
    "SEA719",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="private DNS in a VPC without DNS",
    scope=TEMPLATE,
    source="Amazon VPC User Guide, DNS attributes for your VPC: private DNS needs both",
    symptom="Enabling private DNS is refused, since the VPC's DNS is not on; the stack rolls back.",
    fix="Set EnableDnsSupport and EnableDnsHostnames of the VPC to true.",
)
def vpc_without_dns(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """EnableDnsSupport is true by default, EnableDnsHostnames false."""
    network = network_of(templates)
    for place, vpc in network.references.properties_of("AWS::EC2::VPC"):
        given = (vpc.get("EnableDnsSupport", True), vpc.get("EnableDnsHostnames"))
        both = all(truth(each) or isinstance(each, dict) for each in given)
        if not both and any(
            endpoint.has_private_dns
            for endpoint in network.interface_endpoints(network.references.id_of(place))
        ):
            yield Violation(
                "An endpoint in the VPC has private DNS, and the VPC's DNS is not on.", "both true.", place
            )
