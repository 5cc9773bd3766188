"""Uploads that Amazon S3 would refuse are refused, and an unfinished one says its checksums."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.aws.account import BUCKET, Account

pytestmark = pytest.mark.integration

SMALL = b"less than five MiB"


def sha256(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def begun(account: Account, *parts: bytes) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Begin an upload with a SHA-256 for each part, and send these."""
    key = account.new_name("upload")
    upload = account.s3.create_multipart_upload(Bucket=BUCKET, Key=key, ChecksumAlgorithm="SHA256")
    at = {"Bucket": BUCKET, "Key": key, "UploadId": upload["UploadId"]}
    sent = []
    for number, content in enumerate(parts, start=1):
        answer = account.s3.upload_part(**at, PartNumber=number, Body=content, ChecksumSHA256=sha256(content))
        sent.append({"PartNumber": number, "ETag": answer["ETag"], "ChecksumSHA256": sha256(content)})
    return at, sent


def refused(call: Callable[[], Any]) -> str:
    with pytest.raises(ClientError) as error:
        call()
    code: str = error.value.response["Error"]["Code"]
    return code


def test_an_unfinished_upload_says_its_checksums(account: Account) -> None:
    """So that whoever continues it knows what its parts must have."""
    at, _ = begun(account)
    [listed] = account.s3.list_multipart_uploads(Bucket=BUCKET, Prefix=at["Key"])["Uploads"]
    assert (listed["UploadId"], listed["ChecksumAlgorithm"]) == (at["UploadId"], "SHA256")


def test_an_upload_without_checksums_says_none(account: Account) -> None:
    """Another program's upload is told from ours."""
    key = account.new_name("upload")
    account.s3.create_multipart_upload(Bucket=BUCKET, Key=key, ChecksumAlgorithm="CRC32")
    [listed] = account.s3.list_multipart_uploads(Bucket=BUCKET, Prefix=key)["Uploads"]
    assert listed["ChecksumAlgorithm"] == "CRC32"


def test_small_parts_make_no_object(account: Account) -> None:
    """Every part but the last has 5 MiB."""
    at, sent = begun(account, SMALL, SMALL)
    completing = {"Parts": sent}
    code = refused(lambda: account.s3.complete_multipart_upload(**at, MultipartUpload=completing))
    assert code == "EntityTooSmall"
    assert refused(lambda: account.s3.head_object(Bucket=BUCKET, Key=at["Key"])) == "404"


def test_parts_without_their_checksum_make_no_object(account: Account) -> None:
    """An upload that was begun with SHA-256 is completed with that of each part."""
    at, [sent] = begun(account, SMALL)
    del sent["ChecksumSHA256"]
    completing = {"Parts": [sent]}
    code = refused(lambda: account.s3.complete_multipart_upload(**at, MultipartUpload=completing))
    assert code == "InvalidRequest"


def test_a_last_part_may_be_small(account: Account) -> None:
    """A single part is the last one."""
    at, sent = begun(account, SMALL)
    account.s3.complete_multipart_upload(**at, MultipartUpload={"Parts": sent})
    head = account.s3.head_object(Bucket=BUCKET, Key=at["Key"], ChecksumMode="ENABLED")
    assert head["ContentLength"] == len(SMALL)


def test_another_owner_than_expected_is_refused(account: Account) -> None:
    """A bucket that another account has taken over is not written to."""
    at = {"Bucket": BUCKET, "ExpectedBucketOwner": "111111111111"}
    assert refused(lambda: account.s3.put_object(**at, Key="foreign", Body=b"")) == "AccessDenied"
    assert refused(lambda: account.s3.head_bucket(**at)) == "403"


def test_the_owner_that_is_expected_is_served(account: Account) -> None:
    """The laptop's account owns its buckets."""
    account.s3.head_bucket(Bucket=BUCKET, ExpectedBucketOwner="000000000000")
