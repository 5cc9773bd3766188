"""Files of the project, of S3 and of a hub, the last two from a server on loopback."""

import hashlib
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from model_packaging.errors import FetchError, WorkerError
from model_packaging.untrusted import _download, fetched_files
from model_packaging.untrusted.fetched_files import DOWNLOADS_FOLDER, fetched_file

CONTENT = bytes(range(256)) * 9000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
S3, HUB = "s3://models/vision/m.onnx", "hf://owner/name@v1/vision/m.onnx"
PLACES = {"/models/vision/m.onnx": CONTENT, "/elsewhere/m.onnx": CONTENT}


@dataclass
class Server:
    """What it was asked for, and how it answers."""

    port: int
    asked: list[str] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)
    status: int = 200
    cut: bool = False
    elsewhere: str = "/elsewhere/m.onnx"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Stands for S3 at ``/bucket/key``, and for a hub that redirects to where it keeps its files."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            state.asked.append(path)
            state.tokens.append(self.headers.get("Authorization"))
            if path == "/owner/name/resolve/v1/vision/m.onnx" and state.status == 200:
                self.send_response(302)
                self.send_header("Location", state.elsewhere)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            content = PLACES.get(path, b"") if state.status == 200 else b""
            self.send_response(403 if path == "/forbidden" else state.status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if state.cut else content)
            self.close_connection = state.cut

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class QuietServer(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """Say nothing of clients that leave in the middle."""

    httpd = QuietServer(("127.0.0.1", 0), Handler)
    state = Server(httpd.server_address[1])
    address = f"http://127.0.0.1:{state.port}"
    for name, value in (
        ("AWS_ENDPOINT_URL", address),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("HF_ENDPOINT", address),
    ):
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "HF_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(_download, "_ATTEMPTS", 1)
    thread = threading.Thread(target=httpd.serve_forever, args=(0.01,))
    thread.start()
    yield state
    httpd.shutdown()
    thread.join()
    httpd.server_close()


def fetch(address: str, root: Path, sha256: str = SHA256) -> Path:
    return fetched_file(address, sha256, root, "file.from")


def refused(address: str, root: Path, sha256: str = SHA256) -> FetchError:
    """Return the error, and hold it to have kept nothing."""
    with pytest.raises(FetchError) as caught:
        fetch(address, root, sha256)
    folder = root / DOWNLOADS_FOLDER
    assert not folder.exists() or list(folder.iterdir()) == []
    return caught.value


def test_a_file_of_the_project_stays_where_it_is(tmp_path: Path) -> None:
    """Once its digest is the declared one."""
    (tmp_path / "m.onnx").write_bytes(CONTENT)
    assert fetch("m.onnx", tmp_path) == tmp_path / "m.onnx"
    error = refused("m.onnx", tmp_path, "0" * 64)
    assert error.cause == f"file.from: m.onnx has the sha256 {SHA256}, not {'0' * 64}."
    assert error.fix.endswith("where the new one is meant, declare its digest.")


def test_a_missing_file_of_the_project_is_refused(tmp_path: Path) -> None:
    """With the system's reason."""
    error = refused("m.onnx", tmp_path)
    assert error.cause == "file.from: m.onnx can't be read (No such file or directory)."
    assert error.fix.startswith("correct the path, which starts from the project's root")


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        (S3, ["/models/vision/m.onnx"]),
        (HUB, ["/owner/name/resolve/v1/vision/m.onnx", "/elsewhere/m.onnx"]),
    ],
)
def test_what_is_elsewhere_is_fetched_once(
    server: Server, tmp_path: Path, address: str, asked: list[str]
) -> None:
    """It is kept under its digest; the second time nobody is asked."""
    first, second = fetch(address, tmp_path), fetch(address, tmp_path)
    assert first == second == tmp_path / DOWNLOADS_FOLDER / SHA256
    assert first.read_bytes() == CONTENT
    assert server.asked == asked


