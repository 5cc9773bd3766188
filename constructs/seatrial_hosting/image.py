"""The container image a model is served by."""

from dataclasses import dataclass
from typing import Self

import catalogue
from seatrial_hosting.errors import HostingError

__all__ = ["TritonImage"]


@dataclass(frozen=True, slots=True)
class TritonImage:
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
