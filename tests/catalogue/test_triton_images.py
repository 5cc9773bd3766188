"""The Triton image table: the SageMaker SDK's, its exceptions included."""

import json
from importlib.metadata import distribution
from pathlib import Path

import pytest

import catalogue
from catalogue._data import read_data

CHINA = ("cn-north-1", "cn-northwest-1")


def test_table_equals_the_sdks() -> None:
    """The catalogue's table is the installed SageMaker SDK's, read without importing the SDK."""
    name = "sagemaker/core/image_uri_config/sagemaker-tritonserver.json"
    path = Path(str(distribution("sagemaker-core").locate_file(name)))
    sdk = json.loads(path.read_text(encoding="utf-8"))["versions"]
    ours = read_data("triton_images")
    assert {release: facts["registries"] for release, facts in ours["releases"].items()} == {
        release: facts["registries"] for release, facts in sdk.items()
    }
    assert {release: facts["tag"] for release, facts in ours["releases"].items()} == {
        release: facts["tag_prefix"] for release, facts in sdk.items()
    }
    assert {facts["repository"] for facts in sdk.values()} == {ours["repository"]}


def test_uri_names_account_region_and_tag() -> None:
    """A URI is complete: account, registry host of the region, repository, release with -py3."""
    assert (
        catalogue.triton_image_uri("24.09", "eu-west-1")
        == "763104351884.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-tritonserver:24.09-py3"
    )


@pytest.mark.parametrize(
    ("region", "account"),
    [("af-south-1", "626614931356"), ("ap-east-1", "871362719292"), ("il-central-1", "780543022126")],
)
def test_some_regions_have_an_account_of_their_own(region: str, account: str) -> None:
    """Regions that AWS serves from another account get that account."""
    assert catalogue.triton_image_account(region) == account


@pytest.mark.parametrize("region", CHINA)
def test_china_has_its_own_suffix(region: str) -> None:
    """Images for China come from China's account, under amazonaws.com.cn."""
    assert (
        catalogue.triton_image_uri("25.04", region)
        == f"727897471807.dkr.ecr.{region}.amazonaws.com.cn/sagemaker-tritonserver:25.04-py3"
    )


@pytest.mark.parametrize("region", CHINA)
def test_china_ends_with_25_04(region: str) -> None:
    """A release that never came to China is refused with those that did."""
    assert catalogue.triton_releases(region)[-1] == "25.04"
    with pytest.raises(catalogue.UnknownReleaseError) as caught:
        catalogue.triton_image_uri("25.09", region)
    assert str(caught.value) == (
        f"AWS publishes no Triton image 25.09 for SageMaker in {region}; there are 23.12, 24.01, 24.03, "
        "24.05, 24.09, 25.04; take one of these, or mirror the image into a registry of your own and name it "
        "with image_uri"
    )


def test_govcloud_has_no_image() -> None:
    """GovCloud is a region without any image, and the message says that image_uri is the way."""
    assert catalogue.triton_releases("us-gov-west-1") == ()
    with pytest.raises(catalogue.UnknownRegionError) as caught:
        catalogue.triton_image_uri("24.09", "us-gov-west-1")
    assert str(caught.value) == (
        "AWS publishes no Triton image for SageMaker in us-gov-west-1; mirror one into a registry of your "
        "own there and name it with image_uri"
    )


def test_unknown_release_lists_the_published_ones() -> None:
    """A release AWS never published is refused with those it did."""
    with pytest.raises(catalogue.UnknownReleaseError) as caught:
        catalogue.triton_image_uri("24.10", "us-east-1")
    assert str(caught.value) == (
        "AWS publishes no Triton image '24.10' for SageMaker; there are 23.12, 24.01, 24.03, 24.05, 24.09, "
        "25.04, 25.09, 26.05"
    )


def test_unknown_region_of_an_image_is_named() -> None:
    """A misspelt region is called unknown, not imageless."""
    with pytest.raises(
        catalogue.UnknownRegionError, match=r"^'eu-wst-1' is no AWS region; near names are eu-"
    ):
        catalogue.triton_image_uri("24.09", "eu-wst-1")


def test_releases_are_in_order() -> None:
    """Releases come oldest first, and the default is one of them."""
    releases = catalogue.triton_releases()
    assert list(releases) == sorted(releases)
    assert catalogue.DEFAULT_TRITON_RELEASE in releases
