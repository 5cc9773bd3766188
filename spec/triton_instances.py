"""Execution instances of a model: how many, on what, and when each may run."""

from typing import Annotated, Literal

from pydantic import Field

from spec._base import Distinct, Items, SpecModel
from spec._triton_values import INT32_MAXIMUM, BatchSize, FeatureName, Uint32, Words

__all__ = ["InstanceGroup", "RateLimiter", "RateLimiterResource"]


class RateLimiterResource(SpecModel):
    """What an instance must hold while it runs (Triton, rate limiter)."""

    name: FeatureName = Field(description="The resource's name, free to choose.")
    global_: bool = Field(
        default=False,
        alias="global",
        description="Whether all devices share it. Default: false, each device has its own.",
    )
    count: Uint32 = Field(description="How many an instance needs.")


class RateLimiter(SpecModel):
    """When an instance may run, where the server is started with --rate-limit=execution_count."""

    resources: Items[RateLimiterResource] = Field(
        default=(), description="What it must hold while it runs. Default: nothing."
    )
    priority: Uint32 = Field(
        default=0,
        description="Its weight against other models: an instance of priority 2 runs half as often as one of "
        "priority 1. Default: 0, taken as 1.",
    )


class InstanceGroup(SpecModel):
    """Execution instances of the model (Triton, model configuration, instance groups)."""

    count: BatchSize = Field(default=1, description="Instances on each device of the group. Default: 1.")
    kind: Literal["KIND_AUTO", "KIND_GPU", "KIND_CPU", "KIND_MODEL"] = Field(
        default="KIND_AUTO",
        description="What the instances run on. Default: KIND_AUTO, a GPU where there is one that the model "
        "supports, otherwise the CPU. KIND_MODEL leaves it to the model.",
    )
    gpus: Annotated[Items[Annotated[int, Field(ge=0, le=INT32_MAXIMUM)]], Distinct()] = Field(
        default=(),
        description="Indices of the GPUs that get instances; not with KIND_CPU or KIND_MODEL. "
        "Default: none named, every available GPU.",
    )
    name: FeatureName | None = Field(
        default=None, description="The group's name in Triton's log. Default: made from the model's."
    )
    rate_limiter: RateLimiter | None = Field(
        default=None, description="When the instances may run. Default: whenever there is a request."
    )
    profile: Annotated[Items[Words], Distinct()] = Field(
        default=(),
        description="TensorRT optimization profiles by index; only of a TensorRT plan. "
        "Default: none, TensorRT's first.",
    )
    passive: bool = Field(
        default=False,
        description="Load the instances and send them no request; another group must answer. Default: false.",
    )
    host_policy: FeatureName | None = Field(
        default=None,
        description="The name of a --host-policy of the server, for NUMA nodes and CPU cores. "
        "Default: the device's.",
    )
