"""Bytes of a file in Amazon S3 or on a hub, as a stream with bounded waits."""

import os
from collections.abc import Iterator

from model_packaging.errors import FetchError

__all__ = ["HUB_SCHEME", "S3_SCHEME", "download"]

S3_SCHEME, HUB_SCHEME = "s3://", "hf://"

_CHUNK_BYTES = 1 << 20
_CONNECT_SECONDS = 10
_READ_SECONDS = 60
_ATTEMPTS = 3


def download(address: str, shown: str) -> Iterator[bytes]:
    """Yield the bytes at ``s3://bucket/key`` or ``hf://owner/name@revision/path``.

    Args:
        address: which.
        shown: how errors name it.

    Raises:
        FetchError: it isn't there, may not be read, or its server does not answer in time.
    """
    if address.startswith(S3_SCHEME):
        return _from_s3(*address.removeprefix(S3_SCHEME).split("/", 1), shown=shown)
    repository, _, rest = address.removeprefix(HUB_SCHEME).partition("@")
    revision, _, path = rest.partition("/")
    return _from_hub(repository, revision, path, shown)


def _from_s3(bucket: str, key: str, *, shown: str) -> Iterator[bytes]:
    """Source of ``BotoCoreError`` and ``ClientError``: boto3, error handling."""
    try:
        import boto3  # noqa: PLC0415 - only who names such a file needs it
        from botocore.config import Config  # noqa: PLC0415 - likewise
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - likewise
    except ModuleNotFoundError as error:
        raise _missing(shown, error) from error
    settings = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
    )
    try:
        body = boto3.client("s3", config=settings).get_object(Bucket=bucket, Key=key)["Body"]
        yield from body.iter_chunks(_CHUNK_BYTES)
    except (BotoCoreError, ClientError) as error:
        raise FetchError(
            f"{shown} can't be fetched from S3 ({error}).",
            "check the bucket, the key, and that your AWS credentials may read them.",
        ) from error


def _from_hub(repository: str, revision: str, path: str, shown: str) -> Iterator[bytes]:
    try:
        import httpx2  # noqa: PLC0415 - what huggingface_hub itself asks with
        import huggingface_hub  # noqa: PLC0415 - only who names such a file needs it
    except ModuleNotFoundError as error:
        raise _missing(shown, error) from error
    url = huggingface_hub.hf_hub_url(
        repository, path, revision=revision, endpoint=os.environ.get("HF_ENDPOINT")
    )
    token = huggingface_hub.get_token()
    # As it is stored: what a server compresses could be any size here.
    headers = {"accept-encoding": "identity"} | ({"authorization": f"Bearer {token}"} if token else {})
    waits = httpx2.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS)
    transport = httpx2.HTTPTransport(retries=_ATTEMPTS - 1)
    try:
        with (
            httpx2.Client(timeout=waits, transport=transport, follow_redirects=True) as client,
            client.stream("GET", url, headers=headers) as answer,
        ):
            answer.raise_for_status()
            yield from answer.iter_bytes(_CHUNK_BYTES)
    except httpx2.HTTPError as error:
        if isinstance(error, httpx2.HTTPStatusError):
            # Its own words hold the address that the hub redirected to, whose query is as good as a token.
            reason = f"{error.response.status_code} {error.response.reason_phrase}".rstrip()
        else:
            reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise FetchError(
            f"{shown} can't be fetched from the hub ({reason}).",
            "check owner, name, revision and path; what is private there needs HF_TOKEN.",
        ) from error


def _missing(shown: str, error: ModuleNotFoundError) -> FetchError:
    return FetchError(
        f"{shown} needs the package {error.name}, which is not installed.",
        f"install {error.name}, or bring the file into the project.",
    )
