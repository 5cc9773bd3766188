"""The parts of the data plane's benchmark, each a process of its own in the server's environment.

``responder PORT``: answers every request with a fixed body.

``plane PORT BACKEND_PORT MODEL``: a data plane with one endpoint, ``bench``.

``load PORT PATH BODY_BYTES CONNECTIONS SECONDS [COMPONENT]``: sends requests over keep-alive connections,
the next one on each as soon as the last is answered, and prints how many were answered per second.
"""

import asyncio
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import httptools
import uvloop

from local.aws.account import LOCAL_ACCOUNT
from local.aws.server.data_plane import DataPlane
from local.aws.server.fleet import Fleet, VariantServer
from local.aws.server.scope import Scope
from local.triton.sagemaker_contract import ServingPlan

_SCOPE = Scope(LOCAL_ACCOUNT, "us-east-1")
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


class _Responder(asyncio.Protocol):
    """Answers each complete request with ``_ANSWER``."""

    def __init__(self) -> None:
        self._parser = httptools.HttpRequestParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        self._transport.write(_ANSWER)


class _Caller(asyncio.Protocol):
    """Sends ``request`` again as soon as it is answered."""

    def __init__(self, request: bytes, answered: Callable[[int], None]) -> None:
        self._request = request
        self._answered = answered

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._call()

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        self._answered(self._parser.get_status_code())
        self._call()

    def _call(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._transport.write(self._request)


@dataclass(frozen=True, slots=True)
class _Backend:
    http_port: int
    pid: int = 0

    def stop(self, timeout_seconds: float) -> None:
        """Nothing of ours runs."""


async def _respond(port: int) -> None:
    await asyncio.get_running_loop().create_server(_Responder, "127.0.0.1", port)
    await asyncio.Event().wait()


def _serve_plane(port: int, backend_port: int, model: str) -> None:
    plane = DataPlane(port, _SCOPE, status=lambda: b"{}")
    plane.start()
    plan = ServingPlan(model, (model,), ())
    plane.publish(Fleet(_SCOPE, "bench", (VariantServer("AllTraffic", 1.0, plan, _Backend(backend_port)),)))
    signal.pause()


async def _load(
    port: int, path: str, body_bytes: int, connections: int, *, seconds: float, component: str | None
) -> float:
    statuses: list[int] = []
    headers = f"Host: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {body_bytes}"
    if component is not None:
        headers += f"\r\nX-Amzn-SageMaker-Inference-Component: {component}"
    request = f"POST {path} HTTP/1.1\r\n{headers}\r\n\r\n".encode() + bytes(body_bytes)
    loop = asyncio.get_running_loop()
    for _ in range(connections):
        await loop.create_connection(lambda: _Caller(request, statuses.append), "127.0.0.1", port)
    await asyncio.sleep(0.5)  # connections of the pool are open by now
    statuses.clear()
    start = time.perf_counter()
    await asyncio.sleep(seconds)
    answered = len(statuses)
    elapsed = time.perf_counter() - start
    if set(statuses) != {200}:
        raise RuntimeError(f"answered with {set(statuses)}")
    return answered / elapsed


def main() -> None:
    """Run the part that the command line names."""
    match sys.argv[1:]:
        case ["responder", port]:
            uvloop.run(_respond(int(port)))
        case ["plane", port, backend_port, model]:
            _serve_plane(int(port), int(backend_port), model)
        case ["load", port, path, body_bytes, connections, seconds, *component]:
            sending = _load(
                int(port),
                path,
                int(body_bytes),
                int(connections),
                seconds=float(seconds),
                component=next(iter(component), None),
            )
            print(uvloop.run(sending))


if __name__ == "__main__":
    main()
