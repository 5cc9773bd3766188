"""Publishing an archive: whole under its key or not there, resumed, and free to repeat."""

import base64
import hashlib
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from model_packaging.publishing import PublishError, publish_archive
from model_packaging.publishing._parts import sha256_base64

PART_BYTES = 4
KEY = "models/0123.tar.gz"


class CutError(Exception):
    """The process dies here."""


class Bucket:
    """What Amazon S3 does with the requests of a publisher, in memory."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.uploads: dict[str, dict[int, bytes]] = {}
        self.calls: list[str] = []
        self.cut_at = 0
        self.before_last: bytes | None = None
        self.algorithm = "SHA256"

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if len(self.calls) == self.cut_at:
            raise CutError

    def _write(self, key: str, content: bytes, condition: str) -> None:
        assert condition == "*"
        if self.before_last is not None:
            self.objects[key] = self.before_last
        if key in self.objects:
            raise refusal("PreconditionFailed", "PutObject")
        self.objects[key] = content

    def head_object(self, *, Bucket: str, Key: str, ChecksumMode: str) -> dict[str, Any]:  # noqa: N803, ARG002
        self._call("head")
        if Key not in self.objects:
            raise refusal("404", "HeadObject")
        return {"ContentLength": len(self.objects[Key]), "ChecksumSHA256": "checksum"}

    def put_object(self, **request: Any) -> None:  # noqa: ANN401
        self._call("put")
        assert request["ChecksumSHA256"] == sha256_base64(request["Body"])
        self._write(request["Key"], request["Body"], request["IfNoneMatch"])

    def create_multipart_upload(self, **request: Any) -> dict[str, str]:  # noqa: ANN401
        self._call("create")
        assert request["ChecksumAlgorithm"] == "SHA256"
        self.uploads["upload"] = {}
        return {"UploadId": "upload"}

    def upload_part(self, **request: Any) -> dict[str, str]:  # noqa: ANN401
        self._call("part")
        assert request["ChecksumSHA256"] == sha256_base64(request["Body"])
        self.uploads[request["UploadId"]][request["PartNumber"]] = request["Body"]
        return {"ETag": f"tag {request['PartNumber']}"}

    def complete_multipart_upload(self, **request: Any) -> None:  # noqa: ANN401
        self._call("complete")
        parts = self.uploads[request["UploadId"]]
        declared = request["MultipartUpload"]["Parts"]
        assert [each["ChecksumSHA256"] for each in declared] == [
            sha256_base64(parts[each["PartNumber"]]) for each in declared
        ]
        content = b"".join(parts[each["PartNumber"]] for each in declared)
        self._write(request["Key"], content, request["IfNoneMatch"])
        del self.uploads[request["UploadId"]]

    def get_paginator(self, name: str) -> "Pages":
        return Pages(self, name)


class Pages:
    def __init__(self, bucket: Bucket, name: str) -> None:
        self.bucket, self.name = bucket, name

    def paginate(self, **_request: str) -> list[dict[str, Any]]:
        self.bucket._call(self.name)
        if self.name == "list_multipart_uploads":
            algorithm = self.bucket.algorithm
            ids = list(self.bucket.uploads)
            return [{"Uploads": [{"UploadId": i, "Key": KEY, "ChecksumAlgorithm": algorithm} for i in ids]}]
        parts = self.bucket.uploads["upload"].items()
        return [
            {
                "Parts": [
                    {
                        "PartNumber": number,
                        "Size": len(body),
                        "ETag": f"tag {number}",
                        "ChecksumSHA256": base64.b64encode(hashlib.sha256(body).digest()).decode(),
                    }
                    for number, body in parts
                ]
            }
        ]


def refusal(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "the reason"}}, operation)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "0123.tar.gz"
    path.write_bytes(b"an archive in 6 parts!")
    return path


def publish(bucket: Any, archive: Path, part_bytes: int = PART_BYTES) -> Any:  # noqa: ANN401
    return publish_archive(bucket, archive, bucket_name="b", object_key=KEY, part_bytes=part_bytes)


@pytest.mark.parametrize("part_bytes", [4, 64])
def test_the_object_is_the_archive(archive: Path, part_bytes: int) -> None:
    """In parts and in one request."""
    bucket = Bucket()
    published = publish(bucket, archive, part_bytes)
    assert bucket.objects == {KEY: archive.read_bytes()}
    assert bucket.uploads == {}
    assert published.uploaded
    assert (published.url, published.size_bytes) == (f"s3://b/{KEY}", 22)


def test_a_repeat_costs_one_request(archive: Path) -> None:
    """HEAD, and nothing of the archive is sent."""
    bucket = Bucket()
    publish(bucket, archive)
    bucket.calls.clear()
    assert not publish(bucket, archive).uploaded
    assert bucket.calls == ["head"]


def test_cut_at_every_request(archive: Path) -> None:
    """No object before the last write; the next run ends whole and sends no part twice that was there."""
    whole = Bucket()
    publish(whole, archive)
    for cut_at in range(1, len(whole.calls) + 1):
        bucket = Bucket()
        bucket.cut_at = cut_at
        with pytest.raises(CutError):
            publish(bucket, archive)
        assert bucket.objects in ({}, {KEY: archive.read_bytes()})
        there = len(bucket.uploads.get("upload", {}))
        written = KEY in bucket.objects
        bucket.calls.clear()
        bucket.cut_at = 0
        publish(bucket, archive)
        assert bucket.objects == {KEY: archive.read_bytes()}
        assert bucket.calls.count("part") == (0 if written else 6 - there)


def test_a_part_of_other_bytes_is_sent_again(archive: Path) -> None:
    """What an earlier upload left is compared by checksum."""
    bucket = Bucket()
    bucket.uploads["upload"] = {1: b"an a", 2: b"XXXX"}
    publish(bucket, archive)
    assert bucket.objects == {KEY: archive.read_bytes()}
    assert bucket.calls.count("part") == 5


def test_an_upload_of_another_program_is_left_alone(archive: Path) -> None:
    """Its parts lack the checksums."""
    bucket = Bucket()
    bucket.uploads["theirs"] = {1: b"an a"}
    bucket.algorithm = "CRC32"
    publish(bucket, archive)
    assert bucket.uploads == {"theirs": {1: b"an a"}}


@pytest.mark.parametrize("part_bytes", [4, 64])
def test_another_publisher_was_first(archive: Path, part_bytes: int) -> None:
    """Its object has the same key, so the same content: that is success."""
    bucket = Bucket()
    bucket.before_last = archive.read_bytes()
    assert not publish(bucket, archive, part_bytes).uploaded
    assert bucket.objects == {KEY: archive.read_bytes()}


def test_another_size_under_the_key(archive: Path) -> None:
    """A content key promises the content: nothing is overwritten."""
    bucket = Bucket()
    bucket.objects[KEY] = b"half"
    with pytest.raises(PublishError, match=rf"s3://b/{KEY} has 4 bytes, the archive 22: one of them is"):
        publish(bucket, archive)
    assert bucket.objects == {KEY: b"half"}


def test_a_missing_archive(tmp_path: Path) -> None:
    """In words, before any request."""
    bucket = Bucket()
    with pytest.raises(PublishError, match=r"can't be opened \(No such file or directory\); package the"):
        publish(bucket, tmp_path / "missing.tar.gz")
    assert bucket.calls == []


def test_a_refusal_names_the_request(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With Amazon S3's code and reason."""
    bucket = Bucket()

    def refuse(**_request: str) -> None:
        raise refusal("AccessDenied", "HeadObject")

    monkeypatch.setattr(bucket, "head_object", refuse)
    with pytest.raises(PublishError, match=r"HeadObject is refused \(AccessDenied: the reason\)"):
        publish(bucket, archive)


def test_no_connection(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is no traceback."""
    bucket = Bucket()

    def fail(**_request: str) -> None:
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")

    monkeypatch.setattr(bucket, "head_object", fail)
    with pytest.raises(PublishError, match="Amazon S3 can't be reached"):
        publish(bucket, archive)
