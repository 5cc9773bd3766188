"""What benchmarks of the laptop's runtime share: parts in processes of their own, and a raw client."""

import contextlib
import http.client
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self

__all__ = ["RawClient", "free_ports", "part_command", "running_part"]

_ROOT = Path(__file__).resolve().parent.parent
_WAIT_SECONDS = 30.0


class RawClient:
    """A raw keep-alive client: one connection, one write per request."""

    def __init__(self, port: int, path: str, headers: Mapping[str, str]) -> None:
        self._port = port
        self._head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n" + "".join(
            f"{name}: {value}\r\n" for name, value in headers.items()
        )

    def __enter__(self) -> Self:
        self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=_WAIT_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def seconds(self, body: bytes) -> float:
        """Send ``body``, read the answer, and return how long it took."""
        request = f"{self._head}Content-Length: {len(body)}\r\n\r\n".encode() + body
        start = time.perf_counter()
        self._socket.sendall(request)
        response = http.client.HTTPResponse(self._socket, method="POST")
        response.begin()
        answer = response.read()
        elapsed = time.perf_counter() - start
        if response.status != http.client.OK:
            raise RuntimeError(f"answered {response.status}: {answer!r}")
        return elapsed


@contextlib.contextmanager
def running_part(module: str, name: str, *arguments: str, port: int | None = None) -> Iterator[int]:
    """Run a part of ``module`` on ``port``, or else a free one, and yield that once it listens."""
    at = port or free_ports(1)
    process = subprocess.Popen(part_command(module, name, str(at), *arguments), cwd=_ROOT)
    try:
        _wait_listening(at, process)
        yield at
    finally:
        process.terminate()
        process.wait(_WAIT_SECONDS)


def free_ports(count: int) -> int:
    """Return the first of ``count`` ports in a row that are free."""
    while True:
        with contextlib.ExitStack() as probes:
            first: int = probes.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]
            with contextlib.suppress(OSError, OverflowError):
                for port in range(first + 1, first + count):
                    probes.enter_context(socket.create_server(("127.0.0.1", port)))
                return first


def part_command(module: str, name: str, *arguments: str) -> list[str]:
    """Return the command line of a part of ``module``, in the server's environment."""
    return [
        str(_ROOT / ".venv-aws" / "bin" / "python"),
        "-m",
        module,
        name,
        *arguments,
    ]


def _wait_listening(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.02)
    raise RuntimeError(f"{process.args!r} does not listen")
