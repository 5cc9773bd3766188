"""How much memory a build may need: an estimate, so that builds side by side leave the machine alive."""

from collections.abc import Iterator
from pathlib import Path

from model_packaging.build_folder import ARCHIVE_SUFFIX
from spec import Model

__all__ = ["needed_bytes_of"]

_WORKER_BYTES = 1 << 30
"""Python with torch and an exporter, before any model: 0.4 to 0.9 GB."""

_COPIES = 4
"""The module, what it is exported to, what that is loaded as for the proof, and what both compute."""

_UNKNOWN_BYTES = 256 << 20
"""For the weights of a model that was never built and comes without a file of them."""


def needed_bytes_of(model: Model, directory: Path, project_root: Path) -> int:
    """Return an estimate from the declared weights, or from the artifact before.

    Args:
        model: its section.
        directory: of its artifact.
        project_root: where declared files are.
    """
    sizes = [*_sizes(directory.glob(f"*{ARCHIVE_SUFFIX}")), *_sizes(_weights(model, project_root))]
    return _WORKER_BYTES + _COPIES * max(sizes, default=_UNKNOWN_BYTES)


def _weights(model: Model, project_root: Path) -> Iterator[Path]:
    versions = tuple(model.export.versions.values()) if model.export is not None else ()
    for each in (model.eager, *versions):
        if each is not None and each.weights is not None:
            yield project_root / each.weights.from_
    if model.file is not None:
        yield project_root / model.file.from_  # one at S3 or a hub is no path here, and not known


def _sizes(paths: Iterator[Path]) -> Iterator[int]:
    for path in paths:
        try:
            yield path.stat().st_size
        except OSError:
            continue  # missing here: the build says so, if it needs it
