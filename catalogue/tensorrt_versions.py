"""Which TensorRT a Triton release carries."""

from functools import cache

from catalogue._data import read_data

__all__ = ["tensorrt_versions"]


@cache
def tensorrt_versions() -> dict[str, str]:
    """Return the version of TensorRT, such as ``10.4.0.26``, by Triton release, such as ``24.09``.

    A plan loads only in the TensorRT that made it (TensorRT, developer guide, "Version Compatibility"). Where
    NVIDIA's documents leave the build number out, so does the version.
    """
    return {release: row["version"] for release, row in read_data("tensorrt_versions")["releases"].items()}
