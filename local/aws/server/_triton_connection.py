"""A keep-alive connection from the data plane to one Triton: one request at a time."""

import asyncio
import http
import logging
import socket
from typing import Any, Protocol, cast

import httptools

__all__ = ["Listener", "TritonConnection"]

_logger = logging.getLogger("seatrial.data_plane")

_WRITE_BUFFER_BYTES = 1 << 20


class Listener(Protocol):
    """Who hears what Triton answers."""

    def on_response_head(self, status: int, headers: dict[bytes, bytes]) -> None:
        """The head has come; header names are in lower case."""
        ...

    def on_response_body(self, chunk: bytes) -> None:
        """A part of the body has come."""
        ...

    def on_response_end(self) -> None:
        """The answer is complete."""
        ...

    def on_connection_lost(self) -> None:
        """Triton closed the connection before its answer was complete."""
        ...

    def on_send_buffer_full(self) -> None:
        """Triton reads slower than the client sends."""
        ...

    def on_send_buffer_free(self) -> None:
        """Triton has caught up."""
        ...


class TritonConnection(asyncio.Protocol):
    """The client side of HTTP/1.1, for one listener after another."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._listener: Listener | None = None
        self._parser: Any = None
        self._headers: dict[bytes, bytes] = {}
        self._reusable = False

    @property
    def reusable(self) -> bool:
        """Whether the last answer was complete and Triton keeps the connection open."""
        return self._reusable and self._transport is not None and not self._transport.is_closing()

    def attach(self, listener: Listener) -> None:
        """Begin a request for ``listener``."""
        self._listener = listener
        self._parser = httptools.HttpResponseParser(self)
        self._reusable = False

    def detach(self) -> None:
        """End the request; nothing more is said to the listener."""
        self._listener = None

    def write(self, *parts: bytes) -> None:
        """Send a part of the request, in one write."""
        if self._transport is not None:
            self._transport.writelines(parts)

    def pause(self) -> None:
        """Stop reading the answer."""
        if self._transport is not None and self._transport.is_reading():
            self._transport.pause_reading()

    def resume(self) -> None:
        """Go on reading the answer."""
        if self._transport is not None and not self._transport.is_reading():
            self._transport.resume_reading()

    def close(self) -> None:
        """Close at once, whatever is under way."""
        if self._transport is not None:
            self._transport.abort()

    # --- asyncio ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connected transport."""
        tcp = cast("asyncio.Transport", transport)  # uvloop's transports are none of asyncio's classes
        tcp.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        tcp.set_write_buffer_limits(high=_WRITE_BUFFER_BYTES)
        self._transport = tcp

    def data_received(self, data: bytes) -> None:
        """Parse a part of the answer."""
        if self._listener is None:
            self.close()  # nobody asked for this
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            _logger.exception("an answer of Triton's can't be understood")
            self._lose()
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Tell the listener, if one waits for an answer."""
        self._transport = None
        self._lose()

    def pause_writing(self) -> None:
        """The send buffer is full."""
        if self._listener is not None:
            self._listener.on_send_buffer_full()

    def resume_writing(self) -> None:
        """The send buffer has room."""
        if self._listener is not None:
            self._listener.on_send_buffer_free()

    def _lose(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.on_connection_lost()

    # --- httptools ---

    def on_message_begin(self) -> None:
        """An answer starts."""
        self._headers = {}

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header line."""
        self._headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        """The head is complete."""
        if self._listener is not None and not self._is_interim():
            self._listener.on_response_head(self._parser.get_status_code(), self._headers)

    def on_body(self, chunk: bytes) -> None:
        """A part of the body."""
        if self._listener is not None:
            self._listener.on_response_body(chunk)

    def on_message_complete(self) -> None:
        """The answer is complete."""
        if self._is_interim():
            return
        self._reusable = self._parser.should_keep_alive()
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.on_response_end()

    def _is_interim(self) -> bool:
        # 1xx announces, it doesn't answer.
        return bool(self._parser.get_status_code() < http.HTTPStatus.OK)
