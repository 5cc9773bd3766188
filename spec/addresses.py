"""Where a file may be: in the project, in Amazon S3, or on a hub at a revision."""

from typing import Annotated, Any

from spec._base import text

__all__ = ["GoldenFile", "ProjectFile", "Sha256", "file_address"]

PART = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
"""One part of a path or an address."""

ProjectFile = Annotated[
    str,
    text(
        rf"^{PART}(/{PART})*$",
        allowed="a file of the project, relative to its root, such as examples/handlers.py",
        maximum=512,
    ),
]
GoldenFile = Annotated[
    str,
    text(
        rf"^({PART}/)*{PART}\.(npz|json)$",
        allowed="an .npz or .json of the project, relative to its root, such as golden/request.npz",
        maximum=512,
    ),
]
Sha256 = Annotated[
    str,
    text(r"^[0-9a-f]{64}$", allowed="64 lower-case hexadecimal digits, as sha256sum prints them", maximum=64),
]


def file_address(*suffixes: str, allowed: str) -> Any:  # noqa: ANN401 - as pydantic's Field
    """Return the annotation of a file's address.

    Args:
        suffixes: one of which it ends in, without the dot.
        allowed: the form in words.
    """
    folders = rf"(({PART}/)*|s3://{PART}/({PART}/)*|hf://{PART}/{PART}@{PART}/({PART}/)*)"
    return text(rf"^{folders}{PART}\.({'|'.join(suffixes)})$", allowed=allowed, maximum=1024)
