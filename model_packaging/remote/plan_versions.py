"""Which TensorRT made the plans in a repository, for the record of a build."""

from pathlib import Path

from model_packaging.artifact.plan_header import PlanHeaderError, read_plan_header
from model_packaging.remote.errors import RemoteResultError

__all__ = ["STAND_IN", "STAND_IN_MARK", "TENSORRT", "plan_versions"]

TENSORRT = "tensorrt"
"""Names TensorRT among the frameworks of a build."""

STAND_IN = "tensorrt-stand-in"
"""Is among them where a plan was made by the laptop's stand-in for ``trtexec``."""

STAND_IN_MARK = b"SEATRIAL STAND-IN: "
"""Follows the header of such a plan (``local/tensorrt/trtexec.py``)."""

_HEADER_BYTES = 28


def plan_versions(repository: Path) -> tuple[tuple[str, str], ...]:
    """Return ``(name, version)`` of what made the plans in ``repository``; nothing where there is none.

    Raises:
        RemoteResultError: a plan is none, or they are of several versions of TensorRT.
        OSError: one can't be read.
    """
    plans = sorted(repository.rglob("*.plan"))
    try:
        versions = {read_plan_header(plan).version_text for plan in plans}
    except PlanHeaderError as error:
        raise RemoteResultError(f"{error}.", "name a plan that trtexec made.") from error
    if len(versions) > 1:
        raise RemoteResultError(
            f"its plans are of TensorRT {' and '.join(sorted(versions))}; one server has one.",
            "build all of them in the same release.",
        )
    found = [(TENSORRT, version) for version in versions]
    if any(_is_stand_in(plan) for plan in plans):
        found.append((STAND_IN, "1"))
    return tuple(found)


def _is_stand_in(plan: Path) -> bool:
    with plan.open("rb") as file:
        file.seek(_HEADER_BYTES)
        return file.read(len(STAND_IN_MARK)) == STAND_IN_MARK
