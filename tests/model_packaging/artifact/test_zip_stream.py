"""Zips read from their first byte on: what others read by the directory, and each way to be refused."""

import contextlib
import io
import itertools
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from model_packaging.artifact.forward_bytes import ForwardBytes
from model_packaging.artifact.zip_stream import ZipEndsError, ZipRecord, ZipStreamError, read_zip_stream


def forward(content: bytes, piece_bytes: int = 1 << 16) -> ForwardBytes:
    starts = range(0, len(content), piece_bytes)
    return ForwardBytes((content[start : start + piece_bytes] for start in starts), len(content))


def read(content: bytes, piece_bytes: int = 1 << 16) -> tuple[ZipRecord, ...]:
    return read_zip_stream(forward(content, piece_bytes), lambda _: True)


def zipped(records: dict[str, bytes], *, seekable: bool = True, method: int = zipfile.ZIP_STORED) -> bytes:
    """A zip of Python's; what it can't seek in gets data descriptors."""
    file = io.BytesIO()
    target: io.BytesIO = file if seekable else Unseekable(file)
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in records.items():
            # The same bytes at any time: tests are named after them.
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return file.getvalue()


class Unseekable(io.BytesIO):
    def __init__(self, file: io.BytesIO) -> None:
        super().__init__()
        self._file = file

    def write(self, content: bytes) -> int:  # type: ignore[override]  # bytes are all that zipfile writes
        return self._file.write(content)

    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        raise OSError

    def seek(self, *_: int) -> int:
        raise OSError


@pytest.fixture(scope="module")
def torchscript(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("torchscript") / "model.pt"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.jit.script(torch.nn.Linear(64, 64)).save(str(path))  # type: ignore[no-untyped-call]  # torch's
    return path.read_bytes()


def by_directory(content: bytes) -> list[tuple[str, int, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [(each.filename, each.file_size, archive.read(each)) for each in archive.infolist()]


@pytest.mark.parametrize("piece_bytes", [1, 7, 1000, 1 << 20])
def test_what_torch_writes_is_read_as_by_its_directory(torchscript: bytes, piece_bytes: int) -> None:
    """Stored and compressed records, none of which says its size before its bytes; in pieces of any size."""
    assert struct.unpack_from("<2L", torchscript, 18) == (0, 0)
    found = read(torchscript, piece_bytes)
    assert [(each.name, each.size_bytes, each.content) for each in found] == by_directory(torchscript)


@pytest.mark.parametrize("seekable", [True, False])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_what_python_writes_is_read_as_by_its_directory(*, seekable: bool, method: int) -> None:
    """With sizes before the bytes, and behind them."""
    content = zipped(
        {"a": b"", "b/c": b"x" * 100_000, "d": b"PK\x07\x08" * 10}, seekable=seekable, method=method
    )
    found = [(each.name, each.size_bytes, each.content) for each in read(content, 1000)]
    assert found == by_directory(content)


@given(st.binary(max_size=200), st.integers(1, 64))
def test_stored_bytes_may_look_like_anything(content: bytes, piece_bytes: int) -> None:
    """Like descriptors, headers and whole zips; the descriptor that says how many there were counts."""
    inner = zipped({"m": content}, seekable=False)
    outer = zipped({"first": content + inner + b"PK\x07", "second": inner}, seekable=False)
    assert [each.content for each in read(outer, piece_bytes)] == [content + inner + b"PK\x07", inner]


def test_what_is_not_kept_is_passed_over(torchscript: bytes) -> None:
    """Names and sizes are known all the same."""
    found = read_zip_stream(forward(torchscript), lambda name: name.endswith("data.pkl"))
    assert [each.name for each in found if each.content is not None] == ["model/data.pkl"]
    assert [(each.name, each.size_bytes) for each in found] == [
        each[:2] for each in by_directory(torchscript)
    ]


def refusal(content: bytes) -> str:
    with pytest.raises(ZipStreamError) as refused:
        read(content)
    return str(refused.value)


GOOD = zipped({"m/a": b"abc", "m/b": b"defg"})
DEFLATED = zipped({"m/a": b"a" * 1000}, method=zipfile.ZIP_DEFLATED)
DESCRIBED = zipped({"m/a": b"abc"}, seekable=False)
DIRECTORY = GOOD.index(b"PK\x01\x02")


def changed(content: bytes, place: int, new: bytes) -> bytes:
    return content[:place] + new + content[place + len(new) :]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "it begins with no record"),
        (b"no zip", "it begins with no record"),
        (GOOD[:DIRECTORY], "it ends without a directory"),
        (GOOD[:20], "it ends in the middle of a record"),
        (GOOD[:35], "it ends in the middle of a record"),
        (DESCRIBED[:36], "it ends in its record 'm/a'"),
        (DEFLATED[:36], "it ends in its record 'm/a'"),
        (changed(GOOD, 6, b"\x01"), "its record 'm/a' is encrypted"),
        (changed(GOOD, 8, b"\x0c"), "its record 'm/a' is packed by the method 12"),
        (changed(GOOD, 22, b"\x09"), "its record 'm/a' is stored, and its sizes differ"),
        (changed(GOOD, 33, b"x"), "its record 'm/a' is damaged: its checksum differs"),
        (changed(GOOD, 26, b"\xff\xff"), "a name of 65535 bytes; at most 4096 are read"),
        (changed(DEFLATED, 22, b"\x09"), "its record 'm/a' has another size than its header says"),
        (changed(DEFLATED, 33, b"\xff\xff\xff"), "its record 'm/a' is damaged (Error -3"),
        (changed(GOOD, DIRECTORY + 46, b"x"), "its directory lists other records than it holds"),
        (changed(GOOD, DIRECTORY + 42, b"\x01"), "its directory lists other records than it holds"),
    ],
)
def test_another_file_is_refused(content: bytes, words: str) -> None:
    """With the reason."""
    assert words in refusal(content)


