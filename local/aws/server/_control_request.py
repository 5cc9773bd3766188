"""A request to the server itself that takes its time: answered by a thread, while the loop goes on."""

import asyncio
from collections.abc import Callable

from local.aws.server._exchange import Client
from local.aws.server.runtime_answers import Answer, body_too_large

__all__ = ["ControlRequest"]

_BODY_LIMIT_BYTES = 4096


class ControlRequest:
    """One such request.

    Args:
        client: who asked.
        work: makes the answer of the request's body; called on a thread of its own.
    """

    def __init__(self, client: Client, work: Callable[[bytes], Answer]) -> None:
        self._client: Client | None = client
        self._work = work
        self._body = bytearray()
        self._answering: asyncio.Task[None] | None = None

    def on_body(self, chunk: bytes) -> None:
        """Gather it."""
        if len(self._body) <= _BODY_LIMIT_BYTES:
            self._body += chunk

    def on_end(self) -> None:
        """Work, then answer."""
        if len(self._body) > _BODY_LIMIT_BYTES:
            self._send(body_too_large())
        else:
            self._answering = asyncio.get_running_loop().create_task(self._answer(bytes(self._body)))

    def abandon(self) -> None:
        """The client is gone; the work goes on to its end."""
        self._client = None

    def pause_answer(self) -> None:
        """The answer is one piece."""

    def resume_answer(self) -> None:
        """The answer is one piece."""

    async def _answer(self, body: bytes) -> None:
        self._send(await asyncio.to_thread(self._work, body))

    def _send(self, answer: Answer) -> None:
        if self._client is not None:
            self._client.send_answer(answer)
