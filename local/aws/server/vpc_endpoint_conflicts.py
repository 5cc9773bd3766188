"""Why EC2 would refuse a new VPC endpoint: what its VPC has already.

Sources: AWS PrivateLink guide, "Private DNS" of interface endpoints and "Routing" of gateway endpoints; EC2
API reference, error codes; Amazon VPC user guide, "DNS attributes for your VPC".
"""

from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["conflict_of"]


def conflict_of(
    requested: Mapping[str, Any], vpc: Mapping[str, Any] | None, endpoints: Iterable[Mapping[str, Any]]
) -> str | None:
    """Return EC2's words for what is in the way of an endpoint, with its code behind; None where nothing is.

    Args:
        requested: in the shape of CreateVpcEndpoint's request, or of CloudFormation's properties.
        vpc: its VPC, with EnableDnsSupport and EnableDnsHostnames; None where there is none.
        endpoints: of the region, in the shape of DescribeVpcEndpoints.
    """
    if vpc is None:
        return f"The vpc ID '{requested.get('VpcId')}' does not exist (InvalidVpcId.NotFound)"
    same = [
        each
        for each in endpoints
        if each["VpcId"] == requested["VpcId"] and each["ServiceName"] == requested["ServiceName"]
    ]
    if requested.get("VpcEndpointType", "Gateway") == "Interface":
        return _private_dns_conflict(requested, vpc, same) if _is_on(requested, "PrivateDnsEnabled") else None
    taken = {table for each in same for table in each.get("RouteTableIds", ())}
    for table in requested.get("RouteTableIds") or ():
        if table in taken:
            return (
                f"route table {table} already has a route to {requested['ServiceName']} (RouteAlreadyExists)"
            )
    return None


def _private_dns_conflict(
    requested: Mapping[str, Any], vpc: Mapping[str, Any], same: Iterable[Mapping[str, Any]]
) -> str | None:
    if not (_is_on(vpc, "EnableDnsSupport", default=True) and _is_on(vpc, "EnableDnsHostnames")):
        return (
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set "
            f"to true for {requested['VpcId']} (InvalidParameter)"
        )
    if any(_is_on(each, "PrivateDnsEnabled") for each in same):
        return (
            "private-dns-enabled cannot be set because there is already a conflicting DNS domain for "
            f"{requested['ServiceName']} in the VPC {requested['VpcId']} (InvalidParameter)"
        )
    return None


def _is_on(record: Mapping[str, Any], name: str, *, default: bool = False) -> bool:
    return str(record.get(name, default)).lower() == "true"
