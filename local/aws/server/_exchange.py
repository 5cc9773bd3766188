"""A request to the data plane and its answer, between the client's connection and whoever answers."""

from typing import Protocol

from local.aws.server.runtime_answers import Answer

__all__ = ["Client", "Exchange", "Refusal"]

_DISCARD_LIMIT_BYTES = 64 << 20
"""How much of a refused request's body is read: many clients look for an answer only behind its end."""


class Client(Protocol):
    """The connection that the request came on."""

    def send(self, *parts: bytes) -> None:
        """Send a part of the answer, in one write."""
        ...

    def send_answer(self, answer: Answer) -> None:
        """Send a whole answer; the exchange is over once the request is complete, too."""
        ...

    def answered(self, *, keep_alive: bool = True) -> None:
        """The streamed answer is complete; without ``keep_alive`` the connection breaks off here."""
        ...

    def end_after_answer(self) -> None:
        """Close the connection once the answer is sent."""
        ...

    def pause(self) -> None:
        """Stop reading the request."""
        ...

    def resume(self) -> None:
        """Go on reading the request."""
        ...


class Exchange(Protocol):
    """Who answers the request."""

    def on_body(self, chunk: bytes) -> None:
        """A part of the request's body has come."""
        ...

    def on_end(self) -> None:
        """The request is complete."""
        ...

    def abandon(self) -> None:
        """The client is gone."""
        ...

    def pause_answer(self) -> None:
        """The client reads slower than the answer comes."""
        ...

    def resume_answer(self) -> None:
        """The client has caught up."""
        ...


class Refusal:
    """An exchange whose answer is known from the head: the body is discarded, then the answer is sent.

    Args:
        client: who asked.
        answer: what it is answered.
    """

    def __init__(self, client: Client, answer: Answer) -> None:
        self._client = client
        self._answer: Answer | None = answer
        self._discarded_bytes = 0

    def on_body(self, chunk: bytes) -> None:
        """Discard it; an endless body ends the connection."""
        self._discarded_bytes += len(chunk)
        if self._discarded_bytes > _DISCARD_LIMIT_BYTES and self._answer is not None:
            self._client.end_after_answer()
            self.on_end()

    def on_end(self) -> None:
        """Answer."""
        if self._answer is not None:
            answer, self._answer = self._answer, None
            self._client.send_answer(answer)

    def abandon(self) -> None:
        """Nothing was begun."""

    def pause_answer(self) -> None:
        """The answer is one piece."""

    def resume_answer(self) -> None:
        """The answer is one piece."""
