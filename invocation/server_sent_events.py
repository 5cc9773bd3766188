"""Server-sent events out of a stream of bytes that is cut anywhere."""

import re

from invocation.errors import AnswerError

__all__ = ["EVENT_STREAM", "ServerSentEvents"]

EVENT_STREAM = "text/event-stream"
"""The content type of such a stream, before its parameters."""

_END_OF_LINE = re.compile(rb"\r\n|\n|\r")


class ServerSentEvents:
    """Collects the parts of a stream and gives the data of each event that is whole.

    Source: HTML Living Standard, "Server-sent events", "Interpreting an event stream". Of an event's fields
    only ``data`` is kept.
    """

    def __init__(self) -> None:
        self._rest = bytearray()
        self._searched = 0
        self._after_return = False
        self._data: list[bytes] = []

    def feed(self, part: bytes) -> list[bytes]:
        """Take the next part and return the data of the events that it ends, oldest first."""
        if self._after_return:
            # The second half of a line's end that the cut went through.
            part = part.removeprefix(b"\n")
        self._rest += part
        self._after_return = self._rest.endswith(b"\r")
        events = []
        start = 0
        for end in _END_OF_LINE.finditer(self._rest, self._searched):
            line = bytes(self._rest[start : end.start()])
            start = end.end()
            if line:
                self._take(line)
            elif self._data:
                events.append(b"\n".join(self._data))
                self._data = []
        del self._rest[:start]
        # An unfinished line is not searched twice, however many parts it comes in.
        self._searched = len(self._rest)
        return events

    def end(self) -> None:
        """Take the end of the stream.

        Raises:
            AnswerError: it ends inside an event.
        """
        if self._data or self._rest:
            raise AnswerError("the stream ends inside an event; what came before it was whole.")

    def _take(self, line: bytes) -> None:
        field, _, value = line.partition(b":")
        if field == b"data":
            self._data.append(value.removeprefix(b" "))
