"""An HTTP server in Triton's place that behaves as the model's name says."""

import contextlib
import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from typing import cast

__all__ = ["BIG_ANSWER_BYTES", "Backend", "running_backend"]

BIG_ANSWER_BYTES = 200_000_000
_CHUNK = bytes(1_000_000)


class Backend(socketserver.ThreadingTCPServer):
    """Counts the connections that it was given and the requests that it was sent."""

    daemon_threads = True
    request_queue_size = 128
    connections = 0
    requests = 0
    last_head = b""


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        backend = cast("Backend", self.server)
        backend.connections += 1
        with contextlib.suppress(OSError):
            while self._serve(backend):
                pass

    def _serve(self, backend: Backend) -> bool:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.rfile.readline()
            if not line:
                return False
            head += line
        backend.requests += 1
        backend.last_head = head
        lines = head.lower().split(b"\r\n")
        length = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:"))
        behaviour = head.split(b"/")[3].decode()
        if behaviour == "early":
            self._answer(b"400 Bad Request", b"too soon")
            return bool(self.rfile.read(length))
        body = self.rfile.read(length)
        return bool(getattr(self, f"_{behaviour}")(body))

    def _answer(self, status: bytes, body: bytes) -> None:
        head = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (
            status,
            len(body),
        )
        self.wfile.write(head + body)

    def _echo(self, body: bytes) -> bool:
        self._answer(b"200 OK", body)
        return True

    _counts = _echo

    def _error400(self, body: bytes) -> bool:  # noqa: ARG002 - all behaviours alike
        self._answer(b"400 Bad Request", b'{"error":"no such input"}')
        return True

    def _error500(self, body: bytes) -> bool:  # noqa: ARG002 - all behaviours alike
        self._answer(b"500 Internal Server Error", b"x" * 100_000)
        return True

    def _dies(self, body: bytes) -> bool:  # noqa: ARG002 - all behaviours alike
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        return False

    def _breaks_off(self, body: bytes) -> bool:  # noqa: ARG002 - all behaviours alike
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        return False

    def _hangs(self, body: bytes) -> bool:  # noqa: ARG002 - all behaviours alike
        time.sleep(5)
        return False

    def _chunked(self, body: bytes) -> bool:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for part in (body, b"!"):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")
        return True

    def _stalls(self, body: bytes) -> bool:  # noqa: ARG002 - all behaviours alike
        self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
        time.sleep(5)
        return False

    def _big(self, body: bytes) -> bool:  # noqa: ARG002 - all behaviours alike
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % BIG_ANSWER_BYTES)
        for _ in range(BIG_ANSWER_BYTES // len(_CHUNK)):
            self.wfile.write(_CHUNK)
        return True


@contextlib.contextmanager
def running_backend() -> Iterator[Backend]:
    """Serve on a free port of 127.0.0.1."""
    with Backend(("127.0.0.1", 0), _Handler) as backend:
        thread = threading.Thread(target=backend.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield backend
        backend.shutdown()
