"""The objects of one build in Amazon S3: inputs that are there already are not sent again."""

import hashlib
import json
import threading
from pathlib import Path
from typing import Any

from model_packaging.cancellation import check_cancelled
from model_packaging.remote.errors import RemoteBuildError, RemoteResultError

__all__ = ["BuildStorage"]

_MISSING = frozenset({"404", "NoSuchKey", "NotFound"})


class BuildStorage:
    """Objects below one prefix that names their content: an object that is there is the right one.

    Args:
        s3: boto3's client.
        bucket: the bucket.
        prefix: of the build; ends with ``/``.
    """

    def __init__(self, s3: Any, bucket: str, prefix: str) -> None:  # noqa: ANN401 - boto3's clients have no static type
        self._s3 = s3
        self._bucket = bucket
        self._prefix = prefix

    def url(self, name: str) -> str:
        """Return the address of an object, or of what lies below ``name``."""
        return f"s3://{self._bucket}/{self._prefix}{name}"

    def send(self, source: Path, name: str, cancelled: threading.Event) -> None:
        """Upload a file, in parts where it is large, unless the object is there.

        Raises:
            RemoteBuildError: S3 refuses.
            WorkerError: it was cancelled.
        """
        try:
            is_there = self._has(name)
        except self._s3.exceptions.ClientError as error:
            raise self._refused("upload", name, error) from error
        if not is_there:
            self.replace(source, name, cancelled)

    def replace(self, source: Path, name: str, cancelled: threading.Event) -> None:
        """Upload a file, in parts where it is large, whatever is there.

        Raises:
            RemoteBuildError: S3 refuses.
            WorkerError: it was cancelled.
        """
        from boto3.exceptions import S3UploadFailedError  # noqa: PLC0415 - boto3 takes 0.2 s

        check_cancelled(cancelled)
        try:
            self._s3.upload_file(
                str(source),
                self._bucket,
                f"{self._prefix}{name}",
                Callback=lambda _bytes: check_cancelled(cancelled),
            )
        except (self._s3.exceptions.ClientError, S3UploadFailedError) as error:
            raise self._refused("upload", name, error) from error

    def send_bytes(self, content: bytes, name: str) -> None:
        """Upload ``content``.

        Raises:
            RemoteBuildError: S3 refuses.
        """
        try:
            self._s3.put_object(Bucket=self._bucket, Key=f"{self._prefix}{name}", Body=content)
        except self._s3.exceptions.ClientError as error:
            raise self._refused("upload", name, error) from error

    def read_json(self, name: str) -> dict[str, Any] | None:
        """Return what a small object holds; None where there is none.

        Raises:
            RemoteBuildError: S3 refuses.
            RemoteResultError: it is no JSON object.
        """
        try:
            body = self._s3.get_object(Bucket=self._bucket, Key=f"{self._prefix}{name}")["Body"].read()
        except self._s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return None
            raise self._refused("read", name, error) from error
        try:
            document = json.loads(body)
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise RemoteResultError(f"{self.url(name)} is no JSON object.", "delete it and run again.")
        return document

    def fetch(self, name: str, destination: Path, sha256: str, cancelled: threading.Event) -> None:
        """Download an object whose digest is known.

        Raises:
            RemoteBuildError: S3 refuses, or there is no such object.
            RemoteResultError: it is another object than ``sha256`` says.
            WorkerError: it was cancelled.
        """
        check_cancelled(cancelled)
        try:
            self._s3.download_file(
                self._bucket,
                f"{self._prefix}{name}",
                str(destination),
                Callback=lambda _bytes: check_cancelled(cancelled),
            )
        except self._s3.exceptions.ClientError as error:
            raise self._refused("download", name, error) from error
        with destination.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != sha256:
            raise RemoteResultError(
                f"{self.url(name)} has the sha256 {found}, its job wrote {sha256}.",
                "delete what lies beside it and run again.",
            )

    def _has(self, name: str) -> bool:
        try:
            self._s3.head_object(Bucket=self._bucket, Key=f"{self._prefix}{name}")
        except self._s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return False
            raise
        return True

    def _refused(self, what: str, name: str, error: Exception) -> RemoteBuildError:
        return RemoteBuildError(
            f"{self.url(name)}: {what} failed ({error}).",
            "let your role read and write below this prefix, and the stack's key.",
        )
