"""What tests of publishing share: what is visible in the bucket, and ways to disturb a client."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any

from tests.model_packaging.publishing.conftest import BUCKET

__all__ = ["cut_after", "objects", "sha256"]


def objects(s3: Any, prefix: str) -> dict[str, bytes]:  # noqa: ANN401 - a boto3 client
    """Return what is visible under a prefix."""
    listed = s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
    return {
        each["Key"].removeprefix(prefix): s3.get_object(Bucket=BUCKET, Key=each["Key"])["Body"].read()
        for each in listed
    }


def cut_after(s3: Any, parts: int) -> Callable[[], None]:  # noqa: ANN401 - as above
    """Have the client fail as Ctrl-C does once it has sent so many parts; return what undoes that."""
    left = [parts]

    def cut(**_: object) -> None:
        if left[0] == 0:
            raise KeyboardInterrupt
        left[0] -= 1

    s3.meta.events.register("before-send.s3.UploadPart", cut, unique_id="cut")
    return lambda: s3.meta.events.unregister("before-send.s3.UploadPart", unique_id="cut")


def sha256(content: bytes) -> str:
    """Return the checksum as Amazon S3 writes it."""
    return base64.b64encode(hashlib.sha256(content).digest()).decode()
