"""Streams of events, read by botocore."""

import json

from botocore.eventstream import EventStreamBuffer
from hypothesis import given
from hypothesis import strategies as st

from local.aws.server.event_stream import encode_event, encode_exception


@given(st.lists(st.binary(max_size=200), max_size=5), st.integers(min_value=1, max_value=64))
def test_events_are_read_as_they_were_written(payloads: list[bytes], size: int) -> None:
    """However the stream is cut on its way; botocore checks every checksum."""
    stream = b"".join(encode_event("PayloadPart", payload) for payload in payloads)
    buffer, read = EventStreamBuffer(), []
    for start in range(0, len(stream), size):
        buffer.add_data(stream[start : start + size])
        read += list(buffer)
    assert [event.payload for event in read] == payloads
    for event in read:
        assert event.headers == {
            ":event-type": "PayloadPart",
            ":content-type": "application/octet-stream",
            ":message-type": "event",
        }


def test_an_exception_is_one() -> None:
    """With JSON."""
    buffer = EventStreamBuffer()
    buffer.add_data(encode_exception("ModelStreamError", b'{"ErrorCode": "StreamBroken"}'))
    (event,) = buffer
    assert event.headers[":message-type"] == "exception"
    assert event.headers[":exception-type"] == "ModelStreamError"
    assert json.loads(event.payload) == {"ErrorCode": "StreamBroken"}
