"""The PyTorch image tables: the SageMaker SDK's, those of Elastic Inference included."""

import json
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest

import catalogue
from catalogue._data import read_data

KINDS = {"pytorch-inference": "inference", "pytorch-inference-eia": "eia"}


@pytest.fixture(scope="module")
def sdk() -> dict[str, Any]:
    """The installed SageMaker SDK's table, read without importing the SDK."""
    name = "sagemaker/core/image_uri_config/pytorch.json"
    path = Path(str(distribution("sagemaker-core").locate_file(name)))
    table: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return table


@pytest.mark.parametrize(("repository", "kind"), KINDS.items())
def test_table_equals_the_sdks(sdk: dict[str, Any], repository: str, kind: str) -> None:
    """Releases, regions, accounts and Python versions are the SDK's, of all releases in this repository."""
    published = {
        release: facts
        for release, facts in sdk[kind]["versions"].items()
        if facts["repository"] == repository
    }
    ours = read_data("pytorch_images")["images"][repository]
    assert ours["processors"] == sdk[kind]["processors"]
    assert {
        release: {
            region: account for region, account in ours["accounts"].items() if region not in facts["not_in"]
        }
        for release, facts in ours["releases"].items()
    } == {release: facts["registries"] for release, facts in published.items()}
    assert {release: facts["python"] for release, facts in ours["releases"].items()} == {
        release: facts["py_versions"][-1] for release, facts in published.items()
    }


def test_cpu_and_gpu_are_two_images() -> None:
    """A standard image's URI is complete, and says which processor it is for."""
    registry = "763104351884.dkr.ecr.eu-west-1.amazonaws.com"
    cpu = catalogue.pytorch_image_uri("2.6.0", "eu-west-1", gpu=False)
    gpu = catalogue.pytorch_image_uri("2.6.0", "eu-west-1", gpu=True)
    assert (cpu, gpu) == (
        f"{registry}/pytorch-inference:2.6.0-cpu-py312",
        f"{registry}/pytorch-inference:2.6.0-gpu-py312",
    )


def test_the_posts_image_is_the_posts() -> None:
    """The Elastic Inference image is the one that AWS's post of 2020 names."""
    assert (
        catalogue.elastic_inference_image_uri("1.3.1", "us-west-2")
        == "763104351884.dkr.ecr.us-west-2.amazonaws.com/pytorch-inference-eia:1.3.1-cpu-py3"
    )
    assert catalogue.elastic_inference_releases() == ("1.3.1", "1.5.1")


def test_china_has_its_own_suffix() -> None:
    """Images for China come from China's account, under amazonaws.com.cn."""
    assert catalogue.pytorch_image_uri("2.6.0", "cn-north-1", gpu=False) == (
        "727897471807.dkr.ecr.cn-north-1.amazonaws.com.cn/pytorch-inference:2.6.0-cpu-py312"
    )


def test_a_release_that_never_came_to_a_region_is_refused() -> None:
    """The refusal lists what the region has."""
    assert catalogue.elastic_inference_releases("ap-south-1") == ("1.3.1",)
    with pytest.raises(catalogue.UnknownReleaseError) as caught:
        catalogue.elastic_inference_image_uri("1.5.1", "ap-south-1")
    assert str(caught.value) == (
        "AWS publishes no image pytorch-inference-eia 1.5.1 for SageMaker in ap-south-1; there are 1.3.1; "
        "take one of these, or mirror the image into a registry of your own and name it with image_uri"
    )


def test_a_region_without_any_image_is_refused() -> None:
    """A region that has none is told that image_uri is the way."""
    assert catalogue.elastic_inference_releases("eu-west-3") == ()
    with pytest.raises(catalogue.UnknownRegionError) as caught:
        catalogue.elastic_inference_image_uri("1.5.1", "eu-west-3")
    assert str(caught.value) == (
        "AWS publishes no image pytorch-inference-eia for SageMaker in eu-west-3; mirror one into a registry "
        "of your own there and name it with image_uri"
    )


def test_an_unknown_release_lists_the_published_ones() -> None:
    """A release AWS never published is refused with those it did."""
    with pytest.raises(catalogue.UnknownReleaseError, match=r"^AWS publishes no image .* '9\.9'.* 1\.2\.0, "):
        catalogue.pytorch_image_uri("9.9", "us-east-1", gpu=False)


def test_a_misspelt_region_is_called_unknown() -> None:
    """A region that does not exist is no region without images."""
    with pytest.raises(catalogue.UnknownRegionError, match=r"^'eu-wst-1' is no AWS region"):
        catalogue.pytorch_image_uri("2.6.0", "eu-wst-1", gpu=False)


def test_the_default_is_the_newest() -> None:
    """Releases come oldest first, and the default is the last."""
    assert catalogue.pytorch_releases()[-1] == catalogue.DEFAULT_PYTORCH_RELEASE
