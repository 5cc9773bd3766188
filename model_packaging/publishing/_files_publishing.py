"""Publishes the files of an archive as objects of their own; those that are there already stay."""

from collections.abc import Mapping

from model_packaging.artifact.manifest import FileRecord
from model_packaging.artifact.publication_lock import Publication
from model_packaging.publishing._bucket import Bucket
from model_packaging.publishing._object_upload import send_object
from model_packaging.publishing._packed_model import PackedModel, counted, opened, verified_files
from model_packaging.publishing._parts import Stream
from model_packaging.publishing._published import Published, check_encryption
from model_packaging.publishing.errors import PublishError

__all__ = ["publish_files"]

_MAX_KEY_BYTES = 1024
"""S3 User Guide, "Naming Amazon S3 objects"."""


def publish_files(bucket: Bucket, prefix: str, model: PackedModel, known: Publication | None) -> Published:
    """Make each file of the archive an object under ``prefix``; where all are there, one request is all.

    The archive is read as a stream, nothing is unpacked to a disk, and each file is compared with the
    manifest before it becomes an object. Nothing else may be under the prefix: SageMaker downloads all of it.

    Args:
        bucket: where they go.
        prefix: names the content; ends with ``/``.
        model: what is published.
        known: what the lock file says of the prefix; None for nothing.

    Raises:
        PublishError: as for ``publish_archive``; or a key would be too long.
    """
    files = {f"{prefix}{each.path}": each for each in model.manifest.files}
    _check_keys(files)
    missing = _missing(bucket, prefix, files)
    if not missing and known is not None:
        kms_key_arn = known.kms_key_arn
    elif not missing:
        stored = bucket.head(min(files))
        kms_key_arn = stored.kms_key_arn if stored else None
    else:
        kms_key_arn = _send_files(bucket, prefix, model, missing)
    check_encryption(bucket, prefix, kms_key_arn)
    return Published(
        Publication(model.manifest, bucket.region, bucket.name, prefix, kms_key_arn, None),
        sum(each.size_bytes for each in missing.values()),
    )


def _send_files(
    bucket: Bucket, prefix: str, model: PackedModel, missing: Mapping[str, FileRecord]
) -> str | None:
    """Send the files that are missing; return the key that encrypts them."""
    bucket.check()
    is_large = any(each.size_bytes > model.part_bytes for each in missing.values())
    unfinished = bucket.unfinished(prefix) if is_large else {}
    kms_key_arn = None
    with opened(model.archive) as file:
        for content in verified_files(file, model):
            key = f"{prefix}{content.record.path}"
            if key in missing:
                stream = Stream(
                    counted(content.pieces, model.listen), content.record.size_bytes, model.part_bytes
                )
                kms_key_arn = send_object(bucket, key, stream, unfinished.get(key)).kms_key_arn
            else:
                model.listen(content.record.size_bytes)
    return kms_key_arn


def _missing(bucket: Bucket, prefix: str, files: Mapping[str, FileRecord]) -> dict[str, FileRecord]:
    there = bucket.sizes(prefix)
    others = sorted(there.keys() - files.keys())
    others += [key for key in sorted(there.keys() & files.keys()) if there[key] != files[key].size_bytes]
    if others:
        raise PublishError(
            f"s3://{bucket.name}/{others[0]} is no file of the model, or not with that size; SageMaker would "
            f"download it, too ({len(others)} such object(s)).",
            f"delete what is under s3://{bucket.name}/{prefix}, and publish again.",
        )
    return {key: each for key, each in files.items() if key not in there}


def _check_keys(files: Mapping[str, FileRecord]) -> None:
    long = [key for key in files if len(key.encode()) > _MAX_KEY_BYTES]
    if long:
        raise PublishError(
            f"the key {long[0]!r} has more than {_MAX_KEY_BYTES} bytes.",
            "shorten publish.prefix or the file's path.",
        )
