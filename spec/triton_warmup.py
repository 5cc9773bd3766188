"""Requests that Triton answers itself before a model is ready."""

from typing import Annotated, Literal

from pydantic import Field

from spec._base import SpecModel
from spec._triton_values import INT32_MAXIMUM, DataType, Dims, FeatureName, TensorName, Uint32

__all__ = ["ModelWarmup", "WarmupInput"]


class WarmupInput(SpecModel):
    """The data of one input of a warm-up request."""

    zero_data: Literal[True] | None = Field(
        default=None, description="Zeros; not with random_data. Default: zeros, unless random_data."
    )
    random_data: Literal[True] | None = Field(
        default=None, description="Random numbers; not with zero_data. Default: zeros."
    )
    data_type: DataType | None = Field(default=None, description="Default: the model's own.")
    dims: Dims | None = Field(
        default=None,
        description="Without the batch dimension. Default: the model's own; needed where one varies.",
    )


class ModelWarmup(SpecModel):
    """One warm-up request (Triton, model configuration, model warmup)."""

    name: FeatureName = Field(description="Its name in Triton's log.")
    batch_size: Annotated[int, Field(ge=1, le=INT32_MAXIMUM)] | None = Field(
        default=None,
        description="From 1 to max_batch_size, and 1 where that is 0: Triton skips a request of batch size 0 "
        "(core, backend_model_instance.cc). Default: 1.",
    )
    count: Uint32 = Field(default=0, description="How often it is sent. Default: 0, which Triton takes as 1.")
    inputs: dict[TensorName, WarmupInput] = Field(
        default_factory=dict,
        description="Data by input. Default: zeros of the model's own type and dims; also for every input "
        "that is not named.",
    )
