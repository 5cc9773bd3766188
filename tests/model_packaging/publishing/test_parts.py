import base64
import hashlib

from hypothesis import given
from hypothesis import strategies as st

from model_packaging.publishing._parts import Stream, checksum_of


@given(pieces=st.lists(st.binary(max_size=40), max_size=20), part_bytes=st.integers(1, 50))
def test_parts_are_the_content_cut_into_equal_lengths(pieces: list[bytes], part_bytes: int) -> None:
    """Whatever lengths the stream comes in: so the same content always has the same parts."""
    content = b"".join(pieces)
    stream = Stream(pieces, len(content), part_bytes)
    parts = list(stream.parts())
    assert b"".join(part.content for part in parts) == content
    assert [part.number for part in parts] == list(range(1, stream.part_count + 1))
    assert all(len(part.content) == part_bytes for part in parts[:-1])
    assert len(parts[-1].content) <= part_bytes
    for part in parts:
        assert base64.b64decode(part.sha256) == hashlib.sha256(part.content).digest()


def test_nothing_is_one_empty_part() -> None:
    """An empty file is an object, too."""
    [part] = Stream([], 0).parts()
    assert (part.number, part.content) == (1, b"")


def test_parts_grow_before_there_are_too_many() -> None:
    """Ten thousand parts are the most that Amazon S3 takes."""
    assert Stream([], 10_000, part_bytes=1).part_count == 10_000
    assert Stream([], 10_001, part_bytes=1).part_count == 5_001


def test_the_checksum_of_one_part_is_its_own() -> None:
    """An object that went in one request has the SHA-256 of its content."""
    assert checksum_of(["abc="]) == "abc="


def test_the_checksum_of_several_parts_is_that_of_their_checksums() -> None:
    """As Amazon S3 composes it; it says their number."""
    digests = [hashlib.sha256(content).digest() for content in (b"a", b"b")]
    expected = base64.b64encode(hashlib.sha256(b"".join(digests)).digest()).decode()
    assert checksum_of([base64.b64encode(each).decode() for each in digests]) == f"{expected}-2"
