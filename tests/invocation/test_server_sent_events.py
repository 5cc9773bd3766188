"""Events come out whole, however the stream was cut."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invocation import AnswerError
from invocation.server_sent_events import ServerSentEvents


def events_of(parts: list[bytes]) -> list[bytes]:
    events = ServerSentEvents()
    found = [data for part in parts for data in events.feed(part)]
    events.end()
    return found


@given(
    texts=st.lists(st.text(max_size=12), max_size=5),
    end=st.sampled_from([b"\n", b"\r\n", b"\r"]),
    cuts=st.lists(st.integers(0, 200), max_size=12),
)
def test_cuts_don_t_matter(texts: list[str], end: bytes, cuts: list[int]) -> None:
    """Wherever parts are cut, inside a line's end or a letter too, the same events come out in order."""
    expected = [json.dumps({"text": text}, ensure_ascii=False).encode() for text in texts]
    # JSON escapes line ends, so that its text never holds one.
    stream = b"".join(b"data: " + data + end + end for data in expected)
    places = sorted({0, *(min(cut, len(stream)) for cut in cuts), len(stream)})
    parts = [stream[start:stop] for start, stop in pairwise(places)]
    assert events_of(parts) == expected


def test_an_event_comes_out_as_soon_as_it_is_whole() -> None:
    """An answer doesn't wait for the next one."""
    events = ServerSentEvents()
    assert events.feed(b"data: 1\n") == []
    assert events.feed(b"\ndata: 2") == [b"1"]
    assert events.feed(b"\n\n") == [b"2"]


def test_lines_of_data_are_one_event() -> None:
    """Comments, other fields and empty events are no data; the blank after the colon may be missing."""
    assert events_of([b": hello\nid: 7\ndata: a\ndata:b\nretry\n\n\n\nevent: x\n\n"]) == [b"a\nb"]


@pytest.mark.parametrize("cut", [b"data: 1", b"data: 1\n", b"data: 1\n\ndat"])
def test_a_cut_event_is_no_event(cut: bytes) -> None:
    """Half an answer is never taken for a whole one."""
    with pytest.raises(AnswerError, match="the stream ends inside an event; what came before it was whole"):
        events_of([cut])
