"""What a private network's arguments may be."""

import ipaddress
from collections.abc import Iterator, Mapping, Sequence

__all__ = [
    "SUBNET_BITS",
    "cidr_problems",
    "inner_cidr_problems",
    "service_problems",
    "service_zone_problems",
    "zone_problems",
]

MINIMUM_ZONES = 2
"""SageMaker asks for subnets in two zones or more ("Give SageMaker Hosted Endpoints Access to VPC")."""

SUBNET_BITS = 3
"""A subnet takes an eighth of the VPC: room for eight zones, and a zone added later moves no other."""

LONGEST_VPC_PREFIX = 28 - SUBNET_BITS
"""A subnet is a /28 or larger (Amazon VPC user guide, "Subnet CIDR blocks")."""

SHORTEST_VPC_PREFIX = 16
"""A VPC is a /16 or smaller (Amazon VPC user guide, "VPC CIDR blocks")."""


def zone_problems(zones: Sequence[str], region: str | None) -> Iterator[str]:
    """Check the zones, against ``region`` where that is known."""
    if len(set(zones)) < MINIMUM_ZONES:
        yield (
            f"availability_zones is {list(zones)}; at least {MINIMUM_ZONES} different zones are needed. "
            "Name another zone of the region."
        )
    if len(zones) > len(set(zones)):
        yield f"availability_zones {list(zones)} names a zone twice; name each once."
    if len(zones) > 2**SUBNET_BITS:
        yield f"availability_zones names {len(zones)} zones; the VPC has room for {2**SUBNET_BITS}."
    strangers = [zone for zone in zones if region and not zone.startswith(region)]
    if strangers:
        yield f"availability_zones {strangers} are no zones of {region}, the stack's region."


def cidr_problems(cidr: str) -> Iterator[str]:
    """Check the VPC's address range."""
    try:
        network = ipaddress.IPv4Network(cidr)
    except ValueError as error:
        yield f"cidr is {cidr!r}, which is no IPv4 network ({error}); write one such as 10.0.0.0/20."
        return
    if not SHORTEST_VPC_PREFIX <= network.prefixlen <= LONGEST_VPC_PREFIX:
        yield f"cidr {cidr} is a /{network.prefixlen}; use /{SHORTEST_VPC_PREFIX} to /{LONGEST_VPC_PREFIX}."


def service_problems(private_link: Sequence[str]) -> Iterator[str]:
    """Check the services that get an interface endpoint."""
    if len(private_link) > len(set(private_link)):
        yield f"private_link {list(private_link)} names a service twice; name each once."


def service_zone_problems(
    service_zones: Mapping[str, Sequence[str]], private_link: Sequence[str], zones: Sequence[str]
) -> Iterator[str]:
    """Check the zones of single services against the services and the zones of the network."""
    for service, offered in service_zones.items():
        if service not in private_link:
            yield f"private_link_zones names {service}, which private_link lacks; add it there, or remove it."
        strangers = [zone for zone in offered if zone not in zones]
        if strangers or not offered:
            yield (
                f"private_link_zones of {service} is {list(offered)}; "
                f"name at least one of {', '.join(zones)}, where there is a subnet."
            )


def inner_cidr_problems(vpc_cidr: str, cidr: str) -> Iterator[str]:
    """Check that ``cidr`` is a part of the VPC's range; what is no network at all is another's matter."""
    try:
        vpc, inner = ipaddress.IPv4Network(vpc_cidr), ipaddress.IPv4Network(cidr)
    except ValueError:
        return
    if not inner.subnet_of(vpc):
        yield f"cidr {cidr} is no part of {vpc_cidr}, the VPC's range; take a part of it that no subnet has."
