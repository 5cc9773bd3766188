"""What becomes of a request to the data plane: who answers it. Touched by the data plane's loop alone."""

import functools
import random
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from local.aws.server._answer_relay import AnswerRelay
from local.aws.server._client_connection import ClientConnection
from local.aws.server._control_request import ControlRequest
from local.aws.server._dispatch_to_several import open_shared, refusal_of_targets
from local.aws.server._exchange import Exchange, Refusal
from local.aws.server._invocation import Invocation
from local.aws.server._runtime_call import AnswerWay, Call
from local.aws.server._stream_relay import StreamRelay
from local.aws.server.components.routes import ComponentRoute, ComponentRoutes
from local.aws.server.fleet import SharedServing
from local.aws.server.invocation_mapping import server_request
from local.aws.server.routes import Backend, Route, RouteTable
from local.aws.server.runtime_answers import (
    BODY_LIMIT_BYTES,
    Answer,
    Origin,
    body_too_large,
    component_header_required,
    component_not_found,
    endpoint_not_found,
    model_error,
    no_capacity,
    not_a_component_endpoint,
    unknown_operation,
    unknown_variant,
    web_pages_not_served,
)
from local.aws.server.scope import Scope, scope_of_authorization
from local.triton.sagemaker_contract import KserveRequest, RefusedInvocation

__all__ = ["CLOCK_PATH", "DELAYS_PATH", "STATUS_PATH", "Dispatcher"]

STATUS_PATH = "/_seatrial/status"
CLOCK_PATH = "/_seatrial/clock"
DELAYS_PATH = "/_seatrial/delays"
_INVOCATIONS_PREFIX, _INVOCATIONS_SUFFIX = b"/endpoints/", b"/invocations"
_STREAM_SUFFIX = b"-response-stream"
_NOT_OF_STREAM = frozenset([b"accept", b"x-amzn-sagemaker-target-model"])
_HTTP_CHARSET = "latin-1"  # what HTTP/1.1 header bytes stand for, one to one
_COMPONENT_HEADER = b"x-amzn-sagemaker-inference-component"


@dataclass(frozen=True, slots=True)
class _Model:
    """Who answers a request.

    Attributes:
        origin: whose model it is.
        backend: what answers.
        component: the route of the component whose copy it is, if it is one.
    """

    origin: Origin
    backend: Backend
    component: ComponentRoute | None = None


