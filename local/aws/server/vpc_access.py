"""Whether a model in a VPC could fetch its artifact: read from the gateway's EC2."""

from collections.abc import Iterator, Sequence

from local.aws.server import ministack_tables, ministack_vpc
from local.aws.server.s3_urls import S3Object
from local.aws.server.scope import Scope
from local.aws.server.vpc_routes import leads_out, s3_endpoints

__all__ = ["VpcAccess"]


class VpcAccess:
    """Reads the gateway's EC2."""

    def obstacle(self, scope: Scope, subnet_ids: Sequence[str], artifact: S3Object) -> str | None:
        """Return why the artifact can't be fetched from one of these subnets; None if it can from all.

        A VPC endpoint's policy counts, wherever no route leads out (AWS PrivateLink guide, "Control access to
        VPC endpoints using endpoint policies").
        """
        route_tables = ministack_tables.route_tables(scope)
        vpc_endpoints = ministack_tables.vpc_endpoints_of(scope)
        for subnet_id in subnet_ids:
            subnet = ministack_tables.subnet(scope, subnet_id)
            if subnet is None:
                return f"subnet {subnet_id} does not exist"
            if leads_out(subnet, route_tables):
                continue
            endpoints = list(s3_endpoints(subnet, route_tables, vpc_endpoints))
            if not endpoints:
                return (
                    f"subnet {subnet_id} has neither a route to an S3 gateway endpoint nor a way out of its "
                    "VPC"
                )
            for endpoint in endpoints:
                policy = endpoint.get("PolicyDocument")
                if not policy:
                    continue
                for action, resource, keys in _calls(artifact):
                    if not ministack_vpc.endpoint_policy_allows(scope, policy, action, resource, keys):
                        return (
                            f"the policy of {endpoint['VpcEndpointId']} doesn't allow {action} on {resource}"
                        )
        return None


def _calls(artifact: S3Object) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield what fetching calls: the action, what it is done to, and its condition keys."""
    bucket = f"arn:aws:s3:::{artifact.bucket}"
    if artifact.key.endswith("/"):
        yield "s3:ListBucket", bucket, {"s3:prefix": artifact.key}
    yield "s3:GetObject", f"{bucket}/{artifact.key}", {}
