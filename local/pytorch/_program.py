"""Serves an unpacked artifact by SageMaker's PyTorch inference toolkit: ``python -I _program.py MODEL PORT``.

In AWS's image TorchServe stands in front of the toolkit; here a small HTTP server does, which listens on
loopback alone and answers one request at a time, as one of TorchServe's workers does. It listens once the
model is loaded, so a connection that is refused means: not yet. Nothing of ours is imported: it is run as a
file, in an environment with torch and the toolkit.
"""

import importlib
import os
import socket
import sys
import threading
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

__all__ = ["main"]

_LOOPBACK = "127.0.0.1"
_CODE_FOLDER = "code"
_PING_PATH = "/ping"
_INVOCATIONS_PATH = "/invocations"
_BASE_FOLDER_VARIABLE = "SAGEMAKER_BASE_DIR"


class _RequestProperties:
    """The request's headers, as the toolkit asks TorchServe's context for them."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    def get_request_properties(self) -> Mapping[str, str]:
        """Return the headers; the toolkit looks for ``Content-Type`` and ``Accept``."""
        return self._headers


class _Context:
    """What the toolkit needs of TorchServe's context (``ts/context.py``).

    Attributes:
        system_properties: where the model is.
        request_processor: of the one request of this batch.
        status: of the answer.
        content_type: of the answer.
    """

    def __init__(self, model_folder: Path, headers: Mapping[str, str]) -> None:
        self.system_properties = {"model_dir": str(model_folder), "gpu_id": None}
        self.request_processor = [_RequestProperties(headers)]
        self.status = int(HTTPStatus.OK)
        self.content_type = ""

    def set_response_status(self, code: int = HTTPStatus.OK, phrase: str = "", idx: int = 0) -> None:  # noqa: ARG002 - TorchServe's signature
        """Answer with ``code``."""
        self.status = int(code)

    def set_response_content_type(self, _idx: int, value: str) -> None:
        """Answer with ``value`` as the content type."""
        self.content_type = value

    def get_request_header(self, _idx: int, key: str) -> str | None:
        """Return a header of the request."""
        return self.request_processor[0].get_request_properties().get(key)


class _Handler(BaseHTTPRequestHandler):
    """Answers ``/ping`` and ``/invocations``."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body go out in one write

    transformer: ClassVar[Any]
    model_folder: ClassVar[Path]
    one_at_a_time: ClassVar[threading.Lock] = threading.Lock()

    def do_GET(self) -> None:
        """Answer the health check."""
        self._answer(HTTPStatus.OK if self.path == _PING_PATH else HTTPStatus.NOT_FOUND, "", b"")

    def do_POST(self) -> None:
        """Answer an invocation."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path != _INVOCATIONS_PATH:
            self._answer(HTTPStatus.NOT_FOUND, "", b"")
            return
        context = _Context(self.model_folder, {name.title(): value for name, value in self.headers.items()})
        with self.one_at_a_time:
            (answer,) = self.transformer.transform([{"body": body}], context)
        content = answer if isinstance(answer, bytes) else str(answer).encode()
        self._answer(context.status, context.content_type, content)

    def log_message(self, *_: object) -> None:
        """Say nothing: the data plane counts requests."""

    def _answer(self, status: int, content_type: str, body: bytes) -> None:
        self.send_response(status)
        if content_type:
            self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    """On a port that another socket of this user holds until this one listens."""

    daemon_threads = True
    request_queue_size = 128

    def server_bind(self) -> None:
        """Bind beside whoever holds the port."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        super().server_bind()


def main(model_folder: Path, port: int) -> None:
    """Load the model and serve it until the process is ended."""
    os.environ[_BASE_FOLDER_VARIABLE] = str(model_folder.parent)
    sys.path.insert(0, str(model_folder / _CODE_FOLDER))
    # Imported here, since they read the variable above when they are; by name, since this environment has
    # them, and the one that checks this file does not.
    transformer_module = importlib.import_module("sagemaker_inference.transformer")
    handlers = importlib.import_module(
        "sagemaker_pytorch_serving_container.default_pytorch_inference_handler"
    )
    transformer = transformer_module.Transformer(handlers.DefaultPytorchInferenceHandler())
    transformer.validate_and_initialize(model_dir=str(model_folder), context=_Context(model_folder, {}))
    _Handler.transformer, _Handler.model_folder = transformer, model_folder
    _Server((_LOOPBACK, port), _Handler).serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