class Dispatcher:
    """Opens exchanges.

    Args:
        default_scope: of requests whose ``Authorization`` header names none.
        status: answers ``GET /_seatrial/status`` with JSON.
        controls: by path, what answers the body of a ``POST`` to the server itself; called on a thread of its
            own.
        chance: the source of chance of routing to copies.
        invocation_timeout_seconds: how long a model may take.
        stream_timeout_seconds: how long it may take where the answer is a stream.

    Attributes:
        routes: of the endpoints.
        components: of the inference components.
    """

    def __init__(
        self,
        default_scope: Scope,
        status: Callable[[], bytes],
        controls: Mapping[str, Callable[[bytes], Answer]],
        chance: random.Random,
        *,
        invocation_timeout_seconds: float,
        stream_timeout_seconds: float,
    ) -> None:
        self.routes = RouteTable()
        self.components = ComponentRoutes(chance)
        self._default_scope = default_scope
        self._status = status
        self._controls = {path.encode(): control for path, control in controls.items()}
        self._whole = AnswerWay(AnswerRelay, invocation_timeout_seconds)
        self._streamed = AnswerWay(StreamRelay, stream_timeout_seconds)

    def open_exchange(
        self,
        client: ClientConnection,
        method: bytes,
        path: bytes,
        headers: Mapping[bytes, bytes],
        content_length: int | None,
    ) -> Exchange:
        """Begin the exchange that answers a request.

        Args:
            client: who asked.
            method: of the request.
            path: likewise.
            headers: likewise; names in lower case.
            content_length: of the body in bytes; None for chunks.
        """
        if b"origin" in headers:
            return Refusal(client, web_pages_not_served())
        if method == b"POST" and (control := self._controls.get(path)) is not None:
            return ControlRequest(client, control)
        way = self._whole
        if path.endswith(_STREAM_SUFFIX):
            way, path, headers = self._streamed, path[: -len(_STREAM_SUFFIX)], _headers_of_stream(headers)
        found = self._find_model(method, path, headers, content_length)
        if isinstance(found, Answer):
            return Refusal(client, found)
        return _open(Call(client, headers, content_length, way), found)

    def _find_model(
        self, method: bytes, path: bytes, headers: Mapping[bytes, bytes], content_length: int | None
    ) -> "_Model | Answer":
        route = self._find_route(method, path, headers)
        if isinstance(route, Answer):
            return route
        if content_length is not None and content_length > BODY_LIMIT_BYTES:
            return body_too_large()
        if route.hosts_components:
            return self._find_copy(route, headers)
        backend = _pick_backend(route, headers)
        if isinstance(backend, Answer):
            return backend
        return _Model(Origin(route.scope, route.endpoint), backend)

    def _find_copy(self, route: Route, headers: Mapping[bytes, bytes]) -> "_Model | Answer":
        name = headers.get(_COMPONENT_HEADER, b"").decode(_HTTP_CHARSET)
        if not name:
            return component_header_required()
        component = self.components.find(route.scope, route.endpoint, name)
        if component is None:
            return component_not_found(route.endpoint, name)
        backend = component.pick()
        if backend is None:
            component.counter.refuse()
            return no_capacity()
        return _Model(Origin(route.scope, route.endpoint, name), backend, component)

    def _find_route(self, method: bytes, path: bytes, headers: Mapping[bytes, bytes]) -> Route | Answer:
        if method == b"GET" and path == STATUS_PATH.encode():
            return Answer(200, None, self._status())
        if method != b"POST" or not (
            path.startswith(_INVOCATIONS_PREFIX) and path.endswith(_INVOCATIONS_SUFFIX)
        ):
            return unknown_operation(path.decode(_HTTP_CHARSET))
        endpoint = unquote(path[len(_INVOCATIONS_PREFIX) : -len(_INVOCATIONS_SUFFIX)].decode(_HTTP_CHARSET))
        authorization = headers.get(b"authorization", b"").decode(_HTTP_CHARSET)
        scope = scope_of_authorization(authorization, self._default_scope)
        return self.routes.find(scope, endpoint) or endpoint_not_found(scope, endpoint)


def _open(call: Call, found: _Model) -> Exchange:
    plan = found.backend.variant.plan
    shared = plan if isinstance(plan, SharedServing) else None
    refused = refusal_of_targets(call, found.origin, shared)
    if refused is not None:
        return Refusal(call.client, refused)
    if isinstance(plan, SharedServing):
        return open_shared(call, found.origin, found.backend)
    request = server_request(plan, call.headers)
    if isinstance(request, RefusedInvocation):
        return Refusal(call.client, model_error(found.origin, request.status, request.body))
    return Invocation(
        call.client,
        found.origin,
        found.backend,
        request,
        call.content_length,
        timeout_seconds=call.way.timeout_seconds,
        another=functools.partial(_another, found.component, call.headers),
        relay=call.way.relay,
    )


def _pick_backend(route: Route, headers: Mapping[bytes, bytes]) -> Backend | Answer:
    if _COMPONENT_HEADER in headers:
        return not_a_component_endpoint()
    target = headers.get(b"x-amzn-sagemaker-target-variant")
    variant = None if target is None else target.decode(_HTTP_CHARSET)
    return route.pick(variant) or unknown_variant(route.endpoint, variant or "")


def _another(
    component: ComponentRoute | None, headers: Mapping[bytes, bytes], tried: Collection[Backend]
) -> tuple[Backend, KserveRequest] | None:
    """Return another copy, and what that is asked: during an update it may serve another model."""
    other = component.pick(tried) if component is not None else None
    if other is None:
        return None
    plan = other.variant.plan
    request = None if isinstance(plan, SharedServing) else server_request(plan, headers)
    return (other, request) if isinstance(request, KserveRequest) else None


def _headers_of_stream(headers: Mapping[bytes, bytes]) -> Mapping[bytes, bytes]:
    """Return them as an ordinary invocation has them: ``Accept`` has another name, and no model is named."""
    named = {name: value for name, value in headers.items() if name not in _NOT_OF_STREAM}
    accept = headers.get(b"x-amzn-sagemaker-accept")
    return named if accept is None else {**named, b"accept": accept}
