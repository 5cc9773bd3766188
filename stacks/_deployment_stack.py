"""What every stack of a deployment is: in its place, tagged, bounded, and protected where that matters."""

from collections.abc import Mapping

import aws_cdk as cdk
from constructs import Construct

from stacks._settings import StackSettings

__all__ = ["DeploymentStack"]


class DeploymentStack(cdk.Stack):
    """A stack of one deployment.

    Args:
        settings: what the deployment says of all its stacks.
        description: what the stack holds.
        tags: further tags of this stack. Default: none.
        asset_prefix: with what the keys of all that the stack uploads begin, ``/`` last. Default: nothing.
        is_protected: whether the stack holds what others stand on or what requests go to, so that the
            deployment's termination protection covers it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: StackSettings,
        description: str,
        is_protected: bool,
        tags: Mapping[str, str] | None = None,
        asset_prefix: str = "",
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            env=settings.cdk_environment,
            tags={**settings.tags, **(tags or {})},
            description=f"Seatrial deployment {settings.deployment}: {description}",
            synthesizer=settings.synthesizer(asset_prefix),
            termination_protection=is_protected and settings.termination_protection,
        )
        boundary = settings.security.permissions_boundary
        if boundary is not None:
            from aws_cdk import aws_iam as iam  # noqa: PLC0415 - where no role is bounded, nobody waits for it

            policy = iam.ManagedPolicy.from_managed_policy_arn(self, "PermissionsBoundary", boundary)
            iam.PermissionsBoundary.of(self).apply(policy)
