"""Where the models of a multi-model endpoint are: archives below one prefix of one bucket."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import aws_cdk as cdk
from constructs import Construct

from seatrial_hosting._validation import raise_problems
from seatrial_hosting.artifact import ModelArtifact

__all__ = ["ModelPrefix"]

_ARCHIVE_SUFFIX = ".tar.gz"


@dataclass(frozen=True, slots=True)
class ModelPrefix:
    """Archives whose addresses begin alike, so that one address stands for all, now and later.

    Attributes:
        bucket_name: the bucket.
        key_prefix: with what their keys begin, ``/`` last.
        kms_key_arn: the key that encrypts the objects; None where Amazon S3's own do, which asks nothing of
            the model's role.
    """

    bucket_name: str
    key_prefix: str
    kms_key_arn: str | None = None

    @classmethod
    def of(cls, scope: Construct, artifacts: Mapping[str, ModelArtifact]) -> Self:
        """Return where ``artifacts`` are.

        Args:
            scope: anything in the stack that serves them.
            artifacts: by name, at least one.

        Raises:
            HostingError: they are in several buckets or folders, encrypted with several keys, or at the root
                of a bucket, all of whose archives the endpoint could be asked for.
        """
        stack = cdk.Stack.of(scope)
        found: dict[object, tuple[str, Self]] = {}
        for name, artifact in artifacts.items():
            folder, slash, _ = artifact.object_key.rpartition("/")
            place = cls(artifact.bucket_name, f"{folder}{slash}", artifact.kms_key_arn)
            found.setdefault(str(stack.resolve([place.url, place.kms_key_arn])), (name, place))
        (first, prefix), *others = found.values()
        problems = [
            f"{name} is at {place.shown}, {first} at {prefix.shown}; a multi-model endpoint has one prefix "
            "and one key. Bring both to the same."
            for name, place in others
        ]
        if not prefix.key_prefix:
            problems.append(
                f"{first} is at the root of {prefix.url}, so the endpoint could be asked for every archive "
                "of the bucket. Give the models a prefix of their own."
            )
        raise_problems(scope, problems)
        return prefix

    @property
    def url(self) -> str:
        """What the container definition says: ``s3://<bucket>/<prefix>/``."""
        return f"s3://{self.bucket_name}/{self.key_prefix}"

    @property
    def archives(self) -> str:
        """The keys of all archives, as a policy's resource has them."""
        return f"{self.key_prefix}*{_ARCHIVE_SUFFIX}"

    @property
    def shown(self) -> str:
        """The address and the key, as messages name them."""
        return f"{self.url} ({self.kms_key_arn or 'no KMS key'})"

    def target_model(self, artifact: ModelArtifact) -> str:
        """Return what ``invoke_endpoint`` takes as ``TargetModel``: the key without the prefix."""
        return artifact.object_key.removeprefix(self.key_prefix)
