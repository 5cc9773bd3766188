"""Which Python a Triton release runs Python models with, and which ONNX it reads."""

from dataclasses import dataclass
from functools import cache

from catalogue._data import read_data

__all__ = ["TritonContents", "triton_contents"]


@dataclass(frozen=True, slots=True)
class TritonContents:
    """What is in one release of Triton's image.

    Attributes:
        release: such as ``24.09``.
        python: of the Python backend's stub: major and minor version.
        onnx_opset: the newest version of ONNX's operators that its ONNX Runtime can read at most; None where
            nothing is known.
        onnx_ir: likewise of the file's own format.
    """

    release: str
    python: tuple[int, int]
    onnx_opset: int | None
    onnx_ir: int | None


@cache
def triton_contents() -> dict[str, TritonContents]:
    """Return the contents of every release that AWS publishes an image of, by release.

    Source: the data file says where each row is from.
    """
    contents = {}
    for release, row in read_data("triton_contents")["releases"].items():
        major, minor = row["python"].split(".")
        contents[release] = TritonContents(
            release, (int(major), int(minor)), row["onnx_opset"], row["onnx_ir"]
        )
    return contents
