"""One InvokeEndpoint request: its body streams to a Triton, the answer back, with backpressure both ways.

A request holds one connection of its own to Triton. Whatever happens, the client gets an answer within the
limit: the model's, or a ``ModelError`` that says why there is none.
"""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Protocol

from local.aws.server._triton_connection import TritonConnection
from local.aws.server.invocation_mapping import infer_request_head, invocation_answer_type
from local.aws.server.routes import Backend, Route
from local.aws.server.runtime_answers import (
    BODY_LIMIT_BYTES,
    Answer,
    answer_head,
    body_too_large,
    model_error,
    model_timeout,
    model_unreachable,
)
from local.triton.sagemaker_contract import RefusedInvocation

__all__ = ["Client", "Invocation"]

_ERROR_BODY_BYTES = 65_536
"""How much of a model's error is passed on; the rest is in Triton's log."""


class Client(Protocol):
    """The connection that the request came on."""

    def send(self, *parts: bytes) -> None:
        """Send a part of the answer, in one write."""
        ...

    def send_answer(self, answer: Answer) -> None:
        """Send a whole answer; the exchange is over once the request is complete, too."""
        ...

    def answered(self, *, keep_alive: bool = True) -> None:
        """The streamed answer is complete."""
        ...

    def pause(self) -> None:
        """Stop reading the request."""
        ...

    def resume(self) -> None:
        """Go on reading the request."""
        ...


class Invocation:
    """A request on its way to ``backend`` and back.

    Args:
        client: who asked.
        route: the endpoint's route when the request came.
        backend: the variant that answers.
        headers: of the request, names in lower case.
        content_length: of its body in bytes; None if it comes in chunks, which are then gathered first.
        timeout_seconds: from now to the end of the answer.
    """

    def __init__(
        self,
        client: Client,
        route: Route,
        backend: Backend,
        headers: Mapping[bytes, bytes],
        content_length: int | None,
        *,
        timeout_seconds: float,
    ) -> None:
        self._client = client
        self._route = route
        self._backend = backend
        self._headers = headers
        self._content_length = content_length
        self._gathered: list[bytes] = []
        self._received_bytes = 0
        self._triton: TritonConnection | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._status = 0
        self._error = bytearray()
        self._chunked = False
        self._request_head = b""
        self._answer_head = b""
        self._answer_begun = False
        self._over = False
        backend.begin()
        self._deadline = asyncio.get_running_loop().call_later(timeout_seconds, self._time_out)
        if content_length is not None:
            self._connect()

    # --- from the client ---

    def on_body(self, chunk: bytes) -> None:
        """A part of the request's body has come."""
        self._received_bytes += len(chunk)
        if self._over:
            return
        if self._received_bytes > BODY_LIMIT_BYTES:
            self._answer(body_too_large())
        elif self._triton is None:
            self._gathered.append(chunk)
        else:
            self._send_to_triton(chunk)

    def on_end(self) -> None:
        """The request is complete."""
        if self._over:
            return
        if self._content_length is None:
            self._content_length = self._received_bytes
            self._connect()
        elif self._triton is not None:
            self._send_to_triton()

    def abandon(self) -> None:
        """The client is gone."""
        self._finish()

    def pause_answer(self) -> None:
        """The client reads slower than Triton sends."""
        if self._triton is not None:
            self._triton.pause()

    def resume_answer(self) -> None:
        """The client has caught up."""
        if self._triton is not None:
            self._triton.resume()

    # --- to Triton ---

    def _connect(self) -> None:
        while self._backend.idle:
            connection = self._backend.idle.pop()
            if isinstance(connection, TritonConnection) and connection.reusable:
                self._begin_with(connection)
                return
        self._client.pause()
        self._connecting = asyncio.get_running_loop().create_task(self._open_connection())

    async def _open_connection(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            _, connection = await loop.create_connection(TritonConnection, "127.0.0.1", self._backend.port)
        except OSError:
            self._answer(model_unreachable(self._route.scope, self._route.endpoint))
        else:
            self._begin_with(connection)
        finally:
            self._client.resume()

    def _begin_with(self, connection: TritonConnection) -> None:
        head = infer_request_head(
            self._backend.plan,
            self._backend.port,
            self._headers.get(b"content-type"),
            self._content_length or 0,
        )
        self._triton = connection
        if isinstance(head, RefusedInvocation):
            self._answer(model_error(self._route.scope, self._route.endpoint, head.status, head.body))
            return
        connection.attach(self)
        self._request_head = head
        if self._gathered or self._received_bytes == self._content_length:
            self._send_to_triton(*self._gathered)
            self._gathered.clear()

    def _send_to_triton(self, *chunks: bytes) -> None:
        # The head goes with the first part of the body: one write, one packet where it fits.
        head, self._request_head = self._request_head, b""
        parts = (head, *chunks) if head else chunks
        if self._triton is not None and parts:
            self._triton.write(*parts)

    # --- from Triton ---

    def on_response_head(self, status: int, headers: dict[bytes, bytes]) -> None:
        """Begin the answer; an error is gathered first."""
        self._status = status
        if status != HTTPStatus.OK:
            return
        length = headers.get(b"content-length")
        self._chunked = length is None
        self._answer_head = answer_head(
            status,
            invocation_answer_type(headers),
            None if length is None else int(length),
            more=b"x-Amzn-Invoked-Production-Variant: %s\r\n" % self._backend.variant.encode(),
        )

    def on_response_body(self, chunk: bytes) -> None:
        """Pass a part of the answer on."""
        if self._status != HTTPStatus.OK:
            self._error += chunk[: _ERROR_BODY_BYTES - len(self._error)]
        elif self._chunked:
            self._send_to_client(b"%x\r\n" % len(chunk), chunk, b"\r\n")
        else:
            self._send_to_client(chunk)

    def on_response_end(self) -> None:
        """End the answer."""
        if self._status != HTTPStatus.OK:
            self._answer(
                model_error(self._route.scope, self._route.endpoint, self._status, bytes(self._error))
            )
            return
        self._send_to_client(*([b"0\r\n\r\n"] if self._chunked else []))
        self._finish()
        self._client.answered()

    def _send_to_client(self, *parts: bytes) -> None:
        head, self._answer_head = self._answer_head, b""
        self._answer_begun = True
        self._client.send(*((head, *parts) if head else parts))

    def on_connection_lost(self) -> None:
        """Answer with an error; break off an answer that has begun, lest the client take it for whole."""
        if self._answer_begun:
            self._finish()
            self._client.answered(keep_alive=False)
        else:
            self._answer(model_unreachable(self._route.scope, self._route.endpoint))

    def on_send_buffer_full(self) -> None:
        """Triton reads slower than the client sends."""
        self._client.pause()

    def on_send_buffer_free(self) -> None:
        """Triton has caught up."""
        self._client.resume()

    # --- the end ---

    def _time_out(self) -> None:
        if self._answer_begun:
            self.on_connection_lost()
        else:
            self._answer(model_timeout(self._route.scope, self._route.endpoint))

    def _answer(self, answer: Answer) -> None:
        if not self._over:
            self._finish()
            self._client.send_answer(answer)

    def _finish(self) -> None:
        if self._over:
            return
        self._over = True
        self._deadline.cancel()
        if self._connecting is not None:
            self._connecting.cancel()
        connection, self._triton = self._triton, None
        if connection is not None:
            connection.detach()
            complete = self._received_bytes == self._content_length
            if complete and connection.reusable and not self._backend.retired:
                connection.resume()
                self._backend.idle.append(connection)
            else:
                connection.close()
        self._client.resume()
        self._backend.end()
