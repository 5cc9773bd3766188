"""The Triton Inference Server images that AWS publishes for SageMaker."""

from typing import Any

from catalogue._data import read_data
from catalogue.errors import UnknownRegionError, UnknownReleaseError
from catalogue.regions import region as region_named

__all__ = [
    "DEFAULT_MODEL_VARIABLE",
    "DEFAULT_TRITON_RELEASE",
    "INFERENCE_TYPE_VARIABLE",
    "STREAMED",
    "triton_image_account",
    "triton_image_uri",
    "triton_releases",
]

DEFAULT_MODEL_VARIABLE = "SAGEMAKER_TRITON_DEFAULT_MODEL_NAME"
"""Names the model that ``serve`` in the image loads (sagemaker-tritonserver image, ``serve``)."""

INFERENCE_TYPE_VARIABLE = "SAGEMAKER_TRITON_INFERENCE_TYPE"
"""Says how the image's frontend answers (same source)."""

STREAMED = "generate_stream"
"""Its value for answers that come in parts, as server-sent events (same source)."""

DEFAULT_TRITON_RELEASE = "24.09"
"""The newest published release that is not newer than the Triton that endpoints on the laptop run, 2.51
(NVIDIA's release notes: 24.09 holds Triton 2.50, 24.10 holds 2.51, the next published one 2.57)."""


def triton_releases(region: str | None = None) -> tuple[str, ...]:
    """Return the published releases, such as ``24.09``, oldest first (source: the SageMaker SDK's table).

    Args:
        region: count only what is published in this region; none in GovCloud, none newer than 25.04 in China.
    """
    return tuple(each for each, facts in _releases().items() if region in (None, *facts["registries"]))


def triton_image_account(region: str, release: str = DEFAULT_TRITON_RELEASE) -> str:
    """Return the account whose registry holds the image of ``release`` for ``region``: 12 digits.

    Raises:
        UnknownRegionError: there is no such region, or AWS publishes no Triton image in it.
        UnknownReleaseError: AWS publishes no such release, or not in this region.
    """
    facts = _releases().get(release)
    if facts is None:
        raise UnknownReleaseError(
            f"AWS publishes no Triton image {release!r} for SageMaker; "
            f"there are {', '.join(triton_releases())}"
        )
    account = facts["registries"].get(region)
    if account is not None:
        return str(account)
    region_named(region)
    published = triton_releases(region)
    if not published:
        raise UnknownRegionError(
            f"AWS publishes no Triton image for SageMaker in {region}; mirror one into a registry of your "
            "own there and name it with image_uri"
        )
    raise UnknownReleaseError(
        f"AWS publishes no Triton image {release} for SageMaker in {region}; there are "
        f"{', '.join(published)}; take one of these, or mirror the image into a registry of your own and "
        "name it with image_uri"
    )


def triton_image_uri(release: str, region: str) -> str:
    """Return the image's URI: ``<account>.dkr.ecr.<region>.<suffix>/sagemaker-tritonserver:<release>-py3``.

    Raises:
        UnknownRegionError: there is no such region, or AWS publishes no Triton image in it.
        UnknownReleaseError: AWS publishes no such release, or not in this region.
    """
    account = triton_image_account(region, release)
    repository, tag = read_data("triton_images")["repository"], _releases()[release]["tag"]
    return f"{account}.dkr.ecr.{region}.{region_named(region).dns_suffix}/{repository}:{tag}"


def _releases() -> dict[str, dict[str, Any]]:
    releases: dict[str, dict[str, Any]] = read_data("triton_images")["releases"]
    return releases
