"""Addresses of images in private ECR registries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue import EcrImage, parse_ecr_image, triton_image_uri

DIGEST = "sha256:" + "0" * 64
REGISTRIES = (
    "123456789012.dkr.ecr.us-east-1.amazonaws.com",
    "123456789012.dkr.ecr-fips.us-east-1.amazonaws.com",
    "123456789012.dkr-ecr.us-east-1.on.aws",
    "123456789012.dkr-ecr-fips.us-east-1.on.aws",
)


@pytest.mark.parametrize("registry", REGISTRIES)
def test_every_name_of_a_registry_is_known(registry: str) -> None:
    """Plain, FIPS, dual-stack and dual-stack FIPS names are of the same account and region."""
    assert parse_ecr_image(f"{registry}/triton:1") == EcrImage(
        account="123456789012", region="us-east-1", repository="triton", tag="1", digest=None
    )


def test_a_digest_names_an_image() -> None:
    """Where a digest stands, there is no tag."""
    assert parse_ecr_image(f"{REGISTRIES[0]}/team/a.b/triton_server-x@{DIGEST}") == EcrImage(
        account="123456789012",
        region="us-east-1",
        repository="team/a.b/triton_server-x",
        tag=None,
        digest=DIGEST,
    )


@pytest.mark.parametrize("region", ["eu-west-1", "cn-north-1"])
def test_the_catalogues_own_images_are_in_ecr(region: str) -> None:
    """What AWS publishes is taken apart like any other, in every partition."""
    image = parse_ecr_image(triton_image_uri("24.09", region))
    assert image is not None
    assert (image.region, image.repository, image.tag) == (region, "sagemaker-tritonserver", "24.09-py3")


@pytest.mark.parametrize(
    "uri",
    [
        "nvcr.io/nvidia/tritonserver:24.09-py3",
        "public.ecr.aws/triton/server:1",
        "12345.dkr.ecr.us-east-1.amazonaws.com/triton:1",
        f"{REGISTRIES[0]}/triton",
        f"{REGISTRIES[0]}/Triton:1",
        f"{REGISTRIES[0]}/team//triton:1",
        f"{REGISTRIES[0]}/triton:.1",
        f"{REGISTRIES[0]}/triton:1@{DIGEST}",
        f"{REGISTRIES[0]}/triton@sha256:0",
        f"{REGISTRIES[0]}/:1",
        f"https://{REGISTRIES[0]}/triton:1",
        "",
    ],
)
def test_other_addresses_are_none(uri: str) -> None:
    """Another registry, a malformed repository, no version or two: no image in a private registry."""
    assert parse_ecr_image(uri) is None


@given(st.text())
def test_any_text_is_an_image_or_none(text: str) -> None:
    """Parsing never raises, and what it finds has exactly one version."""
    image = parse_ecr_image(f"{REGISTRIES[0]}/{text}")
    assert image is None or (image.tag is None) != (image.digest is None)
