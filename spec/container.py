"""The image and the environment of a serving container."""

from typing import Annotated

from pydantic import Field

import catalogue
from spec._base import OneOf, SpecModel, text

__all__ = ["ENVIRONMENT_MAXIMUM_BYTES", "Container"]

ENVIRONMENT_MAXIMUM_BYTES = 32 * 1024
"""Of all keys and values together (SageMaker API Reference, ContainerDefinition, ``Environment``)."""

_ENVIRONMENT_MAXIMUM_ENTRIES = 100  # SageMaker API Reference, ContainerDefinition, Environment
_ENVIRONMENT_MAXIMUM_LENGTH = 1024  # SageMaker API Reference, ContainerDefinition, Environment

ImageUri = Annotated[
    str,
    text(
        r"^[^\s/@]+(/[^\s/@:]+)+(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}|@sha256:[0-9a-f]{64})$",
        allowed="registry/repository:tag or registry/repository@sha256:digest",
        maximum=255,
    ),
]
VariableName = Annotated[
    str,
    text(
        r"^[a-zA-Z_][a-zA-Z0-9_]*$",
        allowed="the name of an environment variable: letters, digits and _, no digit first",
        maximum=_ENVIRONMENT_MAXIMUM_LENGTH,
    ),
]


class Container(SpecModel):
    """The serving container: AWS's Triton image of a release, or an image named outright."""

    triton_release: Annotated[str, OneOf(catalogue.triton_releases)] = Field(
        default=catalogue.DEFAULT_TRITON_RELEASE,
        description="The release of AWS's sagemaker-tritonserver image, in quotes. "
        f'Default: "{catalogue.DEFAULT_TRITON_RELEASE}".',
    )
    image_uri: ImageUri | None = Field(
        default=None,
        description="An image of your own or a mirrored one, by tag or by digest, in the deployment's "
        "region; instead of triton_release. Default: AWS's image of triton_release.",
    )
    environment: dict[VariableName, Annotated[str, Field(max_length=_ENVIRONMENT_MAXIMUM_LENGTH)]] = Field(
        default_factory=dict,
        max_length=_ENVIRONMENT_MAXIMUM_ENTRIES,
        description="Environment variables of the container, values in quotes: at most 100, 1024 characters "
        "each and 32 KB together (SageMaker API Reference, ContainerDefinition). Nothing secret belongs "
        "here. Default: none besides those Seatrial sets.",
    )
