"""Sends recorded requests over connections that stay open, and counts what became of each."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Self

from local.replay.recorded_request import RecordedRequest

__all__ = ["Counts", "Sender"]

_TIMEOUT_SECONDS = 70.0
"""More than SageMaker gives a model to answer (SageMaker Runtime API reference, InvokeEndpoint)."""
_CONTENT_LENGTH = re.compile(rb"^content-length: *(\d+)", re.IGNORECASE | re.MULTILINE)
_NO_CAPACITY = b"no capacity"
_SHOWN_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of requests.

    Attributes:
        requests: all of them.
        without_capacity: those that the component had no copy for.
        other_failures: those that failed otherwise: answered with an error, or not at all.
        first_failure: what the first of these said; empty where there is none.
    """

    requests: int = 0
    without_capacity: int = 0
    other_failures: int = 0
    first_failure: str = ""

    @property
    def failed(self) -> int:
        """Every request without a model's answer."""
        return self.without_capacity + self.other_failures

    def __add__(self, later: "Counts") -> "Counts":
        """Return both together."""
        return Counts(
            self.requests + later.requests,
            self.without_capacity + later.without_capacity,
            self.other_failures + later.other_failures,
            self.first_failure or later.first_failure,
        )


class Sender:
    """One connection per component: its requests follow each other, those of several go side by side.

    Args:
        requests: what each component is asked, by label.
    """

    def __init__(self, requests: Mapping[str, RecordedRequest]) -> None:
        self._loop = asyncio.new_event_loop()
        self._connections = {label: _Connection(request) for label, request in requests.items()}

    def __enter__(self) -> Self:
        """Open nothing yet."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Break off what an interrupt left under way, and close every connection."""
        self._loop.run_until_complete(self._close())
        self._loop.close()

    def send(self, counts: Mapping[str, int]) -> dict[str, Counts]:
        """Send so many requests to each component, wait for the answers, and return what became of them."""
        return self._loop.run_until_complete(self._send(counts))

    async def _close(self) -> None:
        under_way = asyncio.all_tasks() - {asyncio.current_task()}
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        for connection in self._connections.values():
            connection.close()
        await asyncio.sleep(0)  # a transport closes in the loop's next turn

    async def _send(self, counts: Mapping[str, int]) -> dict[str, Counts]:
        asked = {label: count for label, count in counts.items() if count}
        done = await asyncio.gather(*(self._connections[each].ask(asked[each]) for each in asked))
        return dict(zip(asked, done, strict=True))


class _Connection:
    """To where one component's requests go."""

    def __init__(self, request: RecordedRequest) -> None:
        self._request = request
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def ask(self, times: int) -> Counts:
        total = Counts()
        for _ in range(times):
            total += await self._ask_once()
        return total

    async def _ask_once(self) -> Counts:
        try:
            async with asyncio.timeout(_TIMEOUT_SECONDS):
                status, body = await self._exchange()
        except (OSError, EOFError, TimeoutError) as error:
            self.close()
            return Counts(1, other_failures=1, first_failure=f"no answer: {error or type(error).__name__}")
        if status == HTTPStatus.OK:
            return Counts(1)
        if _NO_CAPACITY in body.lower():
            return Counts(1, without_capacity=1)
        words = body[:_SHOWN_CHARACTERS].decode("utf-8", "replace")
        return Counts(1, other_failures=1, first_failure=f"HTTP status {status}: {words}")

    async def _exchange(self) -> tuple[int, bytes]:
        reader, writer = await self._open()
        writer.write(self._request.content)
        head = await reader.readuntil(b"\r\n\r\n")
        length = _CONTENT_LENGTH.search(head)
        body = await reader.readexactly(int(length[1]) if length else 0)
        if b"connection: close" in head.lower():
            self.close()
        return int(head.split(None, 2)[1]), body

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        # The server may have closed it since the last minute: that is no request's failure.
        if self._streams is None or self._streams[0].at_eof():
            self.close()
            self._streams = await asyncio.open_connection(self._request.host, self._request.port)
        return self._streams
