"""SageMaker's runtime API: InvokeEndpoint and its stream, on a port and an event loop of its own.

Bodies are streamed, not gathered, and every Triton keeps a pool of open connections. The gateway is not
involved, which is what keeps a request about as fast as one straight to Triton. Signatures are not verified.

``GET /_seatrial/status`` answers what the server runs; the client side uses it. ``POST /_seatrial/clock``
moves the server's clock ahead, and ``POST /_seatrial/delays`` says how long things take on it; tests and
replays use them.
"""

import asyncio
import concurrent.futures
import logging
import random
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TypeVar

import uvloop

from local.aws.server._client_connection import ClientConnection
from local.aws.server._dispatcher import Dispatcher
from local.aws.server._stream_relay import STREAM_TIMEOUT_SECONDS
from local.aws.server.components.routes import RoutedComponent
from local.aws.server.errors import PortInUseError, ServerError
from local.aws.server.fleet import Fleet, VariantServer
from local.aws.server.routes import Backend, Route
from local.aws.server.runtime_answers import INVOCATION_TIMEOUT_SECONDS, Answer
from local.aws.server.scope import Scope
from local.aws.server.traffic_counts import TrafficCounts

__all__ = ["DataPlane", "Traffic"]

_logger = logging.getLogger("seatrial.data_plane")

_LOOP_TIMEOUT_SECONDS = 10.0

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Traffic:
    """What went through since it was last asked.

    Attributes:
        components: by scope and component name.
        variants: by scope, endpoint and variant name, of variants with a model.
    """

    components: Mapping[tuple[Scope, str], TrafficCounts]
    variants: Mapping[tuple[Scope, str, str], TrafficCounts]


class DataPlane:
    """The runtime server.

    Args:
        port: to listen on, on 127.0.0.1.
        default_scope: of requests whose ``Authorization`` header names none.
        status: answers ``GET /_seatrial/status`` with JSON; called on the data plane's loop.
        controls: by path, what answers the body of a ``POST`` to the server itself; called on a thread of its
            own.
        invocation_timeout_seconds: how long a model may take.
        stream_timeout_seconds: how long it may take where the answer is a stream.
        chance: the source of chance of routing to copies.
    """

    def __init__(
        self,
        port: int,
        default_scope: Scope,
        status: Callable[[], bytes],
        *,
        controls: Mapping[str, Callable[[bytes], Answer]] | None = None,
        invocation_timeout_seconds: float = INVOCATION_TIMEOUT_SECONDS,
        stream_timeout_seconds: float = STREAM_TIMEOUT_SECONDS,
        chance: random.Random | None = None,
    ) -> None:
        self._port = port
        self._dispatcher = Dispatcher(
            default_scope,
            status,
            controls or {},
            chance or random.Random(),  # noqa: S311 - spreads load, guards nothing
            invocation_timeout_seconds=invocation_timeout_seconds,
            stream_timeout_seconds=stream_timeout_seconds,
        )
        self._published: dict[Fleet, Route] = {}
        self._loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="data-plane", daemon=True)
        self._server: asyncio.Server | None = None

    def start(self) -> None:
        """Listen.

        Raises:
            PortInUseError: the port is taken.
        """
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(_LOOP_TIMEOUT_SECONDS)
        except OSError as error:
            raise PortInUseError(
                f"port {self._port} on 127.0.0.1 can't be listened on: {error.strerror}"
            ) from error

    def stop(self) -> None:
        """Stop listening; requests under way are broken off."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_LOOP_TIMEOUT_SECONDS)

    def publish(self, fleet: Fleet) -> None:
        """From now on send the endpoint's requests to ``fleet``; requests under way stay where they are."""
        route = Route(fleet.scope, fleet.endpoint, tuple(map(Backend.of, fleet.variants)))

        def put() -> None:
            self._published[fleet] = route
            self._dispatcher.routes.put(route)

        self._on_loop(put)

    def withdraw(self, fleet: Fleet) -> None:
        """Send the endpoint's requests nowhere, if ``fleet`` is what serves them."""
        self._on_loop(lambda: self._dispatcher.routes.drop(self._published[fleet]))

    def drain(self, fleet: Fleet, timeout_seconds: float) -> None:
        """Wait until no request of ``fleet`` is under way, but no longer than the time-out."""
        drained = threading.Semaphore(0)

        def retire() -> int:
            variants = self._published.pop(fleet).backends
            backends = [each for backend in variants for each in (backend, *backend.members)]
            for backend in backends:
                backend.retire(drained.release)
            return len(backends)

        _wait_drained(drained, self._on_loop(retire), timeout_seconds, f"endpoint {fleet.endpoint}")

    def route_component(self, component: RoutedComponent, copies: Collection[VariantServer]) -> None:
        """From now on send the component's requests to ``copies``; requests under way stay where they are."""
        self._on_loop(lambda: self._dispatcher.components.put(component, copies))

    def drain_copies(
        self, component: RoutedComponent, copies: Collection[VariantServer], timeout_seconds: float
    ) -> None:
        """Wait until no request is under way on copies that get none any more, at most the time-out."""
        drained = threading.Semaphore(0)

        def retire() -> None:
            for copy in copies:
                self._dispatcher.components.retire(copy, drained.release)

        self._on_loop(retire)
        _wait_drained(drained, len(copies), timeout_seconds, f"inference component {component.name}")

    def forget_component(self, component: RoutedComponent) -> None:
        """Answer requests to the component as if there had never been one."""
        self._on_loop(lambda: self._dispatcher.components.drop(component))

    def take_traffic(self) -> Traffic:
        """Return what went through since the last call."""
        return self._on_loop(
            lambda: Traffic(
                {
                    (route.component.scope, route.component.name): route.counter.take()
                    for route in self._dispatcher.components.all()
                },
                {
                    (route.scope, route.endpoint, backend.variant.name): backend.counter.take()
                    for route in self._dispatcher.routes.all()
                    for backend in route.backends
                },
            )
        )

    # --- on the loop ---

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _listen(self) -> None:
        self._server = await self._loop.create_server(
            lambda: ClientConnection(self._dispatcher.open_exchange), "127.0.0.1", self._port, backlog=1024
        )

    def _on_loop(self, action: Callable[[], _Result]) -> _Result:
        done: concurrent.futures.Future[_Result] = concurrent.futures.Future()

        def run() -> None:
            try:
                result = action()
            except Exception as error:  # noqa: BLE001 - delivered to the waiting thread
                done.set_exception(error)
            else:
                done.set_result(result)

        self._loop.call_soon_threadsafe(run)
        try:
            return done.result(_LOOP_TIMEOUT_SECONDS)
        except TimeoutError:
            raise ServerError("the data plane's loop does not respond") from None


def _wait_drained(drained: threading.Semaphore, count: int, timeout_seconds: float, whose: str) -> None:
    deadline = time.monotonic() + timeout_seconds
    for _ in range(count):
        if not drained.acquire(timeout=max(0.0, deadline - time.monotonic())):
            _logger.warning("%s: requests under way for %.0f s are broken off", whose, timeout_seconds)
            return
