"""Publishing assets and templates into a bucket of the user's own, or below a prefix."""

from typing import Any

import aws_cdk as cdk
import jsii

__all__ = ["PlacedAssetsSynthesizer"]


@jsii.implements(cdk.IStackSynthesizer)
class PlacedAssetsSynthesizer:
    """``DefaultStackSynthesizer`` with another place for files; of one stack, never of several.

    It only passes on. A ``DefaultStackSynthesizer`` itself can't be given to a stack from Python: the stack
    binds a copy, and jsii takes the copy for the original, which then says that it is not bound.

    Args:
        bucket_name: in the account and region of the stack. Default: the bootstrap's.
        prefix: with what the keys of all files begin. Default: nothing.
    """

    def __init__(self, bucket_name: str | None = None, prefix: str = "") -> None:
        self._inner = cdk.DefaultStackSynthesizer(file_assets_bucket_name=bucket_name, bucket_prefix=prefix)

    @property
    def bootstrap_qualifier(self) -> str | None:
        """Return the qualifier of the bootstrap's roles."""
        return self._inner.bootstrap_qualifier

    @property
    def cloud_formation_execution_role(self) -> str | None:
        """Return the role that CloudFormation assumes."""
        return self._inner.cloud_formation_execution_role

    @property
    def lookup_role(self) -> str | None:
        """Return the role that look-ups would use."""
        return self._inner.lookup_role

    def bind(self, stack: cdk.Stack) -> None:
        """Take the stack."""
        self._inner.bind(stack)

    def add_file_asset(self, **source: Any) -> cdk.FileAssetLocation:  # noqa: ANN401 - FileAssetSource's
        """Register a file for publishing."""
        return self._inner.add_file_asset(**source)

    def add_docker_image_asset(self, **source: Any) -> cdk.DockerImageAssetLocation:  # noqa: ANN401 - likewise
        """Register an image for publishing; it goes into the bootstrap's repository."""
        return self._inner.add_docker_image_asset(**source)

    def synthesize(self, session: cdk.ISynthesisSession) -> None:
        """Write the stack's template and the list of what is published."""
        self._inner.synthesize(session)
