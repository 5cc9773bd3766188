"""One real-time endpoint: which model, on which instances."""

from typing import Annotated, Literal

from pydantic import Field

import catalogue
from spec._base import OneOf
from spec.hosted_endpoint import HostedEndpoint, Instances
from spec.model_name import ModelName

__all__ = ["RealtimeEndpoint", "RealtimeInstances"]


def _accelerator_types() -> list[str]:
    return [f"ml.{each.type}" for each in catalogue.accelerators()]


class RealtimeInstances(Instances):
    """The instances of an endpoint with one model, which once could have accelerators."""

    accelerator: Annotated[str, OneOf(_accelerator_types)] | None = Field(
        default=None,
        description="The Elastic Inference accelerator of each instance (SageMaker API Reference, "
        "ProductionVariant, AcceleratorType): retired, see acknowledge_retired. Default: none.",
    )


class RealtimeEndpoint(HostedEndpoint):
    """A real-time endpoint: one variant that serves one model."""

    type: Literal["realtime"] = Field(description="The kind of endpoint.")
    model: ModelName = Field(description="The key of the model under models.")
    instances: RealtimeInstances = Field(description="What the endpoint runs on.")
    acknowledge_retired: bool = Field(
        default=False,
        description="True to synthesize instances.accelerator although AWS has retired it: it deploys to the "
        "laptop's AWS as of 2020 alone. Default: false, it is an error that names the replacement.",
    )

    @property
    def served(self) -> tuple[str, ...]:
        """The name of its model."""
        return (self.model,)

    @property
    def acknowledges_retirement(self) -> bool:
        """Whether it has an accelerator, and says that it knows it to be retired."""
        return self.acknowledge_retired and self.instances.accelerator is not None

    @property
    def accelerator(self) -> str | None:
        """The Elastic Inference accelerator of each instance; None where there is none."""
        return self.instances.accelerator
