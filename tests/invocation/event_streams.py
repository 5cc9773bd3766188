"""SageMaker's streamed answers on loopback, for a real boto3 client.

Sources: Amazon Transcribe developer guide, "Event stream encoding", the same in all services; botocore's
``sagemaker-runtime`` model for the events.
"""

import struct
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from zlib import crc32

from invocation import local_runtime_client


def encoded(headers: Mapping[str, str], payload: bytes) -> bytes:
    """One message of an event stream; every header is a string."""
    head = b"".join(
        struct.pack("!B", len(name))
        + name.encode()
        + struct.pack("!BH", 7, len(value.encode()))
        + value.encode()
        for name, value in headers.items()
    )
    prelude = struct.pack("!II", len(head) + len(payload) + 16, len(head))
    message = prelude + struct.pack("!I", crc32(prelude)) + head + payload
    return message + struct.pack("!I", crc32(message))


def part(payload: bytes) -> bytes:
    headers = {":event-type": "PayloadPart", ":message-type": "event"}
    return encoded({**headers, ":content-type": "application/octet-stream"}, payload)


def failure(name: str, payload: bytes) -> bytes:
    headers = {":exception-type": name, ":message-type": "exception"}
    return encoded({**headers, ":content-type": "application/json"}, payload)


@dataclass
class Service:
    """What the service answers with, and what it was asked.

    Attributes:
        messages: of the stream, each in a chunk of its own.
        content_type: that the container gave.
        cut: whether the connection ends before the stream does.
        refusals: ``(status, error code, body)``, one per request, before it answers.
        requests: ``(path, headers, body)``.
    """

    messages: Sequence[bytes] = ()
    content_type: str = "text/event-stream; charset=utf-8"
    cut: bool = False
    refusals: list[tuple[int, str, bytes]] = field(default_factory=list)
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def served(service: Service) -> Iterator[Any]:
    """Yield a boto3 client of a server that answers as ``service`` says."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            service.requests.append((self.path, headers, body))
            if service.refusals:
                self._refuse(*service.refusals.pop(0))
            else:
                self._stream()

        def _refuse(self, status: int, code: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("x-amzn-ErrorType", code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _stream(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/vnd.amazon.eventstream")
            self.send_header("X-Amzn-SageMaker-Content-Type", service.content_type)
            self.send_header("x-Amzn-Invoked-Production-Variant", "AllTraffic")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for message in service.messages:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(message), message))
            if service.cut:
                self.close_connection = True
            else:
                self.wfile.write(b"0\r\n\r\n")

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    variables = {
        "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME": f"http://127.0.0.1:{server.server_port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    try:
        yield local_runtime_client("us-east-1", variables)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
