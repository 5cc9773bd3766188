"""Adds the stack of what is built in the account."""

import aws_cdk as cdk
from constructs import IConstruct

import spec
from spec.deployment import BUILD_STACK_KEY
from stacks._settings import StackSettings

__all__ = ["add_build_stack"]


def add_build_stack(app: cdk.App, deployment: spec.Deployment) -> dict[str, list[IConstruct]]:
    """Add ``<deployment>-build`` where the file declares it; return what that became, by its path."""
    if deployment.build is None:
        return {}
    from stacks.remote_build_stack import RemoteBuildStack  # noqa: PLC0415 - few build in the account

    stack = RemoteBuildStack(
        app,
        f"{deployment.name}-{BUILD_STACK_KEY}",
        settings=StackSettings.of(deployment),
        deployment=deployment,
        build=deployment.build,
    )
    return {BUILD_STACK_KEY: [stack.build]}
