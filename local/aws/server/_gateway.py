"""Serves ministack's gateway with our services in it, until told to stop.

Importing this imports ministack, which reads its environment then: ``prepare_environment`` comes first.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config

from local.aws.account import AS_OF_HEADER
from local.aws.server import ministack_tables
from local.aws.server.errors import PortInUseError
from local.aws.server.json_api import JsonApi
from local.aws.server.settings import Settings

__all__ = ["serve_gateway"]

_KEEP_ALIVE_SECONDS = 75
_GRACE_SECONDS = 1.0

_Event = dict[str, Any]
_Receive = Callable[[], Awaitable[_Event]]
_Send = Callable[[_Event], Awaitable[None]]
_Application = Callable[[_Event, _Receive, _Send], Awaitable[None]]


async def serve_gateway(settings: Settings, apis: Iterable[JsonApi], stop: asyncio.Event) -> None:
    """Serve until ``stop`` is set.

    Raises:
        PortInUseError: the port is taken.
    """
    for api in apis:
        _register(api)
    config = Config()
    config.bind = [f"127.0.0.1:{settings.port}"]
    config.keep_alive_timeout = _KEEP_ALIVE_SECONDS
    config.graceful_timeout = _GRACE_SECONDS
    config.loglevel = "WARNING"
    try:
        await serve(_labelled(_without_web_pages, settings.as_of), config, shutdown_trigger=stop.wait)
    except OSError as error:
        raise PortInUseError(
            f"port {settings.port} on 127.0.0.1 can't be listened on: {error.strerror}"
        ) from error


def _register(api: JsonApi) -> None:
    async def handle(
        method: str,  # noqa: ARG001 - the gateway's signature
        path: str,  # noqa: ARG001 - the gateway's signature
        headers: Mapping[str, str],
        body: bytes,
        query: Mapping[str, Any],  # noqa: ARG001 - the gateway's signature
    ) -> tuple[int, dict[str, str], bytes]:
        return api.answer(ministack_tables.current_scope(), headers.get("x-amz-target", ""), body)

    ministack_tables.register_service(api.service, api.target_prefix, handle)


def _labelled(application: _Application, as_of: int | None) -> _Application:
    """Have every answer say which year's AWS gave it, where that isn't today's."""
    if as_of is None:
        return application
    label = (AS_OF_HEADER.encode(), str(as_of).encode())

    async def serve_labelled(scope: _Event, receive: _Receive, send: _Send) -> None:
        async def send_labelled(event: _Event) -> None:
            if event["type"] == "http.response.start":
                event = {**event, "headers": [*event.get("headers", ()), label]}
            await send(event)

        await application(scope, receive, send_labelled)

    return serve_labelled


async def _without_web_pages(scope: _Event, receive: _Receive, send: _Send) -> None:
    """Turn away requests with an ``Origin``: pages in a browser reach loopback, too, and models are code."""
    if not any(name == b"origin" for name, _ in scope.get("headers", ())):
        await ministack_tables.asgi_application(scope, receive, send)
    elif scope["type"] == "websocket":
        await send({"type": "websocket.close"})
    else:
        await send({"type": "http.response.start", "status": 403, "headers": []})
        await send({"type": "http.response.body", "body": b"Web pages are not served.\n"})
