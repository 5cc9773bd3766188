"""The parts of the router's benchmark, each a process of its own in the server's environment.

``copies PORT SEED MEAN_MS CV COUNT``: on so many ports from PORT on, answers one request after another,
each after a lognormal time; with a mean of 0 at once.

``router PORT SEED STRATEGY FIRST_PORT COUNT``: a data plane with an endpoint ``bench`` and a component
``bench``, whose copies are on these ports.

``arrivals PORT RATE COUNT SEED``: sends requests at random moments (a Poisson process), each on its own
connection of a pool, and prints their latencies in seconds as JSON.
"""

import asyncio
import functools
import json
import math
import random
import signal
import sys
import time
from collections import deque
from dataclasses import dataclass
from typing import cast

import httptools
import uvloop

from local.aws.account import LOCAL_ACCOUNT
from local.aws.server.components.routes import RoutedComponent
from local.aws.server.data_plane import DataPlane
from local.aws.server.fleet import Fleet, VariantServer
from local.aws.server.scope import Scope
from local.triton.sagemaker_contract import ServingPlan

_SCOPE = Scope(LOCAL_ACCOUNT, "us-east-1")
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
_REQUEST = (
    b"POST /endpoints/bench/invocations HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"X-Amzn-SageMaker-Inference-Component: bench\r\nContent-Type: application/json\r\n"
    b"Content-Length: 2\r\n\r\n{}"
)


class _Copy:
    """Serves one request at a time, in the order of their arrival."""

    def __init__(self, mean_seconds: float, cv: float, chance: random.Random) -> None:
        self._sigma = math.sqrt(math.log(1 + cv * cv))
        self._mu = math.log(mean_seconds) - self._sigma**2 / 2 if mean_seconds else None
        self._chance = chance
        self._waiting: deque[asyncio.Transport] = deque()

    def serve(self, client: asyncio.Transport) -> None:
        """Answer ``client`` when it is its turn and its time is over."""
        if self._mu is None:
            client.write(_ANSWER)
            return
        self._waiting.append(client)
        if len(self._waiting) == 1:
            self._begin()

    def _begin(self) -> None:
        if self._mu is not None:
            seconds = self._chance.lognormvariate(self._mu, self._sigma)
            asyncio.get_running_loop().call_later(seconds, self._end)

    def _end(self) -> None:
        self._waiting.popleft().write(_ANSWER)
        if self._waiting:
            self._begin()


class _CopyConnection(asyncio.Protocol):
    def __init__(self, copy: _Copy) -> None:
        self._copy = copy
        self._parser = httptools.HttpRequestParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        self._copy.serve(self._transport)


class _Caller(asyncio.Protocol):
    """Sends a request, and resolves a future when it is answered."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def call(self) -> "asyncio.Future[int]":
        """Send a request; the result is its status."""
        self._parser = httptools.HttpResponseParser(self)
        self._answered: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._transport.write(_REQUEST)
        return self._answered

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        self._answered.set_result(self._parser.get_status_code())


@dataclass(frozen=True, slots=True)
class _Backend:
    http_port: int
    pid: int = 0

    def stop(self, timeout_seconds: float) -> None:
        """Nothing of ours runs."""


async def _copies(port: int, seed: int, mean_seconds: float, cv: float, count: int) -> None:
    loop = asyncio.get_running_loop()
    made = [_Copy(mean_seconds, cv, _chance(seed + index)) for index in range(count)]
    for index in reversed(range(count)):  # the first one last: when it listens, all do
        connect = functools.partial(_CopyConnection, made[index])
        await loop.create_server(connect, "127.0.0.1", port + index)
    await asyncio.Event().wait()


def _chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - makes load, guards nothing


def _serve_router(port: int, seed: int, strategy: str, first_port: int, count: int) -> None:
    plane = DataPlane(port, _SCOPE, status=lambda: b"{}", chance=_chance(seed))
    plane.start()
    plan = ServingPlan("bench", ("bench",), ())
    plane.publish(Fleet(_SCOPE, "bench", ()))
    copies = [VariantServer("AllTraffic", 1.0, plan, _Backend(first_port + each)) for each in range(count)]
    plane.route_component(RoutedComponent(_SCOPE, "bench", "bench", strategy), copies)
    signal.pause()


async def _arrivals(port: int, rate: float, count: int, seed: int) -> list[float]:
    loop, chance = asyncio.get_running_loop(), _chance(seed)
    idle: list[_Caller] = []
    latencies: list[float] = []

    async def request(due: float) -> None:
        if idle:
            caller = idle.pop()
        else:
            _, caller = await loop.create_connection(_Caller, "127.0.0.1", port)
        status = await caller.call()
        if status != 200:  # noqa: PLR2004 - HTTP's OK
            raise RuntimeError(f"answered {status}")
        latencies.append(time.perf_counter() - due)
        idle.append(caller)

    due = time.perf_counter()
    under_way = []
    for _ in range(count):
        due += chance.expovariate(rate)
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        # From when it was to be sent: whoever waits to be sent waits, too.
        under_way.append(asyncio.create_task(request(due)))
    await asyncio.gather(*under_way)
    return latencies


def main() -> None:
    """Run the part that the command line names."""
    match sys.argv[1:]:
        case ["copies", port, seed, mean_ms, cv, count]:
            uvloop.run(_copies(int(port), int(seed), float(mean_ms) / 1000, float(cv), int(count)))
        case ["router", port, seed, strategy, first_port, count]:
            _serve_router(int(port), int(seed), strategy, int(first_port), int(count))
        case ["arrivals", port, rate, count, seed]:
            latencies = uvloop.run(_arrivals(int(port), float(rate), int(count), int(seed)))
            print(json.dumps(latencies))


if __name__ == "__main__":
    main()
