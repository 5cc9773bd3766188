"""Reads the local S3 over HTTP, in the name of no one: who may read is checked before."""

import http.client
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode
from xml.sax.saxutils import unescape

from local.aws.server.errors import LaunchError
from local.aws.server.s3_urls import S3Object
from local.aws.server.scope import Scope

__all__ = ["S3Reader"]

_TIMEOUT_SECONDS = 60.0
_CHUNK_BYTES = 1 << 20
_KEY = re.compile(r"<Key>([^<]*)</Key>")
_NEXT = re.compile(r"<NextContinuationToken>([^<]*)</NextContinuationToken>")


class S3Reader:
    """Lists and downloads.

    Args:
        gateway_port: where the local S3 answers, on loopback.
    """

    def __init__(self, gateway_port: int) -> None:
        self._gateway_port = gateway_port

    def download(self, scope: Scope, located: S3Object, target: Path) -> str | None:
        """Write an object to the new file ``target``; return what S3 answered where it wasn't the object.

        Raises:
            LaunchError: S3 can't be reached or breaks off, or the file can't be written.
        """
        path = f"/{quote(located.bucket)}/{quote(located.key)}"
        with self._answer(scope, path, f"{located.bucket}/{located.key}") as response:
            if response.status != http.client.OK:
                return f"S3 answered {response.status}"
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:
                shutil.copyfileobj(response, file, _CHUNK_BYTES)
            if response.length:  # http.client says so only where the whole is read at once
                raise http.client.HTTPException(f"{response.length} bytes are missing")
        return None

    def keys(self, scope: Scope, bucket: str, prefix: str) -> Iterator[str]:
        """Yield the keys that begin with ``prefix``; none where there is no such bucket.

        Raises:
            LaunchError: S3 can't be reached.
        """
        query = {"list-type": "2", "prefix": prefix}
        while True:
            path = f"/{quote(bucket)}?{urlencode(query)}"
            with self._answer(scope, path, f"{bucket}/{prefix}") as response:
                text = response.read().decode()
                found = text if response.status == http.client.OK else ""
            yield from (unescape(key) for key in _KEY.findall(found))
            more = _NEXT.search(found)
            if more is None:
                return
            query["continuation-token"] = unescape(more[1])

    @contextmanager
    def _answer(self, scope: Scope, path: str, what: str) -> Iterator[http.client.HTTPResponse]:
        connection = http.client.HTTPConnection("127.0.0.1", self._gateway_port, timeout=_TIMEOUT_SECONDS)
        try:
            connection.request("GET", path, headers={"Authorization": _authorization(scope)})
            yield connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            raise LaunchError(f"s3://{what} can't be downloaded: {error}") from error
        finally:
            connection.close()


def _authorization(scope: Scope) -> str:
    # Unverified, and only for the scope in it: the gateway reads account and region from there.
    return (
        f"AWS4-HMAC-SHA256 Credential={scope.account_id}/20000101/{scope.region}/s3/aws4_request, "
        "SignedHeaders=host, Signature=0"
    )
