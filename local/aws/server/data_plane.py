"""SageMaker's runtime API: InvokeEndpoint, on a port and an event loop of its own.

Bodies are streamed, not gathered, and every Triton keeps a pool of open connections. The gateway is not
involved, which is what keeps a request about as fast as one straight to Triton. Signatures are not verified.

``GET /_seatrial/status`` answers what the server runs; the client side uses it.
"""

import asyncio
import concurrent.futures
import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

import uvloop

from local.aws.server._client_connection import ClientConnection
from local.aws.server._exchange import Exchange, Refusal
from local.aws.server._invocation import Invocation
from local.aws.server.errors import PortInUseError, ServerError
from local.aws.server.fleet import Fleet
from local.aws.server.invocation_mapping import kserve_request
from local.aws.server.routes import Backend, Route, RouteTable
from local.aws.server.runtime_answers import (
    BODY_LIMIT_BYTES,
    INVOCATION_TIMEOUT_SECONDS,
    Answer,
    body_too_large,
    endpoint_not_found,
    model_error,
    not_a_component_endpoint,
    unknown_operation,
    unknown_variant,
    web_pages_not_served,
)
from local.aws.server.scope import Scope, scope_of_authorization
from local.triton.sagemaker_contract import RefusedInvocation

__all__ = ["STATUS_PATH", "DataPlane"]

_logger = logging.getLogger("seatrial.data_plane")

STATUS_PATH = "/_seatrial/status"
_INVOCATIONS_PREFIX, _INVOCATIONS_SUFFIX = b"/endpoints/", b"/invocations"
_LOOP_TIMEOUT_SECONDS = 10.0
_HTTP_CHARSET = "latin-1"  # what HTTP/1.1 header bytes stand for, one to one


class DataPlane:
    """The runtime server.

    Args:
        port: to listen on, on 127.0.0.1.
        default_scope: of requests whose ``Authorization`` header names none.
        status: answers ``GET /_seatrial/status`` with JSON; called on the data plane's loop.
        invocation_timeout_seconds: how long a model may take.
    """

    def __init__(
        self,
        port: int,
        default_scope: Scope,
        status: Callable[[], bytes],
        *,
        invocation_timeout_seconds: float = INVOCATION_TIMEOUT_SECONDS,
    ) -> None:
        self._invocation_timeout_seconds = invocation_timeout_seconds
        self._port = port
        self._default_scope = default_scope
        self._status = status
        self._routes = RouteTable()
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
        route = Route(fleet.scope, fleet.endpoint, tuple(map(Backend, fleet.variants)))

        def put() -> None:
            self._published[fleet] = route
            self._routes.put(route)

        self._on_loop(put)

    def withdraw(self, fleet: Fleet) -> None:
        """Send the endpoint's requests nowhere, if ``fleet`` is what serves them."""
        self._on_loop(lambda: self._routes.drop(self._published[fleet]))

    def drain(self, fleet: Fleet, timeout_seconds: float) -> None:
        """Wait until no request of ``fleet`` is under way, but no longer than the time-out."""
        drained = threading.Semaphore(0)

        def retire() -> None:
            for backend in self._published.pop(fleet).backends:
                backend.retire(drained.release)

        self._on_loop(retire)
        for _ in fleet.variants:
            if not drained.acquire(timeout=timeout_seconds):
                _logger.warning(
                    "endpoint %s: requests under way for %.0f s are broken off",
                    fleet.endpoint,
                    timeout_seconds,
                )

    # --- on the loop ---

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _listen(self) -> None:
        self._server = await self._loop.create_server(
            lambda: ClientConnection(self._open_exchange), "127.0.0.1", self._port, backlog=1024
        )

    def _on_loop(self, action: Callable[[], Any]) -> None:
        done: concurrent.futures.Future[None] = concurrent.futures.Future()

        def run() -> None:
            try:
                action()
            except Exception as error:  # noqa: BLE001 - delivered to the waiting thread
                done.set_exception(error)
            else:
                done.set_result(None)

        self._loop.call_soon_threadsafe(run)
        try:
            done.result(_LOOP_TIMEOUT_SECONDS)
        except TimeoutError:
            raise ServerError("the data plane's loop does not respond") from None

    def _open_exchange(
        self,
        client: ClientConnection,
        method: bytes,
        path: bytes,
        headers: Mapping[bytes, bytes],
        content_length: int | None,
    ) -> Exchange:
        route = self._find_route(method, path, headers)
        if isinstance(route, Answer):
            return Refusal(client, route)
        backend = _pick_backend(route, headers, content_length)
        if isinstance(backend, Answer):
            return Refusal(client, backend)
        request = kserve_request(backend.variant.plan, headers)
        if isinstance(request, RefusedInvocation):
            return Refusal(client, model_error(route.scope, route.endpoint, request.status, request.body))
        return Invocation(
            client,
            route,
            backend,
            request,
            content_length,
            timeout_seconds=self._invocation_timeout_seconds,
        )

    def _find_route(self, method: bytes, path: bytes, headers: Mapping[bytes, bytes]) -> Route | Answer:
        if b"origin" in headers:
            return web_pages_not_served()
        if method == b"GET" and path == STATUS_PATH.encode():
            return Answer(200, None, self._status())
        if method != b"POST" or not (
            path.startswith(_INVOCATIONS_PREFIX) and path.endswith(_INVOCATIONS_SUFFIX)
        ):
            return unknown_operation(path.decode(_HTTP_CHARSET))
        endpoint = unquote(path[len(_INVOCATIONS_PREFIX) : -len(_INVOCATIONS_SUFFIX)].decode(_HTTP_CHARSET))
        authorization = headers.get(b"authorization", b"").decode(_HTTP_CHARSET)
        scope = scope_of_authorization(authorization, self._default_scope)
        return self._routes.find(scope, endpoint) or endpoint_not_found(scope, endpoint)


def _pick_backend(
    route: Route, headers: Mapping[bytes, bytes], content_length: int | None
) -> Backend | Answer:
    if content_length is not None and content_length > BODY_LIMIT_BYTES:
        return body_too_large()
    if b"x-amzn-sagemaker-inference-component" in headers:
        return not_a_component_endpoint()
    target = headers.get(b"x-amzn-sagemaker-target-variant")
    variant = None if target is None else target.decode(_HTTP_CHARSET)
    return route.pick(variant) or unknown_variant(route.endpoint, variant or "")
