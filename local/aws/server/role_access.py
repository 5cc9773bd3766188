"""Whether SageMaker could read an artifact in a role's name: the check behind CreateModel."""

from local.aws.server import ministack_tables
from local.aws.server.errors import LaunchError
from local.aws.server.s3_urls import parse_s3_url
from local.aws.server.scope import Scope

__all__ = ["RoleAccess"]

_SERVICE = "sagemaker.amazonaws.com"


class RoleAccess:
    """Reads the gateway's IAM and S3."""

    def refusal(self, scope: Scope, role_arn: str, url: str) -> bool:
        """Return whether ``url`` can't be read with ``role_arn``: no role, trust, permission or object."""
        name = role_arn.rsplit("/", 1)[-1]
        role = ministack_tables.role(scope, name)
        if role is None or role["Arn"] != role_arn or not ministack_tables.trusts_service(role, _SERVICE):
            return True
        try:
            located = parse_s3_url(url)
        except LaunchError:
            return True
        if ministack_tables.object_region(scope, located.bucket, located.key) != scope.region:
            return True
        return not ministack_tables.evaluate_role(
            scope,
            name,
            "s3:GetObject",
            f"arn:aws:s3:::{located.bucket}/{located.key}",
            ministack_tables.bucket_policy(scope, located.bucket),
        )
