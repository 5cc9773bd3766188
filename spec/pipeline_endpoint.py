"""One endpoint with several containers: in a row, or each by itself."""

from typing import Annotated, Literal

from pydantic import Field

from catalogue.limits import (
    CONTAINER_HOSTNAME_MAXIMUM_LENGTH,
    CONTAINER_HOSTNAME_PATTERN,
    PIPELINE_MAXIMUM_CONTAINERS,
    PIPELINE_MINIMUM_CONTAINERS,
)
from spec._base import SpecModel, text
from spec._endpoint_names import NAME_WORDS
from spec.hosted_endpoint import HostedEndpoint
from spec.model_name import ModelName

__all__ = ["ContainerHostname", "PipelineContainer", "PipelineEndpoint"]

ContainerHostname = Annotated[
    str,
    text(f"^{CONTAINER_HOSTNAME_PATTERN}$", allowed=NAME_WORDS, maximum=CONTAINER_HOSTNAME_MAXIMUM_LENGTH),
]
"""A container's key: its ``ContainerHostname``."""


class PipelineContainer(SpecModel):
    """One container of several."""

    model: ModelName = Field(description="The key of the model under models.")


class PipelineEndpoint(HostedEndpoint):
    """An endpoint with several containers: a request goes through all of them, or to the one it names."""

    type: Literal["pipeline"] = Field(description="The kind of endpoint.")
    inference_execution_mode: Literal["Serial", "Direct"] = Field(
        default="Serial",
        description="Serial: each container gets what the one before it answered; Direct: a request names "
        "its container as TargetContainerHostname (SageMaker API Reference, InferenceExecutionConfig, Mode). "
        "Default: Serial.",
    )
    containers: dict[ContainerHostname, PipelineContainer] = Field(
        min_length=PIPELINE_MINIMUM_CONTAINERS,
        max_length=PIPELINE_MAXIMUM_CONTAINERS,
        description="The containers by ContainerHostname, 2 to 15, in the order in which they answer.",
    )

    @property
    def served(self) -> tuple[str, ...]:
        """The names of its containers' models, in the order of the containers."""
        return tuple(each.model for each in self.containers.values())
