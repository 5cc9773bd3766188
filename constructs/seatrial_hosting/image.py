"""The container images that models are served by."""

from dataclasses import dataclass
from typing import Self

import catalogue
from seatrial_hosting.errors import HostingError

__all__ = ["ContainerImage", "PyTorchImage", "TritonImage"]


@dataclass(frozen=True, slots=True)
class ContainerImage:
    """An image in Amazon ECR, named by a tag or a digest.

    Attributes:
        uri: what the model's container definition says.
        account: the account whose registry holds the image, 12 digits.
        region: the registry's region; SageMaker pulls only from the endpoint's own.
        repository: the repository's name.
    """

    uri: str
    account: str
    region: str
    repository: str

    @classmethod
    def from_uri(cls, uri: str) -> Self:
        """Return an image of one's own, or a mirrored one.

        Args:
            uri: ``<account>.dkr.ecr.<region>.<suffix>/<repository>`` with ``:<tag>`` or ``@sha256:<digest>``.

        Raises:
            HostingError: the URI has neither or both, its tag is ``latest``, or it is not in Amazon ECR.
        """
        image = catalogue.parse_ecr_image(uri)
        if image is None:
            problem = (
                f"{uri!r} is no image in Amazon ECR with a tag or a digest. Write <account>.dkr.ecr."
                "<region>.amazonaws.com/<repository>:<tag>, or ...@sha256:<64 hexadecimal digits>; "
                "SageMaker pulls from ECR, so mirror an image from elsewhere into it."
            )
            raise HostingError("image", [problem])
        if image.tag == "latest":
            problem = (
                f"{uri!r} has the tag 'latest', whose image changes while the template stays equal. "
                "Name a version's tag or a digest."
            )
            raise HostingError("image", [problem])
        return cls(uri, image.account, image.region, image.repository)


class TritonImage(ContainerImage):
    """An image of the Triton Inference Server."""

    __slots__ = ()

    @classmethod
    def from_catalogue(cls, release: str, region: str) -> Self:
        """Return the image that AWS publishes of a Triton release.

        Args:
            release: such as ``24.09``.
            region: where the endpoint will be.

        Raises:
            catalogue.UnknownReleaseError: AWS publishes no such release there.
            catalogue.UnknownRegionError: there is no such region, or no Triton image in it.
        """
        return cls.from_uri(catalogue.triton_image_uri(release, region))


class PyTorchImage(ContainerImage):
    """An image with the SageMaker PyTorch inference toolkit."""

    __slots__ = ()

    @classmethod
    def from_catalogue(cls, release: str, region: str, *, gpu: bool) -> Self:
        """Return AWS's standard image of a PyTorch release.

        Args:
            release: such as ``2.6.0``.
            region: where the endpoint will be.
            gpu: whether the endpoint's instances have an NVIDIA GPU.

        Raises:
            catalogue.UnknownReleaseError: AWS publishes no such release there.
            catalogue.UnknownRegionError: there is no such region, or no such image in it.
        """
        return cls.from_uri(catalogue.pytorch_image_uri(release, region, gpu=gpu))

    @classmethod
    def for_elastic_inference(cls, release: str, region: str) -> Self:
        """Return AWS's image whose PyTorch sends work to an Elastic Inference accelerator.

        Args:
            release: ``1.3.1`` or ``1.5.1``.
            region: where the endpoint will be.

        Raises:
            catalogue.UnknownReleaseError: AWS publishes no such release there.
            catalogue.UnknownRegionError: there is no such region, or no such image in it.
        """
        return cls.from_uri(catalogue.elastic_inference_image_uri(release, region))
