"""The bucket: where it must be, whose, with which key, and what is told of it."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from model_packaging.publishing._archive_publishing import publish_archive
from model_packaging.publishing._bucket import Bucket
from model_packaging.publishing._files_publishing import publish_files
from model_packaging.publishing._packed_model import PackedModel
from model_packaging.publishing.errors import PublishError
from tests.model_packaging.publishing.conftest import BUCKET

pytestmark = pytest.mark.integration

NewKey = Callable[[str], str]


def test_a_bucket_that_is_not_there_is_told(s3: Any, small: PackedModel) -> None:  # noqa: ANN401 - a boto3 client
    """With where it is named, and what makes the default."""
    bucket = Bucket(s3, name="no-such-bucket", account="000000000000", region="us-east-1")
    with pytest.raises(PublishError, match="there is no such bucket") as told:
        publish_archive(bucket, "k.tar.gz", small, None)
    assert "publish.bucket" in told.value.fix
    assert "cdk bootstrap" in told.value.fix


def test_a_bucket_of_another_account_is_told(s3: Any, small: PackedModel) -> None:  # noqa: ANN401 - a boto3 client
    """Credentials of the wrong account publish nothing."""
    bucket = Bucket(s3, name=BUCKET, account="111111111111", region="us-east-1")
    with pytest.raises(PublishError, match="HeadObject is refused") as told:
        publish_archive(bucket, "k.tar.gz", small, None)
    assert "111111111111" in told.value.fix


def test_a_bucket_of_another_region_is_told(s3: Any, small: PackedModel) -> None:  # noqa: ANN401 - a boto3 client
    """SageMaker reads artifacts of its own region alone."""
    bucket = Bucket(s3, name=BUCKET, account="000000000000", region="eu-west-1")
    with pytest.raises(PublishError, match="is in us-east-1; SageMaker reads artifacts in eu-west-1 alone"):
        publish_archive(bucket, "k.tar.gz", small, None)


def test_objects_are_encrypted_with_the_declared_key(
    s3: Any,  # noqa: ANN401 - a boto3 client
    s3_variables: dict[str, str],
    large: PackedModel,
    new_key: NewKey,
) -> None:
    """And what lies under another key is not taken for it."""
    key_arn = _new_kms_key(s3_variables)
    bucket = Bucket(s3, name=BUCKET, account="000000000000", region="us-east-1", kms_key_arn=key_arn)
    archive, files = new_key(".tar.gz"), new_key("/")
    assert publish_archive(bucket, archive, large, None).publication.kms_key_arn == key_arn
    assert publish_files(bucket, files, large, None).publication.kms_key_arn == key_arn
    assert publish_files(bucket, files, large, None).publication.kms_key_arn == key_arn
    assert s3.head_object(Bucket=BUCKET, Key=archive)["SSEKMSKeyId"] == key_arn
    other = Bucket(
        s3, name=BUCKET, account="000000000000", region="us-east-1", kms_key_arn=f"{key_arn}-other"
    )
    with pytest.raises(PublishError, match="is encrypted with"):
        publish_archive(other, archive, large, None)


def test_an_upload_that_has_ended_has_no_parts(s3: Any, bucket: Bucket, new_key: NewKey) -> None:  # noqa: ANN401 - a boto3 client
    """Another publisher may end it between the look for uploads and the look at this one."""
    key = new_key(".tar.gz")
    upload_id = bucket.begin(key)
    s3.abort_multipart_upload(Bucket=BUCKET, Key=key, UploadId=upload_id)
    assert bucket.sent_parts(key, upload_id) == {}


def test_a_network_that_is_down_is_told(small: PackedModel, s3: Any) -> None:  # noqa: ANN401 - a boto3 client
    """A network that is down is told in words."""
    s3.meta.events.register("before-send.s3", _unplugged)
    bucket = Bucket(s3, name=BUCKET, account="000000000000", region="us-east-1")
    with pytest.raises(PublishError, match="Amazon S3 can't be asked"):
        publish_archive(bucket, "k.tar.gz", small, None)


def _new_kms_key(variables: dict[str, str]) -> str:
    kms = boto3.client(
        "kms",
        region_name="us-east-1",
        endpoint_url=variables["AWS_ENDPOINT_URL"],
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
    )
    arn: str = kms.create_key()["KeyMetadata"]["Arn"]
    return arn


def _unplugged(**_: object) -> None:
    raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")
