"""What a container's model data is: an archive, one file, or the files below a prefix.

Source: API_S3ModelDataSource of the SageMaker API reference.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from local.aws.server.errors import LaunchError, validation_exception

__all__ = ["check_model_data_source", "is_prefix", "is_unpacked", "placed_files"]

_KINDS = (("S3Object", "Gzip"), ("S3Object", "None"), ("S3Prefix", "None"))
_MAX_NAME_BYTES = 255


def is_unpacked(container: Mapping[str, Any]) -> bool:
    """Whether the model data are files, not an archive."""
    return bool(_source(container).get("CompressionType") == "None")


def is_prefix(container: Mapping[str, Any]) -> bool:
    """Whether the model data are all files below a prefix."""
    return bool(_source(container).get("S3DataType") == "S3Prefix")


def check_model_data_source(container: Mapping[str, Any]) -> None:
    """Check what CreateModel asks of ``ModelDataSource``.

    Raises:
        AwsError: it is none that there is.
    """
    source = _source(container)
    if not source:
        return
    kind = (source.get("S3DataType"), source.get("CompressionType"))
    if kind not in _KINDS:
        raise validation_exception(
            f"S3DataType {kind[0]} can't have CompressionType {kind[1]} in ModelDataSource."
        )
    if is_prefix(container) and not str(source.get("S3Uri")).endswith("/"):
        raise validation_exception(
            f'S3Uri "{source.get("S3Uri")}" in ModelDataSource is no valid key name prefix: it must end with '
            "a forward slash (/)."
        )


def placed_files(keys: Iterable[str], prefix: str) -> dict[str, str]:
    """Return where each object below ``prefix`` goes below ``/opt/ml/model``, by key.

    Raises:
        LaunchError: a name can't be a file's, or is a file's and a folder's at once.
    """
    placed = {key: key.removeprefix(prefix) for key in keys}
    files = set(placed.values())
    for key, path in placed.items():
        parts = path.split("/")
        for part in parts:
            if (
                not part.strip()
                or part in {".", ".."}
                or "\0" in part
                or len(part.encode()) > _MAX_NAME_BYTES
            ):
                raise LaunchError(f"{key!r} has the name {part!r}, which no file of a model may have")
        clash = next(
            ("/".join(parts[:end]) for end in range(1, len(parts)) if "/".join(parts[:end]) in files), ""
        )
        if clash:
            raise LaunchError(f"{clash!r} is a file and a folder of the model at once")
    return placed


def _source(container: Mapping[str, Any]) -> Mapping[str, Any]:
    source: Mapping[str, Any] = (container.get("ModelDataSource") or {}).get("S3DataSource") or {}
    return source
