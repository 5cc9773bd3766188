"""ministack's private names about uploads to Amazon S3, and what of its semantics they lack.

Sources: Amazon S3 API Reference, ListMultipartUploads (``ChecksumAlgorithm``) and CompleteMultipartUpload
(``EntityTooSmall``); S3 User Guide, "Checking object integrity" (the checksum of each part) and "Verifying
bucket ownership with bucket owner condition".
"""

# Private names of ministack's are what this file is for.
# ruff: noqa: SLF001

import re
from typing import Any

from ministack.core import responses as _responses
from ministack.services import s3 as _s3

__all__ = ["close_s3_gaps"]

Document = dict[str, Any]
HttpAnswer = tuple[int, dict[str, str], bytes]

_MIN_PART_BYTES = 5 << 20
"""Of every part but the last (S3 User Guide, "Amazon S3 multipart upload limits")."""

_UPLOAD_ID = re.compile(r"<UploadId>([^<]+)</UploadId>")
_PART = re.compile(r"<Part>.*?</Part>", re.DOTALL)
_PART_NUMBER = re.compile(r"<PartNumber>(\d+)</PartNumber>")


def close_s3_gaps() -> None:
    """Close every gap; once per process."""
    _list_checksum_algorithms()
    _refuse_parts_that_make_no_object()
    _hold_to_the_expected_owner()


def _list_checksum_algorithms() -> None:
    # ListMultipartUploads leaves out which checksums the parts of an upload have.
    original = _s3._list_multipart_uploads

    def with_algorithm(match: re.Match[str]) -> str:
        algorithm = (_s3._multipart_uploads.get(match[1]) or {}).get("checksum_algorithm")
        if not algorithm:
            return match[0]
        checksum = f"<ChecksumAlgorithm>{algorithm}</ChecksumAlgorithm><ChecksumType>COMPOSITE</ChecksumType>"
        return match[0] + checksum

    def listed(bucket: str, query: Document) -> HttpAnswer:
        status, headers, body = original(bucket, query)
        return status, headers, _UPLOAD_ID.sub(with_algorithm, body.decode()).encode()

    _s3._list_multipart_uploads = listed


def _refuse_parts_that_make_no_object() -> None:
    # CompleteMultipartUpload takes parts of any size, and parts without the checksum that was announced.
    original = _s3._complete_multipart_upload

    def completed(
        bucket: str, key: str, body: bytes, query: Document, headers: Document | None = None
    ) -> HttpAnswer:
        upload = _s3._multipart_uploads.get(_s3._qp(query, "uploadId")) or {}
        refusal = _refusal(upload, body.decode(errors="replace"))
        if refusal is not None:
            code, message = refusal
            refused: HttpAnswer = _s3._error(code, message, 400, f"/{bucket}/{key}")
            return refused
        answer: HttpAnswer = original(bucket, key, body, query, headers)
        return answer

    _s3._complete_multipart_upload = completed


def _refusal(upload: Document, body: str) -> tuple[str, str] | None:
    parts = {int(number): part for part in _PART.findall(body) for number in _PART_NUMBER.findall(part)}
    algorithm = upload.get("checksum_algorithm")
    for number, part in sorted(parts.items()):
        if algorithm and f"<Checksum{algorithm}>" not in part:
            return "InvalidRequest", (
                f"The upload was created using a {algorithm.lower()} checksum. The complete request must "
                f"include the checksum for each part. It was missing for part {number} in the request."
            )
        sent = upload.get("parts", {}).get(number)
        if sent is not None and number < max(parts) and sent["size"] < _MIN_PART_BYTES:
            return "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size"
    return None


def _hold_to_the_expected_owner() -> None:
    # The owner that a request expects is not compared with the bucket's.
    original = _s3._dispatch

    def dispatched(method: str, bucket: str, key: str, headers: Document, *rest: object) -> HttpAnswer:
        expected = headers.get("x-amz-expected-bucket-owner")
        if expected and expected != _responses.get_account_id():
            refused: HttpAnswer = _s3._error("AccessDenied", "Access Denied", 403, f"/{bucket}/{key}")
            return refused
        answer: HttpAnswer = original(method, bucket, key, headers, *rest)
        return answer

    _s3._dispatch = dispatched
