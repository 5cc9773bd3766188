"""Reads which TensorRT made a plan file, from its first bytes and nothing else.

Source: TensorRT (Apache-2.0 part), samples/common/sampleEngines.cpp, ``printPlanVersion``, which is what
``trtexec --getPlanVersionOnly`` runs: the file begins with the tag 0x74727466 (``ftrt`` in the file's order),
then the version of the serialization, and for version 0 the bytes 24 to 27 are TensorRT's own version. What
lies behind is NVIDIA's alone, so neither tensors nor the GPU can be read from here.
"""

from dataclasses import dataclass
from pathlib import Path

from model_packaging.artifact.errors import ArtifactError

__all__ = ["PLAN_TAG", "PlanHeader", "PlanHeaderError", "parse_plan_header", "read_plan_header"]

PLAN_TAG = b"ftrt"
"""The first bytes of every plan."""

_HEADER_BYTES = 28
_SERIALIZATION = slice(4, 8)
_KNOWN_SERIALIZATION = 0
_VERSION = slice(24, 28)
_BUILD_AGAIN = "build it again with `trtexec --saveEngine`"


class PlanHeaderError(ArtifactError):
    """A file is no TensorRT plan, or one of a serialization whose version nothing public tells."""


@dataclass(frozen=True, slots=True)
class PlanHeader:
    """What the first bytes of a plan say.

    Attributes:
        tensorrt_version: major, minor, patch and build, such as ``(10, 8, 0, 43)``; a plan loads only in the
            TensorRT that made it, unless it was built version-compatible (TensorRT, developer guide,
            "Version Compatibility").
    """

    tensorrt_version: tuple[int, int, int, int]

    @property
    def version_text(self) -> str:
        """The version as NVIDIA writes it: ``10.8.0.43``."""
        return ".".join(map(str, self.tensorrt_version))


def read_plan_header(path: Path) -> PlanHeader:
    """Return the header of the plan at ``path``.

    Raises:
        PlanHeaderError: it can't be read, or is no plan.
    """
    try:
        with path.open("rb") as file:
            first = file.read(_HEADER_BYTES)
    except OSError as error:
        raise PlanHeaderError(f"{path}: can't be read ({error.strerror or error})") from error
    return parse_plan_header(first, str(path))


def parse_plan_header(first: bytes, source: str) -> PlanHeader:
    """Return what ``first``, the first bytes of the plan ``source``, say; 28 are read.

    Raises:
        PlanHeaderError: they are not the beginning of a plan.
    """
    if not first.startswith(PLAN_TAG):
        raise PlanHeaderError(
            f"{source}: begins with {first[: len(PLAN_TAG)]!r}; a TensorRT plan begins with {PLAN_TAG!r}: "
            f"{_BUILD_AGAIN}"
        )
    if len(first) < _HEADER_BYTES:
        raise PlanHeaderError(
            f"{source}: ends after {len(first)} bytes; a TensorRT plan's header has {_HEADER_BYTES}: "
            f"{_BUILD_AGAIN}"
        )
    serialization = int.from_bytes(first[_SERIALIZATION], "little")
    if serialization != _KNOWN_SERIALIZATION:
        raise PlanHeaderError(
            f"{source}: has the serialization version {serialization}; only {_KNOWN_SERIALIZATION} says in "
            f"public where TensorRT's version lies: {_BUILD_AGAIN}"
        )
    major, minor, patch, build = first[_VERSION]
    return PlanHeader((major, minor, patch, build))
