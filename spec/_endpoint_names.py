"""What names and time-outs of endpoints, variants and components have in common."""

from typing import Annotated

from pydantic import Field

import catalogue
from catalogue.limits import (
    ENDPOINT_NAME_MAXIMUM_LENGTH,
    ENDPOINT_NAME_PATTERN,
    VARIANT_TIMEOUT_MAXIMUM_SECONDS,
    VARIANT_TIMEOUT_MINIMUM_SECONDS,
)
from spec._base import OneOf, text

__all__ = [
    "NAME_MAXIMUM_LENGTH",
    "NAME_PATTERN",
    "NAME_WORDS",
    "EndpointKey",
    "EndpointName",
    "InferenceAmiName",
    "InstanceTypeName",
    "TimeoutSeconds",
]

NAME_MAXIMUM_LENGTH = ENDPOINT_NAME_MAXIMUM_LENGTH
"""Of components, too: SageMaker API Reference, CreateInferenceComponent."""

NAME_PATTERN = f"^{ENDPOINT_NAME_PATTERN}$"
"""Of components, too: CloudFormation, AWS::SageMaker::InferenceComponent."""

NAME_WORDS = "letters, digits and hyphens, with a letter or digit at both ends"

EndpointKey = Annotated[str, text(NAME_PATTERN, allowed=NAME_WORDS, maximum=NAME_MAXIMUM_LENGTH)]
"""An endpoint's key in the file: the end of its stack's name, and of its default endpoint name."""
EndpointName = Annotated[str, text(NAME_PATTERN, allowed=NAME_WORDS, maximum=NAME_MAXIMUM_LENGTH)]
TimeoutSeconds = Annotated[int, Field(ge=VARIANT_TIMEOUT_MINIMUM_SECONDS, le=VARIANT_TIMEOUT_MAXIMUM_SECONDS)]
"""SageMaker API Reference, ProductionVariant and InferenceComponentStartupParameters."""


def _instance_type_names() -> list[str]:
    return [each.name for each in catalogue.instance_types()]


def _inference_ami_names() -> list[str]:
    return [each.name for each in catalogue.inference_amis()]


InstanceTypeName = Annotated[str, OneOf(_instance_type_names)]
InferenceAmiName = Annotated[str, OneOf(_inference_ami_names)]
