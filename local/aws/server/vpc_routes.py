"""Whether a subnet's route table leads to S3: the artifact of a model with a VpcConfig comes that way.

Source: SageMaker developer guide, "Give SageMaker AI Hosted Endpoints Access to Resources in Your Amazon
VPC", section "Create an Amazon S3 VPC Endpoint"; for the main route table, VPC user guide, "Subnet route
tables".
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

__all__ = ["leads_out", "reaches_s3", "s3_endpoints"]

_EVERYWHERE = "0.0.0.0/0"


def reaches_s3(
    subnet: Mapping[str, Any],
    route_tables: Iterable[Mapping[str, Any]],
    vpc_endpoints: Iterable[Mapping[str, Any]],
) -> bool:
    """Return whether S3 can be reached from a subnet, policies and security groups left aside.

    It can through a gateway endpoint in the subnet's route table, through an interface endpoint with private
    DNS in its VPC, and by a default route, whatever that leads to.

    Args:
        subnet: in the shape of DescribeSubnets.
        route_tables: of the region, in the shape of DescribeRouteTables.
        vpc_endpoints: of the region, in the shape of DescribeVpcEndpoints.
    """
    tables = list(route_tables)
    return leads_out(subnet, tables) or any(True for _ in s3_endpoints(subnet, tables, vpc_endpoints))


def leads_out(subnet: Mapping[str, Any], route_tables: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether the subnet's route table has a default route."""
    table = _route_table_of(subnet, route_tables)
    return table is not None and any(_leads_out(route) for route in table["Routes"])


def s3_endpoints(
    subnet: Mapping[str, Any],
    route_tables: Iterable[Mapping[str, Any]],
    vpc_endpoints: Iterable[Mapping[str, Any]],
) -> Iterator[Mapping[str, Any]]:
    """Yield the VPC endpoints that lead from a subnet to S3; the arguments are ``reaches_s3``'s."""
    table = _route_table_of(subnet, route_tables)
    for endpoint in vpc_endpoints:
        if endpoint["ServiceName"].endswith(".s3") and _serves(endpoint, subnet, table):
            yield endpoint


def _route_table_of(
    subnet: Mapping[str, Any], route_tables: Iterable[Mapping[str, Any]]
) -> Mapping[str, Any] | None:
    """Return the subnet's own table, else its VPC's main one."""
    main = None
    for table in route_tables:
        for association in table["Associations"]:
            if association.get("SubnetId") == subnet["SubnetId"]:
                return table
            if association.get("Main") and table["VpcId"] == subnet["VpcId"]:
                main = table
    return main


def _leads_out(route: Mapping[str, Any]) -> bool:
    return (
        route.get("DestinationCidrBlock") == _EVERYWHERE
        and route.get("GatewayId") != "local"
        and route.get("State") != "blackhole"
    )


def _serves(endpoint: Mapping[str, Any], subnet: Mapping[str, Any], table: Mapping[str, Any] | None) -> bool:
    if endpoint["VpcEndpointType"] == "Gateway":
        return table is not None and table["RouteTableId"] in endpoint["RouteTableIds"]
    private_dns = str(endpoint.get("PrivateDnsEnabled", False)).lower() == "true"
    return endpoint["VpcId"] == subnet["VpcId"] and private_dns
