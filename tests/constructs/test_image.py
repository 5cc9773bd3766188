import pytest

import catalogue
from seatrial_hosting import HostingError, PyTorchImage, TritonImage

DIGEST = "sha256:" + "0" * 64


def test_a_release_of_the_catalogue_is_aws_own_image() -> None:
    """The catalogue's URI is taken apart into registry, region and repository."""
    image = TritonImage.from_catalogue("24.09", "eu-west-1")
    assert image.uri == catalogue.triton_image_uri("24.09", "eu-west-1")
    assert (image.account, image.region, image.repository) == (
        catalogue.triton_image_account("eu-west-1"),
        "eu-west-1",
        "sagemaker-tritonserver",
    )


def test_an_unknown_release_is_the_catalogues_to_refuse() -> None:
    """A release that AWS does not publish is refused in the catalogue's words."""
    with pytest.raises(catalogue.UnknownReleaseError):
        TritonImage.from_catalogue("99.99", "eu-west-1")


@pytest.mark.parametrize("version", [":24.09-py3", f"@{DIGEST}"])
def test_an_image_of_ones_own_is_named_by_tag_or_digest(version: str) -> None:
    """A mirrored image in a repository with a path is taken as it is named."""
    uri = f"123456789012.dkr.ecr.us-east-1.amazonaws.com/mirrors/tritonserver{version}"
    image = TritonImage.from_uri(uri)
    assert (image.uri, image.account, image.region, image.repository) == (
        uri,
        "123456789012",
        "us-east-1",
        "mirrors/tritonserver",
    )


@pytest.mark.parametrize(
    "host", ["123456789012.dkr.ecr-fips.us-east-1.amazonaws.com", "123456789012.dkr-ecr.us-east-1.on.aws"]
)
def test_every_name_of_a_registry_is_taken(host: str) -> None:
    """The FIPS and the dual-stack name are of the same registry, whose repository the role pulls from."""
    image = TritonImage.from_uri(f"{host}/triton:1")
    assert (image.account, image.region, image.repository) == ("123456789012", "us-east-1", "triton")


@pytest.mark.parametrize(
    "uri",
    [
        "nvcr.io/nvidia/tritonserver:24.09-py3",
        "123456789012.dkr.ecr.us-east-1.amazonaws.com/triton",
        f"123456789012.dkr.ecr.us-east-1.amazonaws.com/triton:24.09@{DIGEST}",
        "123456789012.dkr.ecr.us-east-1.amazonaws.com/triton@sha256:0",
        "",
    ],
)
def test_what_sagemaker_can_not_pull_is_refused(uri: str) -> None:
    """Another registry, no version or a broken one is refused with the form that is allowed."""
    with pytest.raises(HostingError) as refusal:
        TritonImage.from_uri(uri)
    assert f"{uri!r} is no image in Amazon ECR with a tag or a digest" in str(refusal.value)
    assert "<repository>:<tag>" in str(refusal.value)


def test_the_tag_latest_is_refused() -> None:
    """A tag that moves would change what is served behind an unchanged template."""
    with pytest.raises(HostingError) as refusal:
        TritonImage.from_uri("123456789012.dkr.ecr.us-east-1.amazonaws.com/triton:latest")
    assert "has the tag 'latest'" in str(refusal.value)
    assert "Name a version's tag or a digest" in str(refusal.value)


def test_pytorch_images_come_from_the_catalogue() -> None:
    """The standard image for CPUs or GPUs, and Elastic Inference's."""
    cpu = PyTorchImage.from_catalogue("2.6.0", "eu-west-1", gpu=False)
    gpu = PyTorchImage.from_catalogue("2.6.0", "eu-west-1", gpu=True)
    accelerated = PyTorchImage.for_elastic_inference("1.3.1", "eu-west-1")
    assert (cpu.account, cpu.region, cpu.repository) == ("763104351884", "eu-west-1", "pytorch-inference")
    assert (cpu.uri.rpartition(":")[2], gpu.uri.rpartition(":")[2]) == ("2.6.0-cpu-py312", "2.6.0-gpu-py312")
    assert accelerated.repository == "pytorch-inference-eia"
