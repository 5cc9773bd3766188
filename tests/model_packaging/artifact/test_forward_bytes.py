"""Bytes that are read once, from the first to the last."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_packaging.artifact.forward_bytes import FileBytes, ForwardBytes, ForwardFile

CONTENT = bytes(range(256)) * 4


def forward(content: bytes, piece_bytes: int) -> ForwardBytes:
    starts = range(0, len(content), piece_bytes)
    return ForwardBytes((content[start : start + piece_bytes] for start in starts), len(content))


@given(
    st.integers(1, 300),
    st.lists(st.tuples(st.sampled_from(["peek", "take", "skip"]), st.integers(0, 400)), max_size=20),
)
def test_it_goes_through_the_bytes_as_through_a_string(
    piece_bytes: int, steps: list[tuple[str, int]]
) -> None:
    """In pieces of any size; at the end there is less."""
    source, place = forward(CONTENT, piece_bytes), 0
    for step, size in steps:
        expected = CONTENT[place : place + size]
        if step == "peek":
            assert source.peek(size) == expected
            continue
        got = source.take(size) if step == "take" else source.skip(size)
        assert got == (expected if step == "take" else len(expected))
        place += len(expected)


def test_what_lies_ready_is_searched() -> None:
    """The distance is told, or that there is none."""
    source = forward(CONTENT, 100)
    assert source.find(b"\x05") == -1
    assert source.more()
    source.skip(2)
    assert source.find(b"\x05") == 3
    assert source.buffered == 98


def test_a_file_is_sought_in_instead_of_read(tmp_path: Path) -> None:
    """A long way ahead costs nothing, and the end is the file's."""
    path = tmp_path / "file"
    path.write_bytes(bytes(1 << 20) + b"end")
    with path.open("rb") as file:
        source = FileBytes(file, path, (1 << 20) + 3)
        assert source.take(1) == b"\0"
        assert source.skip((1 << 20) - 1) == (1 << 20) - 1
        assert source.take(10) == b"end"
    with path.open("rb") as file:
        assert FileBytes(file, path, (1 << 20) + 3).skip(1 << 30) == (1 << 20) + 3


def test_reading_stays_where_it_was_sought_to() -> None:
    """So the next place may lie inside of what was read."""
    file = ForwardFile(forward(CONTENT, 10))
    assert file.seek(20) == 20
    assert file.read(30) == CONTENT[20:50]
    assert file.seek(21) == 21
    assert file.read(1) == CONTENT[21:22]
    with pytest.raises(ValueError, match="byte 20 was passed over already"):
        file.seek(20)
    assert file.seek(10_000) == len(CONTENT)
    assert file.read(1) == b""
