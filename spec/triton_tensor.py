"""Inputs and outputs as config.pbtxt says them, for models that do not say them themselves.

Source: Triton, model configuration, inputs and outputs; common/protobuf/model_config.proto, ``ModelInput``,
``ModelOutput``, ``BatchInput``, ``BatchOutput``.
"""

from typing import Annotated, Literal

from pydantic import Field

from spec._base import Items, SpecModel
from spec._triton_values import SAFE_MAXIMUM, DataType, TensorName

__all__ = ["BatchInput", "BatchOutput", "DeclaredInput", "DeclaredOutput", "Reshape"]

_Dim = Annotated[int, Field(ge=-1, le=SAFE_MAXIMUM)]
BatchInputKind = Literal[
    "BATCH_ELEMENT_COUNT",
    "BATCH_ACCUMULATED_ELEMENT_COUNT",
    "BATCH_ACCUMULATED_ELEMENT_COUNT_WITH_ZERO",
    "BATCH_MAX_ELEMENT_COUNT_AS_SHAPE",
    "BATCH_ITEM_SHAPE",
    "BATCH_ITEM_SHAPE_FLATTEN",
]


class Reshape(SpecModel):
    """What the model sees instead of ``dims``."""

    shape: Items[_Dim] = Field(
        default=(),
        description="Without the batch dimension; -1 for one that varies. Default: [], no dimension.",
    )


class _Declared(SpecModel):
    """What inputs and outputs have in common."""

    name: TensorName = Field(description="Its name in requests.")
    data_type: DataType = Field(description="Its data type.")
    dims: Items[_Dim] = Field(
        min_length=1,
        description="Without the batch dimension where max_batch_size is above 0; -1 for one that varies.",
    )
    reshape: Reshape | None = Field(default=None, description="Default: the model sees dims.")
    is_shape_tensor: bool = Field(
        default=False, description="Of a TensorRT plan: its values are a shape. Default: false."
    )
    is_non_linear_format_io: bool = Field(
        default=False, description="Of a TensorRT plan: its memory is in a vectorized format. Default: false."
    )


class DeclaredInput(_Declared):
    """An input."""

    format: Literal["FORMAT_NONE", "FORMAT_NHWC", "FORMAT_NCHW"] = Field(
        default="FORMAT_NONE", description="What the dims of an image mean. Default: FORMAT_NONE."
    )
    allow_ragged_batch: bool = Field(
        default=False,
        description="Whether requests of different shapes may be one batch (Triton, ragged batching). "
        "Default: false.",
    )
    optional: bool = Field(default=False, description="Whether a request may lack it. Default: false.")


class DeclaredOutput(_Declared):
    """An output."""


class BatchInput(SpecModel):
    """An input that Triton makes for a batch of ragged requests (Triton, ragged batching, batch input)."""

    kind: BatchInputKind = Field(description="What it holds.")
    target_name: Items[TensorName] = Field(min_length=1, description="The model's inputs that it fills.")
    data_type: DataType = Field(description="Its data type.")
    source_input: Items[TensorName] = Field(min_length=1, description="The inputs that it is made from.")


class BatchOutput(SpecModel):
    """An output that Triton takes apart for the requests of a batch (Triton, ragged batching)."""

    target_name: Items[TensorName] = Field(min_length=1, description="The model's outputs it is about.")
    kind: Literal["BATCH_SCATTER_WITH_INPUT_SHAPE"] = Field(description="How it is taken apart.")
    source_input: Items[TensorName] = Field(min_length=1, description="The inputs whose shapes say how.")
