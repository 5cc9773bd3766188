"""What a file's first bytes say it is, where it is not what its name says."""

from enum import StrEnum

__all__ = ["FIRST_BYTES", "FileContent", "content_of"]

FIRST_BYTES = 512
"""How many are looked at."""

_LFS_POINTERS = (b"version https://git-lfs.github.com/spec/", b"version https://hawser.github.com/spec/")
"""Git LFS, docs/spec.md, "The Pointer": the first line; the second is its older address."""

_ANNEX_POINTER = b"/annex/objects/"
"""git-annex, "pointer file" (internals)."""

_HTML = (b"<!doctype html", b"<html")
_XML, _XML_ERROR = b"<?xml", b"<error>"
"""Amazon S3 API Reference, "REST error responses": the root element is ``Error``."""


class FileContent(StrEnum):
    """What was saved in the file's place; the value says so in words."""

    NOTHING = "is empty"
    LFS_POINTER = "is a pointer of Git LFS, not the file that it points to"
    ANNEX_POINTER = "is a pointer of git-annex, not the file that it points to"
    HTML = "is a page in HTML, as a download without a sign-in leaves it"
    XML_ERROR = "is an error message in XML, as Amazon S3 sends it instead of an object"

    @property
    def fix(self) -> str:
        """What to do."""
        return _FIXES[self]


_FIXES = {
    FileContent.NOTHING: "put the file itself there",
    FileContent.LFS_POINTER: "run `git lfs pull` and pack again",
    FileContent.ANNEX_POINTER: "run `git annex get` and pack again",
    FileContent.HTML: "download the file again, signed in",
    FileContent.XML_ERROR: "download the object again, with permission to read it",
}


def content_of(first: bytes, size_bytes: int) -> FileContent | None:
    """Return what stands in place of a model's file; None where nothing is wrong at first sight.

    Args:
        first: the first ``FIRST_BYTES`` bytes.
        size_bytes: of the file.
    """
    if not size_bytes:
        return FileContent.NOTHING
    if first.startswith(_LFS_POINTERS):
        return FileContent.LFS_POINTER
    if first.startswith(_ANNEX_POINTER):
        return FileContent.ANNEX_POINTER
    text = first.lstrip().lower()
    if text.startswith(_HTML):
        return FileContent.HTML
    if text.startswith((_XML, _XML_ERROR)) and _XML_ERROR in text:
        return FileContent.XML_ERROR
    return None
