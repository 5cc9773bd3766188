"""Exchanges with a server on loopback end in time."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from preflight.trial._http import Connection

_HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@contextmanager
def serving(head: bytes, part: bytes) -> Iterator[int]:
    """Listen on loopback and answer ``head``, then ``part``, if there is one, for ever; yield the port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            peer, _ = listening.accept()
            with peer:
                peer.recv(1 << 16)
                try:
                    peer.sendall(head)
                    while part:
                        peer.sendall(part)
                except OSError:
                    return  # the client has gone, which is what it is to do

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
    thread.join(10)
    assert not thread.is_alive()


def test_a_stream_without_end_is_given_up() -> None:
    """Each of its pieces comes in time, the last one never."""
    with serving(_HEAD, b"1000\r\n" + bytes(0x1000) + b"\r\n") as port:
        reply = Connection(port, 0.2).exchange("GET", "/")
    assert reply.timed_out
    assert reply.broken == "no answer within 0.2 s"


def test_an_answer_is_read_to_its_end() -> None:
    """In pieces or whole, it is what was sent."""
    with serving(_HEAD + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", b"") as port:
        assert Connection(port, 5).exchange("GET", "/").body == b"abcde"
    with serving(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde", b"") as port:
        assert Connection(port, 5).exchange("GET", "/").body == b"abcde"


def test_an_answer_that_is_cut_off_is_none() -> None:
    """Fewer bytes than were announced are told."""
    with serving(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabcde", b"") as port:
        reply = Connection(port, 5).exchange("GET", "/")
    assert reply.broken.startswith("the connection broke")
