"""Publishes an archive as it is; one that is there already is not sent again."""

from collections import deque
from typing import BinaryIO

from model_packaging.artifact.publication_lock import Publication
from model_packaging.publishing._bucket import Bucket, StoredObject
from model_packaging.publishing._object_upload import send_object
from model_packaging.publishing._packed_model import PackedModel, opened, pieces_of, verified_files
from model_packaging.publishing._parts import Stream, checksum_of
from model_packaging.publishing._published import Published, check_encryption
from model_packaging.publishing.errors import PublishError

__all__ = ["publish_archive"]


def publish_archive(bucket: Bucket, key: str, model: PackedModel, known: Publication | None) -> Published:
    """Make the archive the object ``key``; where that is there, one request is all it costs.

    The archive is compared with its manifest before a byte of it is sent: what lies under a content key has
    that content. Then its bytes go from the file in parts, without a copy of it.

    Args:
        bucket: where it goes.
        key: names the content.
        model: what is published.
        known: what the lock file says of the object; None for nothing.

    Raises:
        PublishError: the archive can't be read or isn't the manifest's, Amazon S3 refuses or can't be
            reached, or something else is under the key.
    """
    size_bytes, sent_bytes = model.manifest.archive.size_bytes, 0
    with opened(model.archive) as file:
        stored = bucket.head(key)
        if stored is not None and _is_another(stored, model, file, known.sha256 if known else None):
            raise PublishError(
                f"s3://{bucket.name}/{key} is another object than {model.archive}: it has "
                f"{stored.size_bytes} bytes and the checksum {stored.sha256}.",
                "package the model again with --force; where that doesn't help, delete the object.",
            )
        if stored is None:
            bucket.check()
            for content in verified_files(file, model):
                deque(content.pieces, maxlen=0)
            stream = Stream(pieces_of(file, model.listen), size_bytes, model.part_bytes)
            unfinished = bucket.unfinished(key) if stream.part_count > 1 else {}
            stored, sent_bytes = send_object(bucket, key, stream, unfinished.get(key)), size_bytes
    check_encryption(bucket, key, stored.kms_key_arn)
    return Published(
        Publication(model.manifest, bucket.region, bucket.name, key, stored.kms_key_arn, stored.sha256),
        sent_bytes,
    )


def _is_another(stored: StoredObject, model: PackedModel, file: BinaryIO, known: str | None) -> bool:
    """Whether an object that is there is not the archive, as far as Amazon S3 tells without sending it.

    ``cdk deploy`` puts the same archives under the same keys, without a SHA-256: then the size must do. So it
    must where the object has another number of parts, which says nothing of its content.
    """
    size_bytes = model.manifest.archive.size_bytes
    if stored.size_bytes != size_bytes or stored.sha256 in (None, known):
        return stored.size_bytes != size_bytes
    parts = Stream(pieces_of(file, lambda _bytes: None), size_bytes, model.part_bytes).parts()
    expected = checksum_of([each.sha256 for each in parts])
    same_parts = expected.partition("-")[2] == str(stored.sha256).partition("-")[2]
    return same_parts and expected != stored.sha256
