"""Uploads that are cut off, and publishers who are at it at once."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from model_packaging.publishing._archive_publishing import publish_archive
from model_packaging.publishing._bucket import Bucket
from model_packaging.publishing._packed_model import PackedModel
from model_packaging.publishing._parts import Part
from model_packaging.publishing.errors import PublishError
from tests.model_packaging.publishing.bucket_contents import cut_after, objects, sha256
from tests.model_packaging.publishing.conftest import BUCKET
from tests.model_packaging.publishing.packed import PART

pytestmark = pytest.mark.integration

NewKey = Callable[[str], str]


def test_a_cut_upload_shows_nothing_and_is_continued(
    s3: Any,  # noqa: ANN401 - a boto3 client
    bucket: Bucket,
    large: PackedModel,
    new_key: NewKey,
    requests: list[str],
) -> None:
    """Only the parts that are missing are sent."""
    key = new_key(".tar.gz")
    mended = cut_after(s3, 1)
    with pytest.raises(KeyboardInterrupt):
        publish_archive(bucket, key, large, None)
    assert objects(s3, key) == {}
    mended()
    requests.clear()
    publish_archive(bucket, key, large, None)
    assert requests.count("UploadPart") == 2
    assert "CreateMultipartUpload" not in requests
    assert objects(s3, key) == {"": large.archive.read_bytes()}


def test_an_upload_of_another_program_is_left_alone(
    s3: Any,  # noqa: ANN401 - a boto3 client
    bucket: Bucket,
    large: PackedModel,
    new_key: NewKey,
) -> None:
    """Its parts have no SHA-256, so an upload of our own is begun beside it."""
    key = new_key(".tar.gz")
    theirs = s3.create_multipart_upload(Bucket=BUCKET, Key=key, ChecksumAlgorithm="CRC32")["UploadId"]
    publish_archive(bucket, key, large, None)
    assert objects(s3, key) == {"": large.archive.read_bytes()}
    [left] = s3.list_multipart_uploads(Bucket=BUCKET, Prefix=key)["Uploads"]
    assert left["UploadId"] == theirs


def test_parts_of_other_bytes_are_sent_again(
    s3: Any,  # noqa: ANN401 - a boto3 client
    bucket: Bucket,
    large: PackedModel,
    new_key: NewKey,
    requests: list[str],
) -> None:
    """An upload that was begun with something else is not completed with it."""
    key = new_key(".tar.gz")
    upload_id = bucket.begin(key)
    other = Part(1, b"\0" * PART, "wIUVN+3nC8dKGVyL4YRcNzX4N6INgVwwYQC9mtCPoKU=")
    with pytest.raises(PublishError):
        bucket.send(key, upload_id, other)  # another checksum than the bytes have: Amazon S3 tells
    bucket.send(key, upload_id, replace(other, sha256=sha256(other.content)))
    requests.clear()
    publish_archive(bucket, key, large, None)
    assert requests.count("UploadPart") == 3
    assert objects(s3, key) == {"": large.archive.read_bytes()}


def test_who_is_second_takes_what_the_first_made(
    s3: Any,  # noqa: ANN401 - a boto3 client
    bucket: Bucket,
    large: PackedModel,
    new_key: NewKey,
    requests: list[str],
) -> None:
    """Two publish at once: the object of the first stays, and nothing of the second is left behind."""
    key = new_key(".tar.gz")

    def be_faster(**_: object) -> None:
        s3.meta.events.unregister("before-send.s3.CompleteMultipartUpload", unique_id="faster")
        publish_archive(bucket, key, large, None)

    s3.meta.events.register("before-send.s3.CompleteMultipartUpload", be_faster, unique_id="faster")
    done = publish_archive(bucket, key, large, None)
    assert requests.count("CompleteMultipartUpload") >= 1
    assert objects(s3, key) == {"": large.archive.read_bytes()}
    assert (
        done.publication.sha256
        == s3.head_object(Bucket=BUCKET, Key=key, ChecksumMode="ENABLED")["ChecksumSHA256"]
    )
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=BUCKET, Prefix=key)


def test_who_is_second_with_one_request_takes_it_too(
    s3: Any,  # noqa: ANN401 - a boto3 client
    bucket: Bucket,
    small: PackedModel,
    new_key: NewKey,
    requests: list[str],
) -> None:
    """The write is conditional: an object is never replaced."""
    key = new_key(".tar.gz")

    def be_faster(**_: object) -> None:
        s3.meta.events.unregister("before-send.s3.PutObject", unique_id="faster")
        publish_archive(bucket, key, small, None)

    s3.meta.events.register("before-send.s3.PutObject", be_faster, unique_id="faster")
    publish_archive(bucket, key, small, None)
    assert requests[-2:] == ["PutObject", "HeadObject"]
