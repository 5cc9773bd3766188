"""One InvokeEndpoint request: its body streams to a Triton, the answer back, with backpressure both ways.

A request holds one connection of its own to Triton. Whatever happens, the client gets an answer within the
limit: the model's, or a ``ModelError`` that says why there is none.
"""

import asyncio
from collections.abc import Callable, Collection

from local.aws.server._answer_relay import AnswerRelay, NewRelay
from local.aws.server._exchange import Client
from local.aws.server._triton_connection import TritonConnection
from local.aws.server.invocation_mapping import request_head
from local.aws.server.routes import Backend
from local.aws.server.runtime_answers import (
    BODY_LIMIT_BYTES,
    Answer,
    Origin,
    body_too_large,
    model_error,
    model_timeout,
    model_unreachable,
)
from local.triton.sagemaker_contract import KserveRequest

__all__ = ["Another", "Invocation"]

Another = Callable[[Collection[Backend]], tuple[Backend, KserveRequest] | None]
"""Returns who else may answer, and what that one is asked, given who could not be reached."""


class Invocation:
    """A request on its way to ``backend`` and back.

    Args:
        client: who asked.
        origin: whose model is asked.
        backend: the variant, or the copy, that answers.
        request: what its Triton is asked.
        content_length: of the body in bytes; None if it comes in chunks, which are then gathered first.
        timeout_seconds: from now to the end of the answer.
        another: who takes over before anything was sent, where the backend can't be reached.
        relay: what passes the answer on, for a client and a variant's name.
        when_over: called once with what the backend counts as the status.
        body_limit_bytes: how long the body may be.
    """

    def __init__(
        self,
        client: Client,
        origin: Origin,
        backend: Backend,
        request: KserveRequest,
        content_length: int | None,
        *,
        timeout_seconds: float,
        another: Another = lambda _: None,
        relay: NewRelay = AnswerRelay,
        when_over: Callable[[int | None], None] | None = None,
        body_limit_bytes: int = BODY_LIMIT_BYTES,
    ) -> None:
        self._client = client
        self._origin = origin
        self._another = another
        self._unreachable: list[Backend] = []
        self._backend = backend
        self._request = request
        self._content_length = content_length
        self._gathered: list[bytes] = []
        self._received_bytes = 0
        self._triton: TritonConnection | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._request_head = b""
        self._new_relay = relay
        self._relay = relay(client, backend.variant.name)
        self._when_over = when_over
        self._body_limit_bytes = body_limit_bytes
        self._over = False
        backend.begin()
        loop = asyncio.get_running_loop()
        self._began = loop.time()
        self._deadline = loop.call_later(timeout_seconds, self._time_out)
        if content_length is not None:
            self._connect()

    # --- from the client ---

    def on_body(self, chunk: bytes) -> None:
        """A part of the request's body has come."""
        self._received_bytes += len(chunk)
        if self._over:
            return
        if self._received_bytes > self._body_limit_bytes:
            self._answer(body_too_large(), None)
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
        self._finish(None)

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
            while (port := self._backend.variant.server.http_port) is None or not await self._reach(
                loop, port
            ):
                if not self._hand_over():
                    self._answer_unreachable()
                    return
        finally:
            self._client.resume()

    async def _reach(self, loop: asyncio.AbstractEventLoop, port: int) -> bool:
        try:
            _, connection = await loop.create_connection(TritonConnection, "127.0.0.1", port)
        except OSError:
            return False
        self._begin_with(connection)
        return True

    def _hand_over(self) -> bool:
        """Have another backend answer; return whether there is one."""
        self._unreachable.append(self._backend)
        found = self._another(self._unreachable)
        if found is None:
            return False
        backend, self._request = found
        self._backend.hand_over(backend)
        self._backend = backend
        self._relay = self._new_relay(self._client, backend.variant.name)
        return True

    def _begin_with(self, connection: TritonConnection) -> None:
        self._triton = connection
        connection.attach(self)
        self._request_head = request_head(self._request, self._content_length or 0)
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
        """Begin the answer; one that is too long is broken off before the client gets any of it."""
        self._relay.head(status, headers)
        length = headers.get(b"content-length")
        limit = self._relay.limit_bytes
        if not self._relay.is_error and length is not None and limit is not None and int(length) > limit:
            self._break_off(timed_out=False)

    def on_response_body(self, chunk: bytes) -> None:
        """Pass a part of the answer on."""
        self._relay.body(chunk)

    def on_response_end(self) -> None:
        """End the answer."""
        relay = self._relay
        if relay.is_error:
            status = relay.error_status
            self._answer(model_error(self._origin, status, bytes(relay.error)), status)
            return
        relay.end()
        self._finish(relay.status)
        self._client.answered()

    def on_connection_lost(self) -> None:
        """Answer with an error; break off an answer that has begun, lest the client take it for whole."""
        if self._relay.begun:
            self._break_off(timed_out=False)
        else:
            self._answer_unreachable()

    def on_send_buffer_full(self) -> None:
        """Triton reads slower than the client sends."""
        self._client.pause()

    def on_send_buffer_free(self) -> None:
        """Triton has caught up."""
        self._client.resume()

    # --- the end ---

    def _time_out(self) -> None:
        if self._relay.begun:
            self._break_off(timed_out=True)
        else:
            self._answer(model_timeout(self._origin), 0)

    def _break_off(self, *, timed_out: bool) -> None:
        told = self._relay.break_off(timed_out=timed_out)
        self._finish(0)
        self._client.answered(keep_alive=told)

    def _answer_unreachable(self) -> None:
        self._answer(model_unreachable(self._origin), 0)

    def _answer(self, answer: Answer, status: int | None) -> None:
        if not self._over:
            self._finish(status)
            self._client.send_answer(answer)

    def _finish(self, status: int | None) -> None:
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
        self._backend.end(status, asyncio.get_running_loop().time() - self._began)
        if self._when_over is not None:
            self._when_over(status)
