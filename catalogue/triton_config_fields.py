"""Which release of Triton's images is the first to know a field of config.pbtxt."""

from catalogue._data import read_data
from catalogue.triton_images import triton_releases

__all__ = ["releases_with_config_field"]


def releases_with_config_field(message: str, field: str) -> tuple[str, ...]:
    """Return the published releases whose Triton knows a field, oldest first.

    Of releases between which a field appeared, the first published one counts (source: see the data file).

    Args:
        message: of Triton's model_config.proto, such as ``ModelConfig``.
        field: of that message, such as ``model_metrics``.
    """
    first = read_data("triton_config_fields")["first_published_release"].get(f"{message}.{field}")
    releases = triton_releases()
    return releases if first is None else releases[releases.index(first) :]
