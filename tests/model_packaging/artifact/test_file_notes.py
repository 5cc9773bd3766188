"""What stands in a file's place, and what catches the eye in files that are no model's own."""

import os
import pickle

import pytest

from model_packaging.artifact.file_content import FileContent, content_of
from model_packaging.artifact.file_notes import FileNote, note_of
from model_packaging.artifact.forward_bytes import ForwardBytes

LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
S3_ERROR = b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code></Error>'


@pytest.mark.parametrize(
    ("first", "content"),
    [
        (b"", FileContent.NOTHING),
        (LFS, FileContent.LFS_POINTER),
        (LFS.replace(b"git-lfs", b"hawser"), FileContent.LFS_POINTER),
        (b"/annex/objects/SHA256E-s1--ab.pt\n", FileContent.ANNEX_POINTER),
        (b"<!DOCTYPE html>\n<html>", FileContent.HTML),
        (b"\n  <HTML lang=en>", FileContent.HTML),
        (S3_ERROR, FileContent.XML_ERROR),
        (b"<Error><Code>NoSuchKey</Code></Error>", FileContent.XML_ERROR),
        (b'<?xml version="1.0"?><net name="openvino"/>', None),
        (b"PK\x03\x04", None),
        (b"\x08\x07\x12\x07pytorch", None),
        (b"version 2", None),
    ],
)
def test_the_first_bytes_say_it(first: bytes, content: FileContent | None) -> None:
    """Pointers, pages and error messages; another XML is somebody's model."""
    assert content_of(first, len(first)) is content


def test_each_content_says_what_to_do() -> None:
    """In words."""
    for each in FileContent:
        assert each.fix
        assert each.value.startswith("is ")


def note(path: str, content: bytes) -> FileNote | None:
    return note_of(path, ForwardBytes([content] if content else [], len(content)))


def test_a_pointer_is_one_whatever_the_file() -> None:
    """Vocabularies and labels are fetched by Git LFS, too."""
    assert note("m/vocabulary.txt", LFS) == FileNote("m/vocabulary.txt", FileContent.LFS_POINTER)


@pytest.mark.parametrize("content", [b"", b"<html></html>", S3_ERROR])
def test_pages_and_nothing_count_where_numbers_belong(content: bytes) -> None:
    """A page may be a page, and an empty file a mark."""
    assert note("m/1/model.onnx.data", content) is not None
    assert note("m/1/.keep", content) is None
    assert note("m/help.html", content) is None


class Calls:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("touch /tmp/never",)


@pytest.mark.parametrize("suffix", [".pkl", ".pth", ".ckpt", ".joblib"])
def test_pickles_that_reach_for_the_machine_are_noted(suffix: str) -> None:
    """Others are somebody's data; what is none, or too long, is left to whoever loads it."""
    path = f"m/1/weights{suffix}"
    assert note(path, pickle.dumps(Calls())) == FileNote(path, None, ("the global posix.system",))
    assert note(path, pickle.dumps({"a": 1})) is None
    assert note(path, b"no pickle") is None
    assert note(path, b"PK\x03\x04 no zip") is None
    assert note("m/1/weights.bin", pickle.dumps(Calls())) is None
