"""What publishing one model gives."""

from dataclasses import dataclass

from model_packaging.artifact.publication_lock import Publication
from model_packaging.publishing._bucket import Bucket
from model_packaging.publishing.errors import PublishError

__all__ = ["Published", "check_encryption"]


@dataclass(frozen=True, slots=True)
class Published:
    """A model that is in Amazon S3 now.

    Attributes:
        publication: where.
        sent_bytes: 0 where all of it was there already; parts that a run before sent count.
    """

    publication: Publication
    sent_bytes: int


def check_encryption(bucket: Bucket, key: str, kms_key_arn: str | None) -> None:
    """Check that what lies under ``key`` is encrypted with the declared key.

    Raises:
        PublishError: with another one.
    """
    if bucket.kms_key_arn is not None and kms_key_arn != bucket.kms_key_arn:
        raise PublishError(
            f"s3://{bucket.name}/{key} is encrypted with {kms_key_arn or 'a key of Amazon S3'}, and the file "
            f"declares {bucket.kms_key_arn}.",
            "delete what is there and publish again, or declare the other key.",
        )
