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
from spec.security import RoleArn

__all__ = ["ENVIRONMENT_MAXIMUM_BYTES", "Container"]

_ENVIRONMENT_MAXIMUM_ENTRIES = ENVIRONMENT_MAXIMUM_ENTRIES - 2  # Seatrial names models and arguments in two

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
    """The serving container: an image that AWS publishes, or one named outright.

    Of AWS's images a model in Triton's layout takes ``triton_release``, a model in the PyTorch images' layout
    ``pytorch_release`` or ``elastic_inference_release``.
    """

    triton_release: Annotated[str, OneOf(catalogue.triton_releases)] = Field(
        default=catalogue.DEFAULT_TRITON_RELEASE,
        description="The release of AWS's sagemaker-tritonserver image, in quotes. "
        f'Default: "{catalogue.DEFAULT_TRITON_RELEASE}".',
    )
    pytorch_release: Annotated[str, OneOf(catalogue.pytorch_releases)] = Field(
        default=catalogue.DEFAULT_PYTORCH_RELEASE,
        description="The release of AWS's pytorch-inference image, in quotes; CPU or GPU follows from the "
        f'instance type. Default: "{catalogue.DEFAULT_PYTORCH_RELEASE}".',
    )
    elastic_inference_release: Annotated[str, OneOf(catalogue.elastic_inference_releases)] | None = Field(
        default=None,
        description="The release of AWS's pytorch-inference-eia image, in quotes, for variants with an "
        "Elastic Inference accelerator; instead of pytorch_release. Default: none, the standard image.",
    )
    image_uri: ImageUri | None = Field(
        default=None,
        description="An image of your own or a mirrored one, by tag or by digest, in the deployment's "
        "region; instead of a release. Default: AWS's image of the release.",
    )
    environment: dict[VariableName, Annotated[str, Field(max_length=ENVIRONMENT_MAXIMUM_LENGTH)]] = Field(
        default_factory=dict,
        max_length=_ENVIRONMENT_MAXIMUM_ENTRIES,
        description="Environment variables of the container, values in quotes: at most 98, since SageMaker "
        "takes 100 and Seatrial adds up to two; 1024 characters each and 32 KB "
        "together (SageMaker API Reference, ContainerDefinition). Nothing secret belongs here. Default: none "
        "besides the one that Seatrial adds: SAGEMAKER_TRITON_DEFAULT_MODEL_NAME names the model for Triton, "
        "SAGEMAKER_PROGRAM the entry point for PyTorch's images.",
    )
    execution_role: RoleArn | None = Field(
        default=None,
        description="A role of your own that SageMaker assumes to serve the model; it gets no permission, "
        "and a finding lists what it must allow. Default: one is created that may do that and nothing else.",
    )
