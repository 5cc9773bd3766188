"""What the parts of a deployment's network say about each other, and about the zones."""

import ipaddress
from collections.abc import Iterator, Mapping

from spec._document import Complaint, Document, DocumentPath
from spec._plain_data import entries, get
from spec.network import DEFAULT_PRIVATE_LINK

__all__ = ["network_complaints"]

_NETWORK: DocumentPath = ("network",)
_EXISTING: DocumentPath = ("network", "existing")


def network_complaints(document: Document) -> Iterator[Complaint]:
    """Yield every contradiction within ``network``."""
    zones = [
        zone
        for zone in get(document.data, list, "environment", "availability_zones") or ()
        if isinstance(zone, str)
    ]
    network = get(document.data, dict, "network") or {}
    yield from _service_zones(network, zones)
    existing = get(network, dict, "existing")
    if existing is None:
        return
    for key in ("flow_log_retention_days", "keep_flow_logs"):
        if key in network:
            yield Complaint(
                (*_NETWORK, key),
                "the flow log of an existing VPC is its owner's: none is created",
                f"no {key} beside existing",
                "remove it",
                value=str(network[key]),
            )
    yield from _shared_endpoints(existing)
    if get(existing, dict, "subnets") is None:
        yield from _created_subnets(network, existing)
    else:
        yield from _existing_subnets(network, existing, zones)


def _service_zones(network: Mapping[str, object], zones: list[str]) -> Iterator[Complaint]:
    services = get(network, list, "private_link")
    created = list(DEFAULT_PRIVATE_LINK) if services is None else services
    for service, offered in (get(network, dict, "private_link_zones") or {}).items():
        path: DocumentPath = (*_NETWORK, "private_link_zones", service)
        if service not in created:
            yield Complaint(
                path,
                f"no interface endpoint is created for {service!r}",
                "services of private_link",
                "remove it, or add the service to private_link",
                value=str(service),
            )
        if offered == []:
            yield Complaint(
                path,
                f"{service!r} gets an endpoint in no zone",
                "at least one of environment.availability_zones",
                "name a zone, or take the service out of private_link",
                value="[]",
            )
        for index, zone in enumerate(offered if isinstance(offered, list) else ()):
            if isinstance(zone, str) and zones and zone not in zones:
                yield _stranger((*path, index), zone, zones)


def _shared_endpoints(existing: Mapping[str, object]) -> Iterator[Complaint]:
    services = get(existing, dict, "interface_endpoints") or {}
    named = [
        *((("interface_endpoints", service), service, given) for service, given in services.items()),
        (("s3_gateway_endpoint",), "S3", existing.get("s3_gateway_endpoint")),
    ]
    taken: dict[str, str] = {}
    for place, service, given in named:
        if isinstance(given, str) and (other := taken.setdefault(given, service)) != service:
            yield Complaint(
                (*_EXISTING, *place),
                f"{given} is also the endpoint of {other}, and an endpoint is one service's",
                "another endpoint for each service",
                "correct one of the two",
                value=given,
            )


def _created_subnets(network: Mapping[str, object], existing: Mapping[str, object]) -> Iterator[Complaint]:
    if "s3_gateway_endpoint" in existing:
        yield Complaint(
            (*_EXISTING, "s3_gateway_endpoint"),
            "an existing S3 gateway is not in the route tables of subnets that are created, and "
            "CloudFormation can't add them to it",
            "s3_gateway_endpoint only with subnets",
            "remove it, and one is created for the new route tables beside it; or name the subnets",
            value=str(existing["s3_gateway_endpoint"]),
        )
    given = get(network, str, "cidr")
    vpc = _range(get(existing, str, "vpc", "cidr"))
    inner = _range(given or "10.0.0.0/20")
    if vpc is not None and inner is not None and not inner.subnet_of(vpc):
        yield Complaint(
            (*_NETWORK, "cidr") if given else _EXISTING,
            f"the subnets would get {inner}, which is no part of the VPC's {vpc}",
            f"a part of {vpc} between /16 and /25 that no subnet has",
            "correct cidr, or name the VPC's subnets under existing",
            value=given or "",
        )


def _existing_subnets(
    network: Mapping[str, object], existing: Mapping[str, object], zones: list[str]
) -> Iterator[Complaint]:
    at: DocumentPath = (*_EXISTING, "subnets")
    if "cidr" in network:
        yield Complaint(
            (*_NETWORK, "cidr"),
            "cidr is for subnets that are created, and existing names the subnets",
            "cidr without existing.subnets",
            "remove cidr, or existing.subnets",
            value=str(network["cidr"]),
        )
    taken: dict[str, str] = {}
    for zone, subnet in entries(existing, "subnets"):
        if zones and zone not in zones:
            yield _stranger((*at, zone), zone, zones)
        subnet_id = get(subnet, str, "id")
        if subnet_id is not None and (other := taken.setdefault(subnet_id, zone)) != zone:
            yield Complaint(
                (*at, zone, "id"),
                f"{subnet_id} is also the subnet of {other}, and a subnet is in one zone",
                "another subnet for each zone",
                "correct one of the two",
                value=subnet_id,
            )
    missing = [zone for zone in zones if zone not in (get(existing, dict, "subnets") or {})]
    if missing:
        yield Complaint(
            at,
            f"there is no subnet in {', '.join(missing)}",
            "one subnet for each of environment.availability_zones",
            "name the subnet, or remove the zone from environment.availability_zones",
        )


def _stranger(path: DocumentPath, zone: str, zones: list[str]) -> Complaint:
    return Complaint(
        path,
        f"{zone!r} is no zone of this deployment",
        f"{', '.join(zones)}, as environment.availability_zones says",
        "correct the zone, or add it to environment.availability_zones",
        value=zone,
    )


def _range(cidr: str | None) -> ipaddress.IPv4Network | None:
    """Return the range; None where there is none, or one that the schema has a word about."""
    try:
        return ipaddress.IPv4Network(cidr) if cidr is not None else None
    except ValueError:
        return None
