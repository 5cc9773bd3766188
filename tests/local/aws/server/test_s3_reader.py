"""Listing and downloading from an S3 that answers in pages."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from local.aws.server.errors import LaunchError
from local.aws.server.s3_reader import S3Reader
from local.aws.server.s3_urls import S3Object
from local.aws.server.scope import Scope

SCOPE = Scope("000000000000", "us-east-1")
FIRST = "<Contents><Key>m/a&amp;b</Key></Contents><NextContinuationToken>to/ken=</NextContinuationToken>"
SECOND = "<Contents><Key>m/c</Key></Contents>"


class Pages(BaseHTTPRequestHandler):
    """Two pages of keys, and one object."""

    paths: list[str]

    def do_GET(self) -> None:
        self.paths.append(self.path)
        if self.path.startswith("/bucket?"):
            body = SECOND if "continuation-token=to%2Fken%3D" in self.path else FIRST
            self._answer(200, body)
        elif self.path == "/bucket/m/a%20b":
            self._answer(200, "content")
        elif self.path == "/bucket/m/cut":
            self._answer(200, "content", length=10)
        else:
            self._answer(404, "<Key>no</Key>")

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, status: int, body: str, *, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body.encode())


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    Pages.paths = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as running:
        threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        yield running
        running.shutdown()


@pytest.fixture
def reader(server: ThreadingHTTPServer) -> S3Reader:
    return S3Reader(server.server_port)


def test_every_page_of_keys_is_read(reader: S3Reader) -> None:
    """Keys and tokens are written as XML and URLs want them."""
    assert list(reader.keys(SCOPE, "bucket", "m/")) == ["m/a&b", "m/c"]
    assert Pages.paths[0] == "/bucket?list-type=2&prefix=m%2F"


def test_a_bucket_that_is_not_there_has_no_keys(reader: S3Reader) -> None:
    """What an error's document says is no key."""
    assert list(reader.keys(SCOPE, "others", "m/")) == []


def test_an_object_becomes_a_file(reader: S3Reader, tmp_path: Path) -> None:
    """Folders on the way are made."""
    target = tmp_path / "new" / "file"
    assert reader.download(SCOPE, S3Object("bucket", "m/a b"), target) is None
    assert target.read_text(encoding="utf-8") == "content"


def test_an_object_that_is_not_there_leaves_no_file(reader: S3Reader, tmp_path: Path) -> None:
    """What S3 answered is returned."""
    refusal = reader.download(SCOPE, S3Object("bucket", "none"), tmp_path / "file")
    assert refusal == "S3 answered 404"
    assert list(tmp_path.iterdir()) == []


def test_a_gateway_that_is_gone_is_told(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    """With what was to be downloaded."""
    server.server_close()
    with pytest.raises(LaunchError, match="s3://bucket/m can't be downloaded"):
        S3Reader(server.server_port).download(SCOPE, S3Object("bucket", "m"), tmp_path / "file")


def test_an_object_that_ends_too_soon_is_told(reader: S3Reader, tmp_path: Path) -> None:
    """Half a model must not pass for one."""
    with pytest.raises(LaunchError, match=r"s3://bucket/m/cut can't be downloaded: 3 bytes are missing"):
        reader.download(SCOPE, S3Object("bucket", "m/cut"), tmp_path / "file")
