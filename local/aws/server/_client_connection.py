"""A client's connection to the data plane: HTTP/1.1 with keep-alive, one exchange after another."""

import asyncio
import logging
import socket
from collections.abc import Callable, Mapping
from typing import Any, cast

import httptools

from local.aws.server._exchange import Exchange
from local.aws.server.runtime_answers import Answer

__all__ = ["ClientConnection"]

_logger = logging.getLogger("seatrial.data_plane")

_WRITE_BUFFER_BYTES = 1 << 20


class ClientConnection(asyncio.Protocol):
    """The server side of HTTP/1.1.

    Args:
        open_exchange: begins an exchange for a method, a path, headers (names in lower case) and a body
            length (None for chunks).
    """

    def __init__(
        self,
        open_exchange: Callable[
            ["ClientConnection", bytes, bytes, Mapping[bytes, bytes], int | None], Exchange
        ],
    ) -> None:
        self._open_exchange = open_exchange
        self._parser: Any = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._path = b""
        self._headers: dict[bytes, bytes] = {}
        self._exchange: Exchange | None = None
        self._request_complete = True
        self._answer_complete = True
        self._keep_alive = True
        self._overtaken = False

    # --- for exchanges ---

    def send(self, *parts: bytes) -> None:
        """Send a part of the answer, in one write."""
        if self._transport is not None:
            self._transport.writelines(parts)

    def send_answer(self, answer: Answer) -> None:
        """Send a whole answer."""
        self.send(answer.encode(close=not self._keep_alive))
        self.answered()

    def answered(self, *, keep_alive: bool = True) -> None:
        """Note that the answer is complete; without ``keep_alive`` the connection breaks off here."""
        if not keep_alive and self._transport is not None:
            self._transport.abort()
        self._answer_complete = True
        self._settle()

    def end_after_answer(self) -> None:
        """Close the connection once the answer is sent."""
        self._keep_alive = False
        self._request_complete = True

    def pause(self) -> None:
        """Stop reading the request."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()

    def resume(self) -> None:
        """Go on reading the request."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def _settle(self) -> None:
        if self._request_complete and self._answer_complete:
            self._exchange = None
            if (not self._keep_alive or self._overtaken) and self._transport is not None:
                self._transport.close()

    # --- asyncio ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connected transport."""
        tcp = cast("asyncio.Transport", transport)  # uvloop's transports are none of asyncio's classes
        tcp.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        tcp.set_write_buffer_limits(high=_WRITE_BUFFER_BYTES)
        self._transport = tcp

    def data_received(self, data: bytes) -> None:
        """Parse a part of a request."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserCallbackError:
            _logger.exception("a request failed")
            self._break_off()
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            _logger.info("a request can't be understood: %s", error)
            self.send(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            self._break_off()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Give up what is under way."""
        self._transport = None
        if self._exchange is not None:
            self._exchange.abandon()
            self._exchange = None

    def pause_writing(self) -> None:
        """The send buffer is full."""
        if self._exchange is not None:
            self._exchange.pause_answer()

    def resume_writing(self) -> None:
        """The send buffer has room."""
        if self._exchange is not None:
            self._exchange.resume_answer()

    def _break_off(self) -> None:
        if self._transport is not None:
            self._transport.close()

    # --- httptools ---

    def on_message_begin(self) -> None:
        """A request starts; one that overtakes an answer (pipelining) is not served."""
        if self._exchange is not None:
            self._overtaken = True
            return
        self._path = b""
        self._headers = {}

    def on_url(self, part: bytes) -> None:
        """A part of the request's target."""
        if not self._overtaken:
            self._path += part

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header line."""
        if not self._overtaken:
            self._headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        """The head is complete: begin the exchange."""
        if self._overtaken:
            return
        headers = self._headers
        self._keep_alive = self._parser.should_keep_alive()
        self._request_complete = self._answer_complete = False
        chunked = b"transfer-encoding" in headers
        length = None if chunked else int(headers.get(b"content-length", b"0"))
        if headers.get(b"expect", b"").lower() == b"100-continue":
            self.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        self._exchange = self._open_exchange(self, self._parser.get_method(), self._path, headers, length)

    def on_body(self, chunk: bytes) -> None:
        """A part of the body."""
        if self._exchange is not None and not self._overtaken:
            self._exchange.on_body(chunk)

    def on_message_complete(self) -> None:
        """The request is complete."""
        if self._exchange is not None and not self._overtaken:
            self._request_complete = True
            self._exchange.on_end()
            self._settle()
