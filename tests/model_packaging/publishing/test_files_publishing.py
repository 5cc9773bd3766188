"""Files as objects of their own: all of them and nothing else, sent once."""

from collections.abc import Callable
from typing import Any

import pytest

from model_packaging.publishing._bucket import Bucket
from model_packaging.publishing._files_publishing import publish_files
from model_packaging.publishing._packed_model import PackedModel
from model_packaging.publishing.errors import PublishError
from tests.model_packaging.publishing.bucket_contents import cut_after, objects
from tests.model_packaging.publishing.conftest import BUCKET
from tests.model_packaging.publishing.packed import CONFIG, LARGE

pytestmark = pytest.mark.integration

NewKey = Callable[[str], str]


def test_files_become_objects_of_their_own(
    s3: Any,  # noqa: ANN401 - a boto3 client
    bucket: Bucket,
    large: PackedModel,
    new_key: NewKey,
    requests: list[str],
) -> None:
    """Large ones in parts; a repeat costs one request."""
    prefix = new_key("/")
    done = publish_files(bucket, prefix, large, None)
    assert objects(s3, prefix) == {"m/1/model.pt": LARGE, "m/config.pbtxt": CONFIG}
    assert done.publication.is_uncompressed
    assert done.publication.sha256 is None
    assert done.sent_bytes == len(LARGE) + len(CONFIG)
    requests.clear()
    again = publish_files(bucket, prefix, large, done.publication)
    assert requests == ["ListObjectsV2"]
    assert again.sent_bytes == 0
    assert again.publication == done.publication


def test_files_that_are_there_are_not_sent_again(
    s3: Any,  # noqa: ANN401 - a boto3 client
    bucket: Bucket,
    large: PackedModel,
    new_key: NewKey,
    requests: list[str],
) -> None:
    """After a cut, whole files and parts of files are where they are."""
    prefix = new_key("/")
    mended = cut_after(s3, 2)
    with pytest.raises(KeyboardInterrupt):
        publish_files(bucket, prefix, large, None)
    assert "m/1/model.pt" not in objects(s3, prefix)
    mended()
    s3.put_object(Bucket=BUCKET, Key=f"{prefix}m/config.pbtxt", Body=CONFIG)
    requests.clear()
    publish_files(bucket, prefix, large, None)
    assert requests.count("UploadPart") == 1
    assert "PutObject" not in requests
    assert objects(s3, prefix) == {"m/1/model.pt": LARGE, "m/config.pbtxt": CONFIG}


def test_a_file_more_under_the_prefix_is_told(
    s3: Any,  # noqa: ANN401 - a boto3 client
    bucket: Bucket,
    small: PackedModel,
    new_key: NewKey,
) -> None:
    """SageMaker would download it."""
    prefix = new_key("/")
    s3.put_object(Bucket=BUCKET, Key=f"{prefix}m/strange", Body=b"")
    with pytest.raises(PublishError, match="m/strange is no file of the model"):
        publish_files(bucket, prefix, small, None)


def test_a_key_that_is_too_long_is_told(bucket: Bucket, small: PackedModel) -> None:
    """Before anything is sent."""
    with pytest.raises(PublishError, match="has more than 1024 bytes"):
        publish_files(bucket, f"{'p' * 1020}/", small, None)
