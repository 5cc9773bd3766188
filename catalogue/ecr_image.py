"""Addresses of images in private Amazon ECR registries."""

import re
from dataclasses import dataclass

__all__ = ["EcrImage", "parse_ecr_image"]

_REGISTRY = (
    r"(?P<account>[0-9]{12})\.dkr(?:\.ecr|-ecr)(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(?:[a-z0-9-]+\.)+[a-z]+"
)
_REPOSITORY = r"(?P<repository>[a-z0-9]+(?:[._/-][a-z0-9]+)*)"
_VERSION = r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})|@(?P<digest>sha256:[0-9a-f]{64}))"
_IMAGE = re.compile(f"{_REGISTRY}/{_REPOSITORY}{_VERSION}")


@dataclass(frozen=True, slots=True)
class EcrImage:
    """One image in a private registry; exactly one of ``tag`` and ``digest`` is given.

    Attributes:
        account: the account whose registry it is, 12 digits.
        region: the registry's region.
        repository: the repository's name, such as ``mirrors/tritonserver``.
        tag: such as ``24.09-py3``; None where a digest names the image.
        digest: ``sha256:`` and 64 hexadecimal digits; None where a tag names the image.
    """

    account: str
    region: str
    repository: str
    tag: str | None
    digest: str | None


def parse_ecr_image(uri: str) -> EcrImage | None:
    """Take apart the address of an image; None where ``uri`` names none in a private ECR registry.

    A registry has four names, all of them the same registry: the plain one, the FIPS one (``dkr.ecr-fips``),
    the dual-stack one (``dkr-ecr`` below ``on.aws``) and the dual-stack FIPS one. Without a tag or digest
    there is no version to serve, so such an address is none.

    Source: Amazon ECR User Guide, "Amazon ECR registries" and "Making requests over IPv6"; Amazon ECR API
    Reference, CreateRepository, ``repositoryName``.
    """
    found = _IMAGE.fullmatch(uri)
    return EcrImage(**found.groupdict()) if found else None