def test_an_end_too_early_is_told_from_the_rest() -> None:
    """Nobody can read it; other refusals are about reading in one go."""
    for size in (20, 35, DIRECTORY):
        with pytest.raises(ZipEndsError):
            read(GOOD[:size])


def deflated_record(name: bytes, packed: bytes, size: int) -> bytes:
    header = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0, 0, len(packed), size, len(name), 0)
    return header + name + packed


def test_a_record_that_grows_without_end_is_refused() -> None:
    """However little of it there is."""
    packing = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join(packing.compress(bytes(1 << 20)) for _ in range(300)) + packing.flush()
    content = deflated_record(b"m/a", packed, 300 << 20)
    with pytest.raises(ZipStreamError, match="its records unpack to more than 268435456 bytes"):
        read_zip_stream(forward(content), lambda _: False)


def test_what_is_kept_is_bounded() -> None:
    """Whatever the records are called."""
    content = zipped({f"{index}": bytes(33 << 20) for index in range(3)})
    assert refusal(content) == "its code and pickles have more than 100663296 bytes"


def test_false_descriptors_end_the_reading() -> None:
    """Each costs a look, and chance makes one in four gigabytes."""
    assert refusal(zipped({"m/a": b"PK\x07\x08" * 10_002}, seekable=False)).endswith("describe nothing")


def test_sizes_of_64_bits_are_read() -> None:
    """Before the bytes, where a size is full of ones, and behind them."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive, archive.open("m/a", "w", force_zip64=True) as record:
        record.write(b"abc")
    assert [(each.name, each.content) for each in read(file.getvalue())] == [("m/a", b"abc")]
    described = io.BytesIO()
    target = zipfile.ZipFile(Unseekable(described), "w")
    with target as archive, archive.open("m/a", "w", force_zip64=True) as record:
        record.write(b"abc")
    assert [(each.name, each.content) for each in read(described.getvalue())] == [("m/a", b"abc")]


def mutations(content: bytes) -> Iterator[bytes]:
    for place, new in itertools.product(range(0, len(content), 3), (b"\x00", b"\xff", b"PK")):
        yield changed(content, place, new)


@pytest.mark.parametrize("content", [GOOD, DEFLATED, DESCRIBED])
def test_any_change_gives_records_or_a_refusal(content: bytes) -> None:
    """Never another exception."""
    for mutated in mutations(content):
        with contextlib.suppress(ZipStreamError):
            assert read(mutated, 16)


def test_a_file_on_disk_gives_the_same(tmp_path: Path, torchscript: bytes) -> None:
    """Whichever way the bytes come."""
    from model_packaging.artifact.forward_bytes import FileBytes  # noqa: PLC0415 - this test's alone

    path = tmp_path / "model.pt"
    path.write_bytes(torchscript)
    with path.open("rb") as file:
        assert read_zip_stream(FileBytes(file, path, len(torchscript)), lambda _: True) == read(torchscript)
