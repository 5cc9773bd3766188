"""The image and the environment of a serving container."""

from typing import Annotated

from pydantic import Field

import catalogue
from catalogue.limits import (
    ENVIRONMENT_MAXIMUM_BYTES,
    ENVIRONMENT_MAXIMUM_ENTRIES,
    ENVIRONMENT_MAXIMUM_LENGTH,
    VARIABLE_NAME_PATTERN,
)
from spec._base import OneOf, SpecModel, text

__all__ = ["ENVIRONMENT_MAXIMUM_BYTES", "Container"]

_ENVIRONMENT_MAXIMUM_ENTRIES = ENVIRONMENT_MAXIMUM_ENTRIES - 1  # Seatrial names the default model in one

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
        f"^{VARIABLE_NAME_PATTERN}$",
        allowed="the name of an environment variable: letters, digits and _, no digit first",
        maximum=ENVIRONMENT_MAXIMUM_LENGTH,
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
    environment: dict[VariableName, Annotated[str, Field(max_length=ENVIRONMENT_MAXIMUM_LENGTH)]] = Field(
        default_factory=dict,
        max_length=_ENVIRONMENT_MAXIMUM_ENTRIES,
        description="Environment variables of the container, values in quotes: at most 99, since SageMaker "
        "takes 100 and Seatrial adds SAGEMAKER_TRITON_DEFAULT_MODEL_NAME; 1024 characters each and 32 KB "
        "together (SageMaker API Reference, ContainerDefinition). Nothing secret belongs here. Default: none "
        "besides the one that Seatrial adds, which names the model.",
    )
