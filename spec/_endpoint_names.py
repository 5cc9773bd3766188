"""What names and time-outs of endpoints, variants and components have in common."""

from typing import Annotated

from pydantic import Field

import catalogue
from spec._base import OneOf, text

NAME_MAXIMUM_LENGTH = 63
"""SageMaker API Reference, CreateEndpoint and CreateInferenceComponent."""

NAME_PATTERN = r"^[a-zA-Z0-9](-*[a-zA-Z0-9])*$"
"""SageMaker API Reference, CreateEndpoint; CloudFormation, AWS::SageMaker::InferenceComponent."""

NAME_WORDS = "letters, digits and hyphens, with a letter or digit at both ends"

EndpointKey = Annotated[str, text(NAME_PATTERN, allowed=NAME_WORDS, maximum=NAME_MAXIMUM_LENGTH)]
"""An endpoint's key in the file: the end of its stack's name, and of its default endpoint name."""
EndpointName = Annotated[str, text(NAME_PATTERN, allowed=NAME_WORDS, maximum=NAME_MAXIMUM_LENGTH)]
TimeoutSeconds = Annotated[int, Field(ge=60, le=3600)]
"""SageMaker API Reference, ProductionVariant and InferenceComponentStartupParameters."""


def _instance_type_names() -> list[str]:
    return [each.name for each in catalogue.instance_types()]


def _inference_ami_names() -> list[str]:
    return [each.name for each in catalogue.inference_amis()]


InstanceTypeName = Annotated[str, OneOf(_instance_type_names)]
InferenceAmiName = Annotated[str, OneOf(_inference_ami_names)]
