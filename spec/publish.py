"""Where `seatrial publish` puts packaged models."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from spec._base import SpecModel, text
from spec.security import BucketName, KeyArn

__all__ = ["BOOTSTRAP_QUALIFIER", "Publish", "PublishedTo"]

BOOTSTRAP_QUALIFIER = "hnb659fds"
"""Of the resources of `cdk bootstrap` (aws-cdk-lib, DefaultStackSynthesizer.DEFAULT_QUALIFIER)."""

# No segment is "." or "..", and nothing is a wildcard or a variable in a policy: characters that are safe in
# keys (S3 User Guide, "Naming Amazon S3 objects").
_SEGMENT = r"[A-Za-z0-9_][A-Za-z0-9_!.'()=-]*"
KeyPrefix = Annotated[
    str,
    text(
        rf"^({_SEGMENT}/)*$",
        allowed="the beginning of S3 keys: names of letters, digits and _!.'()=-, each followed by a slash",
        maximum=512,
    ),
]


@dataclass(frozen=True, slots=True)
class PublishedTo:
    """Where published models lie, every default filled in.

    Attributes:
        bucket_name: the bucket.
        prefix: of their keys; empty or ends with ``/``.
        kms_key_arn: the key that encrypts them; None for what the bucket does by default.
    """

    bucket_name: str
    prefix: str
    kms_key_arn: str | None


class Publish(SpecModel):
    """Where `seatrial publish` puts the models whose `artifact` is `published` or `uncompressed`."""

    bucket: BucketName | None = Field(
        default=None,
        description="The bucket, in the deployment's account and region. Default: that of "
        "`security.artifact_bucket`, else that of `cdk bootstrap`.",
    )
    prefix: KeyPrefix = Field(
        default="", description="What their keys begin with; it ends with a slash. Default: nothing."
    )
    kms_key: KeyArn | None = Field(
        default=None,
        description="The KMS key that they are encrypted with; the models' roles may decrypt with it. "
        "Default: that of `security.artifact_bucket` where this is its bucket, else what the bucket does by "
        "default.",
    )
