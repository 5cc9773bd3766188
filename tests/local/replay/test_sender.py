"""Requests over real connections, each counted once."""

import socketserver
import threading
from collections.abc import Callable, Iterator

import pytest

from local.replay.recorded_request import RecordedRequest
from local.replay.sender import Counts, Sender

Answers = Callable[[int], bytes | None]

_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
_EMPTY = b"HTTP/1.1 400 Bad Request\r\ncontent-length: %d\r\n\r\n%s"
_NO_CAPACITY = b"Inference Component has no capacity to process this request."


def refusal(body: bytes) -> bytes:
    return _EMPTY % (len(body), body)


@pytest.fixture
def serve() -> Iterator[Callable[[Answers], RecordedRequest]]:
    """Make a server that answers the n-th request as told, None for closing instead; return the request."""
    servers: list[socketserver.ThreadingTCPServer] = []

    def start(answers: Answers) -> RecordedRequest:
        seen = iter(range(1_000_000))

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                while self.rfile.readline():
                    while self.rfile.readline() != b"\r\n":
                        pass
                    answer = answers(next(seen))
                    if answer is None:
                        return
                    self.wfile.write(answer)
                    if b"Connection: close" in answer:
                        return

        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return RecordedRequest("127.0.0.1", server.server_address[1], b"POST / HTTP/1.1\r\nHost: x\r\n\r\n")

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_answers_are_counted(serve: Callable[[Answers], RecordedRequest]) -> None:
    """Every request once, of each component for itself; a component without requests isn't there."""
    request = serve(lambda _: _OK)
    with Sender({"a": request, "b": request, "c": request}) as sender:
        assert sender.send({"a": 3, "b": 2, "c": 0}) == {"a": Counts(3), "b": Counts(2)}
        assert sender.send({"a": 1}) == {"a": Counts(1)}


def test_a_missing_copy_is_told_from_other_failures(serve: Callable[[Answers], RecordedRequest]) -> None:
    """Both are failed requests; the words of the first of the others are kept."""
    answers = [_OK, refusal(_NO_CAPACITY), refusal(b"wrong input"), refusal(b"wrong again")]
    request = serve(lambda number: answers[number])
    with Sender({"a": request}) as sender:
        (counts,) = sender.send({"a": 4}).values()
    assert counts == Counts(4, 1, 2, "HTTP status 400: wrong input")
    assert counts.failed == 3


def test_no_answer_is_a_failure(serve: Callable[[Answers], RecordedRequest]) -> None:
    """A connection that ends in the middle fails its request, and the next one gets a new connection."""
    request = serve(lambda number: None if number == 0 else _OK)
    with Sender({"a": request}) as sender:
        (counts,) = sender.send({"a": 2}).values()
    assert (counts.requests, counts.other_failures) == (2, 1)
    assert counts.first_failure.startswith("no answer: ")


def test_a_connection_that_was_closed_in_between_fails_nothing(
    serve: Callable[[Answers], RecordedRequest],
) -> None:
    """The server may close after an answer, when it says so."""
    request = serve(lambda _: b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
    with Sender({"a": request}) as sender:
        assert sender.send({"a": 3}) == {"a": Counts(3)}


def test_counts_add_up() -> None:
    """Field by field; the first failure stays the first."""
    assert Counts(2, 1, 0) + Counts(3, 0, 1, "x") + Counts(1, 0, 1, "y") == Counts(6, 1, 2, "x")
