"""Whether SageMaker could read an artifact in a role's name: the check behind CreateModel."""

from local.aws.server import ministack_tables
from local.aws.server.errors import LaunchError
from local.aws.server.s3_urls import parse_s3_prefix, parse_s3_url
from local.aws.server.scope import Scope

__all__ = ["RoleAccess"]

_SERVICE = "sagemaker.amazonaws.com"


class RoleAccess:
    """Reads the gateway's IAM and S3."""

    def can_assume(self, scope: Scope, role_arn: str) -> bool:
        """Whether there is such a role, and it trusts SageMaker."""
        role = ministack_tables.role(scope, role_arn.rsplit("/", 1)[-1])
        return (
            role is not None and role["Arn"] == role_arn and ministack_tables.trusts_service(role, _SERVICE)
        )

    def refusal(self, scope: Scope, role_arn: str, url: str) -> bool:
        """Return whether ``url`` can't be read with ``role_arn``: no role, trust, permission or object.

        Of an address that ends with a slash, a prefix, one readable object under it is enough.
        """
        name = role_arn.rsplit("/", 1)[-1]
        if not self.can_assume(scope, role_arn):
            return True
        try:
            located = parse_s3_prefix(url) if url.endswith("/") else parse_s3_url(url)
        except LaunchError:
            return True
        keys = [located.key]
        if url.endswith("/"):
            keys = ministack_tables.object_keys(scope, located.bucket, located.key)
        policy = ministack_tables.bucket_policy(scope, located.bucket)
        return not any(
            ministack_tables.object_region(scope, located.bucket, key) == scope.region
            and ministack_tables.evaluate_role(
                scope, name, "s3:GetObject", f"arn:aws:s3:::{located.bucket}/{key}", policy
            )
            for key in keys
        )

    def refuses_listing(self, scope: Scope, role_arn: str, url: str) -> bool:
        """Return whether what is below the prefix ``url`` can't be listed with ``role_arn``."""
        located = parse_s3_prefix(url)
        return not ministack_tables.evaluate_role(
            scope,
            role_arn.rsplit("/", 1)[-1],
            "s3:ListBucket",
            f"arn:aws:s3:::{located.bucket}",
            ministack_tables.bucket_policy(scope, located.bucket),
            condition_keys={"s3:prefix": located.key},
        )
