"""One bucket, as publishing needs it: every request that is sent, and what each refusal means."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from model_packaging.publishing._parts import Part
from model_packaging.publishing.errors import PublishError, RefusedError

__all__ = ["Bucket", "SentPart", "StoredObject"]

_ABSENT = frozenset({"404", "NoSuchBucket", "NoSuchKey", "NotFound"})
_NOT_FIRST = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "NoSuchUpload"})
"""Another publisher was first, or is at it (S3 User Guide, "How to prevent object overwrites with conditional
writes")."""
_GONE = frozenset({"NoSuchUpload"})
_NEEDED = (
    "s3:GetObject, s3:PutObject, s3:AbortMultipartUpload and s3:ListMultipartUploadParts on its objects, "
    "s3:ListBucket and s3:ListBucketMultipartUploads on the bucket; of a KMS key, kms:GenerateDataKey and "
    "kms:Decrypt"
)


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object that is there.

    Attributes:
        size_bytes: of its content.
        sha256: Amazon S3's checksum, in base64; None where it was put there without one.
        kms_key_arn: the key that encrypts it; None where Amazon S3's own do.
    """

    size_bytes: int
    sha256: str | None
    kms_key_arn: str | None


@dataclass(frozen=True, slots=True)
class SentPart:
    """A part that an upload has: its size in bytes, SHA-256 in base64, and Amazon S3's tag."""

    size_bytes: int
    sha256: str
    etag: str


class Bucket:
    """A bucket of one account and region.

    Every request says whose bucket it must be: another account's is refused. The methods may be called from
    several threads; each raises ``PublishError`` where Amazon S3 refuses or can't be reached.

    Args:
        client: a boto3 ``s3`` client.
        name: the bucket's.
        account: its owner.
        region: where it must be.
        kms_key_arn: the key that objects are encrypted with. None: as the bucket does by default.
    """

    def __init__(
        self,
        client: Any,  # noqa: ANN401 - boto3 makes its clients' classes at run time
        *,
        name: str,
        account: str,
        region: str,
        kms_key_arn: str | None = None,
    ) -> None:
        self.name = name
        self.region = region
        self.kms_key_arn = kms_key_arn
        self._client = client
        self._account = account
        self._encryption = (
            {} if kms_key_arn is None else {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key_arn}
        )

    def check(self) -> None:
        """Check that the bucket is there, and in its region; that a key is absent doesn't tell."""
        try:
            found = self._ask("head_bucket", "")
        except RefusedError as error:
            if error.code not in _ABSENT:
                raise
            raise PublishError(
                f"s3://{self.name}: there is no such bucket.",
                "make it, or name another under publish.bucket; `cdk bootstrap` makes the one that is used "
                "where none is named.",
            ) from error
        region = found.get("BucketRegion", self.region)
        if region != self.region:
            raise PublishError(
                f"s3://{self.name} is in {region}; SageMaker reads artifacts in {self.region} alone.",
                f"name a bucket in {self.region} under publish.bucket.",
            )

    def head(self, key: str) -> StoredObject | None:
        """Return the object under ``key``; None where there is none."""
        try:
            found = self._ask("head_object", key, Key=key, ChecksumMode="ENABLED")
        except RefusedError as error:
            if error.code in _ABSENT:
                return None
            raise
        return StoredObject(found["ContentLength"], found.get("ChecksumSHA256"), found.get("SSEKMSKeyId"))

    def sizes(self, prefix: str) -> Mapping[str, int]:
        """Return the sizes in bytes of all objects under ``prefix``, by key; one request for a thousand."""
        return {each["Key"]: each["Size"] for each in self._list("list_objects_v2", "Contents", prefix)}

    def put(self, key: str, part: Part) -> StoredObject | None:
        """Make the only part the object under ``key``; None where another publisher was first."""
        try:
            stored = self._ask(
                "put_object",
                key,
                Key=key,
                Body=part.content,
                ChecksumSHA256=part.sha256,
                IfNoneMatch="*",
                **self._encryption,
            )
        except RefusedError as error:
            if error.code in _NOT_FIRST:
                return None
            raise
        return StoredObject(len(part.content), part.sha256, stored.get("SSEKMSKeyId"))

    def unfinished(self, prefix: str) -> Mapping[str, str]:
        """Return the ids of uploads under ``prefix`` that were cut off, one for each key that has any."""
        return {
            each["Key"]: each["UploadId"]
            for each in self._list("list_multipart_uploads", "Uploads", prefix)
            # One that another program began has parts without the checksums that these need.
            if each.get("ChecksumAlgorithm") == "SHA256"
        }

    def begin(self, key: str) -> str:
        """Begin an upload of the object ``key`` in parts, and return its id."""
        begun = self._ask(
            "create_multipart_upload", key, Key=key, ChecksumAlgorithm="SHA256", **self._encryption
        )
        upload_id: str = begun["UploadId"]
        return upload_id

    def sent_parts(self, key: str, upload_id: str) -> Mapping[int, SentPart]:
        """Return the parts that an upload has, by number; none where it has ended meanwhile."""
        try:
            with self._telling(key):
                pages = self._client.get_paginator("list_parts").paginate(
                    Bucket=self.name, ExpectedBucketOwner=self._account, Key=key, UploadId=upload_id
                )
                return {
                    each["PartNumber"]: SentPart(each["Size"], each.get("ChecksumSHA256", ""), each["ETag"])
                    for page in pages
                    for each in page.get("Parts", ())
                }
        except RefusedError as error:
            if error.code in _GONE:
                return {}
            raise

    def send(self, key: str, upload_id: str, part: Part) -> SentPart | None:
        """Send a part; None where the upload has ended meanwhile."""
        try:
            sent = self._ask(
                "upload_part",
                key,
                Key=key,
                UploadId=upload_id,
                PartNumber=part.number,
                Body=part.content,
                ChecksumSHA256=part.sha256,
            )
        except RefusedError as error:
            if error.code in _GONE:
                return None
            raise
        return SentPart(len(part.content), part.sha256, sent["ETag"])

    def complete(self, key: str, upload_id: str, parts: Sequence[SentPart]) -> StoredObject | None:
        """Make the parts the object under ``key``; None where another publisher was first."""
        size_bytes = sum(part.size_bytes for part in parts)
        listed = [
            {"PartNumber": number, "ETag": part.etag, "ChecksumSHA256": part.sha256}
            for number, part in enumerate(parts, start=1)
        ]
        try:
            stored = self._ask(
                "complete_multipart_upload",
                key,
                Key=key,
                UploadId=upload_id,
                MultipartUpload={"Parts": listed},
                MpuObjectSize=size_bytes,
                IfNoneMatch="*",
            )
        except RefusedError as error:
            if error.code in _NOT_FIRST:
                return None
            raise
        return StoredObject(size_bytes, stored.get("ChecksumSHA256"), stored.get("SSEKMSKeyId"))

    def abort(self, key: str, upload_id: str) -> None:
        """Drop the parts of an upload that can't become an object any more."""
        try:
            self._ask("abort_multipart_upload", key, Key=key, UploadId=upload_id)
        except RefusedError as error:
            if error.code not in _GONE:
                raise

    def _ask(self, operation: str, key: str, **arguments: object) -> Mapping[str, Any]:
        with self._telling(key):
            answer: Mapping[str, Any] = getattr(self._client, operation)(
                Bucket=self.name, ExpectedBucketOwner=self._account, **arguments
            )
        return answer

    def _list(self, operation: str, member: str, prefix: str) -> Iterator[Mapping[str, Any]]:
        with self._telling(prefix):
            pages = self._client.get_paginator(operation).paginate(
                Bucket=self.name, ExpectedBucketOwner=self._account, Prefix=prefix
            )
            for page in pages:
                yield from page.get(member, ())

    @contextmanager
    def _telling(self, key: str) -> Iterator[None]:
        """Turn what boto3 raises into words."""
        try:
            yield
        except ClientError as error:
            found = error.response.get("Error", {})
            raise RefusedError(
                f"s3://{self.name}/{key}: {error.operation_name} is refused "
                f"({found.get('Code')}: {found.get('Message')}).",
                f"use credentials of the account {self._account}, whose bucket it must be, with {_NEEDED}.",
                code=str(found.get("Code", "")),
            ) from error
        except BotoCoreError as error:
            raise PublishError(
                f"s3://{self.name}/{key}: Amazon S3 can't be asked ({error}).",
                "check the network and your AWS settings, and publish again.",
            ) from error
