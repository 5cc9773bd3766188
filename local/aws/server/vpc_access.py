"""Whether a model in a VPC could fetch its artifact: read from the gateway's EC2."""

from collections.abc import Sequence

from local.aws.server import ministack_tables
from local.aws.server.scope import Scope
from local.aws.server.vpc_routes import reaches_s3

__all__ = ["VpcAccess"]


class VpcAccess:
    """Reads the gateway's EC2."""

    def obstacle(self, scope: Scope, subnet_ids: Sequence[str]) -> str | None:
        """Return why S3 can't be reached from one of these subnets; None if it can from all of them."""
        route_tables = ministack_tables.route_tables(scope)
        vpc_endpoints = ministack_tables.vpc_endpoints_of(scope)
        for subnet_id in subnet_ids:
            subnet = ministack_tables.subnet(scope, subnet_id)
            if subnet is None:
                return f"subnet {subnet_id} does not exist"
            if not reaches_s3(subnet, route_tables, vpc_endpoints):
                return (
                    f"subnet {subnet_id} has neither a route to an S3 gateway endpoint nor a way out of its "
                    "VPC"
                )
        return None
