"""One request after another to a server on loopback, with bounded waits."""

import http.client
import time
from collections.abc import Iterable
from dataclasses import dataclass

from local.triton.supervised_process import LOOPBACK

__all__ = ["Connection", "Reply"]

_PART_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back.

    Attributes:
        status: of the answer; 0 where none came.
        headers: names in lower case.
        body: of the answer.
        seconds: from the first byte sent to the last received.
        broken: why no answer came; empty where one did.
        timed_out: whether none came in time.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float
    broken: str = ""
    timed_out: bool = False


class Connection:
    """A keep-alive connection; not for several threads at once.

    Args:
        port: on loopback.
        timeout_seconds: for a whole exchange.
    """

    def __init__(self, port: int, timeout_seconds: float) -> None:
        self._timeout_seconds = timeout_seconds
        self._http = http.client.HTTPConnection(LOOPBACK, port, timeout=timeout_seconds)

    def exchange(
        self, method: str, path: str, headers: Iterable[tuple[str, str]] = (), body: bytes = b""
    ) -> Reply:
        """Send a request and return what comes back; a failure is a reply that says so."""
        started = time.perf_counter()
        try:
            self._http.request(method, path, body or None, dict(headers))
            response = self._http.getresponse()
            content = self._content(response, started + self._timeout_seconds)
        except TimeoutError:
            self.close()
            words = f"no answer within {self._timeout_seconds:g} s"
            return Reply(0, {}, b"", time.perf_counter() - started, words, timed_out=True)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            words = f"the connection broke: {error or type(error).__name__}"
            return Reply(0, {}, b"", time.perf_counter() - started, words)
        names = {name.lower(): value for name, value in response.getheaders()}
        return Reply(response.status, names, content, time.perf_counter() - started)

    def _content(self, response: http.client.HTTPResponse, deadline: float) -> bytes:
        """Read the body to its end: a stream may go on for ever, a piece at a time.

        Raises:
            TimeoutError: the end has not come in time.
            http.client.IncompleteRead: the connection ended before.
        """
        # read1 doesn't count down Content-Length (Python 3.11); read waits for a whole part of a stream.
        read = response.read1 if response.length is None else response.read
        parts: list[bytes] = []
        while part := read(_PART_BYTES):
            parts.append(part)
            if time.perf_counter() > deadline:
                raise TimeoutError
        if response.length:
            raise http.client.IncompleteRead(b"".join(parts), response.length)
        return b"".join(parts)

    def close(self) -> None:
        """Close it; the next exchange opens another."""
        self._http.close()
