"""What a model's config.pbtxt says beyond its tensors, in Triton's own words."""

from typing import Annotated, Literal

from pydantic import Field

from spec._base import Distinct, Items, SpecModel

__all__ = ["DynamicBatching", "InstanceGroup", "TritonModelConfig"]

_INT32_MAXIMUM = 2**31 - 1
_UINT64_SAFE_MAXIMUM = 2**53 - 1  # what every JSON reader keeps exactly

BatchSize = Annotated[int, Field(ge=1, le=_INT32_MAXIMUM)]


class DynamicBatching(SpecModel):
    """Triton's dynamic batcher: requests that arrive together are answered by one execution."""

    preferred_batch_size: Annotated[Items[BatchSize], Distinct()] = Field(
        default=(),
        description="Batch sizes the batcher tries to reach, none above max_batch_size (Triton, model "
        "configuration, dynamic batcher). Default: none, it makes batches as large as it can.",
    )
    max_queue_delay_microseconds: Annotated[int, Field(ge=0, le=_UINT64_SAFE_MAXIMUM)] = Field(
        default=0,
        description="How long a request may wait for others to make a preferred batch. "
        "Default: 0, requests never wait.",
    )


class InstanceGroup(SpecModel):
    """Execution instances of the model (Triton, model configuration, instance groups)."""

    count: Annotated[int, Field(ge=1, le=_INT32_MAXIMUM)] = Field(
        default=1, description="Instances on each device of the group. Default: 1."
    )
    kind: Literal["KIND_AUTO", "KIND_GPU", "KIND_CPU"] = Field(
        default="KIND_AUTO",
        description="What the instances run on. Default: KIND_AUTO, a GPU where there is one that the model "
        "supports, otherwise the CPU.",
    )
    gpus: Annotated[Items[Annotated[int, Field(ge=0, le=_INT32_MAXIMUM)]], Distinct()] = Field(
        default=(),
        description="Indices of the GPUs that get instances; not with KIND_CPU. "
        "Default: none named, every available GPU.",
    )


class TritonModelConfig(SpecModel):
    """The part of config.pbtxt that is a decision; names, types and shapes are observed on the model."""

    max_batch_size: int = Field(
        ge=0,
        le=_INT32_MAXIMUM,
        description="The largest batch the model takes; 0 says that it has no batch dimension (Triton, model "
        "configuration, maximum batch size).",
    )
    dynamic_batching: DynamicBatching | None = Field(
        default=None,
        description="Default: no dynamic batching, each request is executed by itself. {} turns it on with "
        "Triton's defaults.",
    )
    instance_group: Items[InstanceGroup] = Field(
        default=(),
        description="Default: Triton's own, one instance on every available GPU, or one on the CPU.",
    )
