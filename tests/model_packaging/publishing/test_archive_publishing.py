"""Archives: whole under their keys, sent once, and held to their manifests."""

import os
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from model_packaging.artifact import ArchiveRecord, Publication
from model_packaging.publishing._archive_publishing import publish_archive
from model_packaging.publishing._bucket import Bucket
from model_packaging.publishing._files_publishing import publish_files
from model_packaging.publishing._packed_model import PackedModel
from model_packaging.publishing.errors import PublishError
from tests.model_packaging.publishing.bucket_contents import objects, sha256
from tests.model_packaging.publishing.conftest import BUCKET
from tests.model_packaging.publishing.packed import PART, pack

pytestmark = pytest.mark.integration

NewKey = Callable[[str], str]


def test_an_archive_goes_in_one_request_where_it_is_small(
    s3: Any,  # noqa: ANN401 - a boto3 client
    bucket: Bucket,
    small: PackedModel,
    new_key: NewKey,
    requests: list[str],
) -> None:
    """Whether it is there, whether the bucket is right, and the archive."""
    key = new_key(".tar.gz")
    done = publish_archive(bucket, key, small, None)
    assert requests == ["HeadObject", "HeadBucket", "PutObject"]
    assert objects(s3, key) == {"": small.archive.read_bytes()}
    assert done.sent_bytes == small.manifest.archive.size_bytes
    assert done.publication.url == f"s3://{BUCKET}/{key}"
    assert done.publication.region == "us-east-1"
    assert done.publication.manifest == small.manifest
    assert done.publication.kms_key_arn is None
    head = s3.head_object(Bucket=BUCKET, Key=key, ChecksumMode="ENABLED")
    assert done.publication.sha256 == head["ChecksumSHA256"]


def test_an_archive_goes_in_parts_where_it_is_large(
    s3: Any,  # noqa: ANN401 - a boto3 client
    bucket: Bucket,
    large: PackedModel,
    new_key: NewKey,
    requests: list[str],
) -> None:
    """Each with its checksum; the object has theirs together, and the archive's bytes."""
    key = new_key(".tar.gz")
    done = publish_archive(bucket, key, large, None)
    assert requests.count("UploadPart") == 3
    assert requests[-1] == "CompleteMultipartUpload"
    assert objects(s3, key) == {"": large.archive.read_bytes()}
    head = s3.head_object(Bucket=BUCKET, Key=key, ChecksumMode="ENABLED")
    assert done.publication.sha256 == head["ChecksumSHA256"]
    assert head["ChecksumSHA256"].endswith("-3")


@pytest.mark.parametrize("is_known", [True, False])
def test_a_repeat_costs_one_request(
    bucket: Bucket,
    large: PackedModel,
    new_key: NewKey,
    requests: list[str],
    is_known: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """Whether the lock file knows the object or not."""
    key = new_key(".tar.gz")
    first = publish_archive(bucket, key, large, None)
    requests.clear()
    again = publish_archive(bucket, key, large, first.publication if is_known else None)
    assert requests == ["HeadObject"]
    assert again.sent_bytes == 0
    assert again.publication == first.publication


def test_what_cdk_deploy_put_there_is_taken(
    s3: Any,  # noqa: ANN401 - a boto3 client
    bucket: Bucket,
    small: PackedModel,
    new_key: NewKey,
    requests: list[str],
) -> None:
    """It has the same key and no SHA-256, which the lock file then doesn't say either."""
    key = new_key(".tar.gz")
    s3.put_object(Bucket=BUCKET, Key=key, Body=small.archive.read_bytes())
    requests.clear()
    done = publish_archive(bucket, key, small, None)
    assert requests == ["HeadObject"]
    assert (done.sent_bytes, done.publication.sha256) == (0, None)


@pytest.mark.parametrize("form", [publish_archive, publish_files])
def test_an_archive_that_is_not_the_manifests_is_not_published(
    bucket: Bucket,
    large: PackedModel,
    new_key: NewKey,
    form: Callable[..., object],
    tmp_path: Path,
) -> None:
    """One changed byte: what is under a content key has that content, or isn't there."""
    changed = tmp_path / "changed.tar.gz"
    content = bytearray(large.archive.read_bytes())
    content[PART] ^= 1
    changed.write_bytes(content)
    key = new_key("/")
    with pytest.raises(
        PublishError, match="package the model again with --force, then publish again"
    ) as told:
        form(bucket, key, replace(large, archive=changed), None)
    assert "changed.tar.gz" in told.value.cause
    assert bucket.sizes(key).keys() <= {f"{key}m/config.pbtxt"}


def test_an_archive_that_lacks_a_file_is_not_published(
    bucket: Bucket, large: PackedModel, small: PackedModel, new_key: NewKey
) -> None:
    """The manifest of one with the archive of another."""
    with pytest.raises(PublishError, match="is not what the manifest says"):
        publish_archive(bucket, new_key(".tar.gz"), replace(large, archive=small.archive), None)


def test_an_archive_that_is_gone_is_told(bucket: Bucket, small: PackedModel, new_key: NewKey) -> None:
    """With the command that brings it back."""
    gone = replace(small, archive=small.archive.with_name("gone.tar.gz"))
    with pytest.raises(PublishError, match=r"gone\.tar\.gz can't be read \(No such file or directory\)"):
        publish_archive(bucket, new_key(".tar.gz"), gone, None)


def test_an_object_of_another_size_is_not_taken(
    s3: Any,  # noqa: ANN401 - a boto3 client
    bucket: Bucket,
    small: PackedModel,
    new_key: NewKey,
) -> None:
    """It is told, and stays as it is."""
    key = new_key(".tar.gz")
    s3.put_object(Bucket=BUCKET, Key=key, Body=b"another")
    with pytest.raises(PublishError, match="is another object than") as told:
        publish_archive(bucket, key, small, None)
    assert f"s3://{BUCKET}/{key}" in told.value.cause
    assert "7 bytes" in told.value.cause
    assert objects(s3, key) == {"": b"another"}


def test_an_object_of_the_same_size_with_another_checksum_is_not_taken(
    s3: Any,  # noqa: ANN401 - a boto3 client
    bucket: Bucket,
    small: PackedModel,
    new_key: NewKey,
) -> None:
    """The archive is read for it, and nothing is sent."""
    key = new_key(".tar.gz")
    content = os.urandom(small.manifest.archive.size_bytes)
    s3.put_object(Bucket=BUCKET, Key=key, Body=content, ChecksumSHA256=sha256(content))
    with pytest.raises(PublishError, match="is another object than"):
        publish_archive(bucket, key, small, None)


def test_memory_is_bounded(bucket: Bucket, new_key: NewKey, tmp_path: Path) -> None:
    """A few parts of it, however large the archive is."""
    model = pack(tmp_path, {"m/1/model.pt": bytes(14 * PART)})
    tracemalloc.start()
    try:
        publish_archive(bucket, new_key(".tar.gz"), model, None)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 9 * PART


def test_a_known_key_of_another_size_is_not_taken(
    bucket: Bucket, small: PackedModel, new_key: NewKey
) -> None:
    """The lock file knows the key, and the manifest says another archive."""
    key = new_key(".tar.gz")
    known: Publication = publish_archive(bucket, key, small, None).publication
    longer = replace(small.manifest, archive=ArchiveRecord("x.tar.gz", 1))
    with pytest.raises(PublishError, match="is another object than"):
        publish_archive(bucket, key, replace(small, manifest=longer), known)