def test_the_hubs_token_is_sent_where_there_is_one(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As every tool of the hub finds it."""
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    fetch(HUB, tmp_path)
    assert server.tokens[0] == "Bearer hf_secret"


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("address", [S3, HUB])
def test_another_digest_is_refused_and_not_kept(tmp_path: Path, address: str) -> None:
    """Nobody gets the file."""
    error = refused(address, tmp_path, "0" * 64)
    assert error.cause == f"file.from: {address} has the sha256 {SHA256}, not {'0' * 64}."


def test_a_kept_file_that_was_changed_is_fetched_again(server: Server, tmp_path: Path) -> None:
    """The digest is checked before every use."""
    fetch(S3, tmp_path).write_bytes(b"changed")
    assert fetch(S3, tmp_path).read_bytes() == CONTENT
    assert len(server.asked) == 2


@pytest.mark.usefixtures("server")
def test_what_killed_downloads_left_is_removed(tmp_path: Path) -> None:
    """After a day; a younger one may be going on."""
    folder = tmp_path / DOWNLOADS_FOLDER
    folder.mkdir(parents=True)
    old, young = folder / ".unfinished-old", folder / ".unfinished-young"
    for each in (old, young):
        each.touch()
    os.utime(old, (0, 0))
    fetch(S3, tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == [young.name, SHA256]


@pytest.mark.parametrize(
    ("address", "status", "reason"),
    [
        (S3, 403, "can't be fetched from S3 (An error occurred (403) when calling the GetObject operation"),
        (S3, 404, "can't be fetched from S3 (An error occurred (404) when calling the GetObject operation"),
        (HUB, 404, "can't be fetched from the hub (404 Not Found)."),
        (HUB, 401, "can't be fetched from the hub (401 Unauthorized)."),
    ],
)
def test_a_refusal_is_said(server: Server, tmp_path: Path, address: str, status: int, reason: str) -> None:
    """With the other side's words."""
    server.status = status
    error = refused(address, tmp_path)
    assert reason in error.cause
    assert "check" in error.fix


def test_an_address_that_is_as_good_as_a_token_is_not_said(server: Server, tmp_path: Path) -> None:
    """A hub redirects to an address that is signed; refused, it is in no message."""
    server.elsewhere = "/forbidden?X-Amz-Signature=secret"
    error = refused(HUB, tmp_path)
    assert error.cause == f"file.from: {HUB} can't be fetched from the hub (403 Forbidden)."
    assert server.asked[-1] == "/forbidden"


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("address", [S3, HUB])
def test_a_download_ends_when_told(tmp_path: Path, address: str) -> None:
    """By another thread, as at Ctrl-C: at the next piece, and nothing is kept."""
    cancelled = threading.Event()
    cancelled.set()
    with pytest.raises(WorkerError):
        fetched_file(address, SHA256, tmp_path, "file.from", cancelled)
    assert list((tmp_path / DOWNLOADS_FOLDER).iterdir()) == []


@pytest.mark.parametrize("address", [S3, HUB])
def test_a_cut_download_is_not_kept(server: Server, tmp_path: Path, address: str) -> None:
    """Half a file passes for none."""
    server.cut = True
    assert "can't be fetched from" in refused(address, tmp_path).cause


@pytest.mark.parametrize(
    ("address", "variable", "where"), [(S3, "AWS_ENDPOINT_URL", "S3"), (HUB, "HF_ENDPOINT", "the hub")]
)
@pytest.mark.usefixtures("server")
def test_waiting_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, variable: str, where: str
) -> None:
    """A server that accepts and says nothing."""
    monkeypatch.setattr(_download, "_READ_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv(variable, f"http://127.0.0.1:{silent.getsockname()[1]}")
        assert f"can't be fetched from {where} (" in refused(address, tmp_path).cause


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("address", [S3, HUB])
def test_the_size_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """What goes on and on is left."""
    monkeypatch.setattr(fetched_files, "MAX_FILE_BYTES", 1000)
    assert refused(address, tmp_path).cause == f"file.from: {address} is larger than 1000 bytes."


@pytest.mark.usefixtures("server")
def test_a_full_disk_is_said(
    tmp_path: Path, small_disk: Callable[[int], AbstractContextManager[None]]
) -> None:
    """Nothing of the file is left."""
    with small_disk(100_000):
        error = refused(S3, tmp_path)
    assert error.cause == f"file.from: {S3} can't be read (File too large)."
    assert "needs room in .seatrial/downloads" in error.fix


@pytest.mark.parametrize(("address", "package"), [(S3, "boto3"), (HUB, "huggingface_hub")])
def test_a_package_that_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, package: str
) -> None:
    """Only who names such a file needs it."""
    monkeypatch.setitem(sys.modules, package, None)
    error = refused(address, tmp_path)
    assert error.cause == f"file.from: {address} needs the package {package}, which is not installed."
    assert error.fix == f"install {package}, or bring the file into the project."
