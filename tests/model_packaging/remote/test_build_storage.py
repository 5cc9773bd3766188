"""The objects of a build: sent once, found again, never another than they say."""

import hashlib
import io
import threading
from pathlib import Path
from typing import Any

import boto3
import pytest
from boto3.exceptions import RetriesExceededError
from botocore.config import Config
from botocore.response import StreamingBody
from botocore.stub import Stubber

from model_packaging.errors import WorkerError
from model_packaging.remote.account_clients import account_words
from model_packaging.remote.build_storage import BuildStorage
from model_packaging.remote.errors import BuildStackError, RemoteBuildError, RemoteResultError

NEVER = threading.Event()


@pytest.fixture
def s3() -> Any:  # noqa: ANN401 - boto3's clients have no static type
    """A client that reaches nobody."""
    return boto3.client(
        "s3",
        region_name="us-east-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",  # noqa: S106 - nobody's
    )


def _body(content: bytes) -> dict[str, Any]:
    return {"Body": StreamingBody(io.BytesIO(content), len(content))}


def test_object_that_is_there_is_not_sent_again(s3: Any, tmp_path: Path) -> None:  # noqa: ANN401 - see above
    """One request decides."""
    (tmp_path / "model.onnx").write_bytes(b"graph")
    with Stubber(s3) as stub:
        stub.add_response("head_object", {}, {"Bucket": "b", "Key": "p/model.onnx"})
        BuildStorage(s3, "b", "p/").send(tmp_path / "model.onnx", "model.onnx", NEVER)
        stub.assert_no_pending_responses()


def test_result_is_read_or_missing(s3: Any) -> None:  # noqa: ANN401 - see above
    """A missing object is no error: the build is not done yet."""
    storage = BuildStorage(s3, "b", "p/")
    with Stubber(s3) as stub:
        stub.add_client_error("get_object", "NoSuchKey")
        assert storage.read_json("result.json") is None
        stub.add_response("get_object", _body(b'{"key": "k"}'), {"Bucket": "b", "Key": "p/result.json"})
        assert storage.read_json("result.json") == {"key": "k"}


def test_result_that_is_no_document_is_refused(s3: Any) -> None:  # noqa: ANN401 - see above
    """With its address and what to do."""
    with Stubber(s3) as stub:
        stub.add_response("get_object", _body(b"[1]"))
        with pytest.raises(RemoteResultError, match=r"s3://b/p/result\.json is no JSON object"):
            BuildStorage(s3, "b", "p/").read_json("result.json")


def test_refusal_is_told_with_the_address(s3: Any, tmp_path: Path) -> None:  # noqa: ANN401 - see above
    """Whatever S3 refuses, the object and the permission are named."""
    storage = BuildStorage(s3, "b", "p/")
    with Stubber(s3) as stub:
        stub.add_client_error("get_object", "AccessDenied")
        with pytest.raises(RemoteBuildError, match=r"s3://b/p/result\.json: read failed .*AccessDenied"):
            storage.read_json("result.json")
        stub.add_client_error("head_object", "403")
        with pytest.raises(RemoteBuildError, match=r"s3://b/p/x: upload failed .*403") as refused:
            storage.send(tmp_path / "x", "x", NEVER)
        stub.add_client_error("put_object", "AccessDenied")
        with pytest.raises(RemoteBuildError, match=r"s3://b/p/x: upload failed"):
            storage.send_bytes(b"", "x")
    assert refused.value.fix == "let your role read and write below this prefix, and the stack's key."


def test_transfers_end_when_told(s3: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ANN401 - see above
    """By another thread, as at Ctrl-C: before they begin, and at the next piece of them."""
    storage, cancelled = BuildStorage(s3, "b", "p/"), threading.Event()

    def transfer(*_: str, Callback: Any) -> None:  # noqa: ANN401, N803 - boto3's name
        Callback(1)
        cancelled.set()
        Callback(1)
        raise AssertionError("it goes on")

    monkeypatch.setattr(s3, "upload_file", transfer, raising=False)
    monkeypatch.setattr(s3, "download_file", transfer, raising=False)
    for _ in ("midway", "before it begins"):
        with pytest.raises(WorkerError):
            storage.replace(tmp_path / "x", "x", cancelled)
    cancelled.clear()
    for _ in ("midway", "before it begins"):
        with pytest.raises(WorkerError):
            storage.fetch("x", tmp_path / "x", "", cancelled)


def test_what_the_account_refuses_is_told_in_words(s3: Any) -> None:  # noqa: ANN401 - see above
    """A request that nobody answers for by itself, such as a look at a job."""
    with Stubber(s3) as stub:
        stub.add_client_error("list_buckets", "ThrottlingException", "Rate exceeded")
        with pytest.raises(BuildStackError) as refused, account_words():
            s3.list_buckets()
    assert refused.value.cause == "the account refuses ListBuckets (ThrottlingException: Rate exceeded)."
    assert refused.value.fix.startswith("let your role do that: docs/remote-build.md lists what it needs")


def test_a_download_that_breaks_off_again_and_again_is_told_in_words() -> None:
    """boto3 has an exception of its own for it."""
    with pytest.raises(BuildStackError, match="the account can't be asked"), account_words():
        raise RetriesExceededError(OSError("broken"))


def test_unreachable_account_is_told_in_words() -> None:
    """What boto3 says without an answer of AWS's is no traceback."""
    client = boto3.client(
        "s3",
        region_name="us-east-1",
        endpoint_url="http://127.0.0.1:9",
        aws_access_key_id="a",
        aws_secret_access_key="b",  # noqa: S106 - nobody's
        config=Config(retries={"total_max_attempts": 1}),
    )
    with (
        pytest.raises(BuildStackError, match="the account can't be asked"),
        account_words(),
    ):
        client.get_object(Bucket="b", Key=hashlib.sha256(b"k").hexdigest())
