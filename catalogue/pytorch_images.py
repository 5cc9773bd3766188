"""The PyTorch inference images that AWS publishes for SageMaker, those of Elastic Inference among them."""

from typing import Any

from catalogue._data import read_data
from catalogue.errors import UnknownRegionError, UnknownReleaseError
from catalogue.regions import region as region_named

__all__ = [
    "DEFAULT_PYTORCH_RELEASE",
    "ELASTIC_INFERENCE_REPOSITORY",
    "PROGRAM_VARIABLE",
    "PYTORCH_REPOSITORY",
    "elastic_inference_image_uri",
    "elastic_inference_releases",
    "pytorch_image_uri",
    "pytorch_releases",
]

PROGRAM_VARIABLE = "SAGEMAKER_PROGRAM"
"""Names the entry point in ``code/`` (sagemaker-inference-toolkit, ``parameters.py``)."""

PYTORCH_REPOSITORY = "pytorch-inference"
"""The repository of the standard images, for x86_64 CPUs and for NVIDIA GPUs."""

ELASTIC_INFERENCE_REPOSITORY = "pytorch-inference-eia"
"""The repository of the images whose PyTorch sends work to an Elastic Inference accelerator."""

DEFAULT_PYTORCH_RELEASE = "2.6.0"
"""The newest release of the standard image in the SageMaker SDK's table."""


def pytorch_releases(region: str | None = None) -> tuple[str, ...]:
    """Return the published releases of the standard image, such as ``2.6.0``, oldest first.

    Source: the SageMaker SDK's table.

    Args:
        region: count only what is published in this region.
    """
    return _releases_in(PYTORCH_REPOSITORY, region)


def elastic_inference_releases(region: str | None = None) -> tuple[str, ...]:
    """Return the published releases of the Elastic Inference image, oldest first: 1.3.1 and 1.5.1.

    Args:
        region: count only what is published in this region.
    """
    return _releases_in(ELASTIC_INFERENCE_REPOSITORY, region)


def pytorch_image_uri(release: str, region: str, *, gpu: bool) -> str:
    """Return the standard image's URI.

    It is ``<account>.dkr.ecr.<region>.<suffix>/pytorch-inference:<release>-<cpu or gpu>-<python>``.

    Args:
        release: such as ``2.6.0``.
        region: whose registry is asked.
        gpu: the image with CUDA, for instance types with an NVIDIA GPU.

    Raises:
        UnknownRegionError: there is no such region, or AWS publishes no such image in it.
        UnknownReleaseError: AWS publishes no such release, or not in this region.
    """
    return _uri(PYTORCH_REPOSITORY, release, region, "gpu" if gpu else "cpu")


def elastic_inference_image_uri(release: str, region: str) -> str:
    """Return the URI of ``pytorch-inference-eia``; the host has no GPU, so there is one image per release.

    Raises:
        UnknownRegionError: there is no such region, or AWS publishes no such image in it.
        UnknownReleaseError: AWS publishes no such release, or not in this region.
    """
    return _uri(ELASTIC_INFERENCE_REPOSITORY, release, region, "cpu")


def _uri(repository: str, release: str, region: str, processor: str) -> str:
    table = _table(repository)
    facts = table["releases"].get(release)
    if facts is None:
        raise UnknownReleaseError(
            f"AWS publishes no image {repository} {release!r} for SageMaker; there are "
            f"{', '.join(table['releases'])}"
        )
    suffix = region_named(region).dns_suffix
    if region not in table["accounts"]:
        raise UnknownRegionError(
            f"AWS publishes no image {repository} for SageMaker in {region}; mirror one into a registry of "
            "your own there and name it with image_uri"
        )
    if region in facts["not_in"]:
        raise UnknownReleaseError(
            f"AWS publishes no image {repository} {release} for SageMaker in {region}; there are "
            f"{', '.join(_releases_in(repository, region))}; take one of these, or mirror the image into a "
            "registry of your own and name it with image_uri"
        )
    account = table["accounts"][region]
    return f"{account}.dkr.ecr.{region}.{suffix}/{repository}:{release}-{processor}-{facts['python']}"


def _releases_in(repository: str, region: str | None) -> tuple[str, ...]:
    table = _table(repository)
    if region is not None and region not in table["accounts"]:
        return ()
    return tuple(each for each, facts in table["releases"].items() if region not in facts["not_in"])


def _table(repository: str) -> dict[str, Any]:
    table: dict[str, Any] = read_data("pytorch_images")["images"][repository]
    return table
