"""The single values that config.pbtxt is made of: numbers of its integer types, names, dims and data types.

Source: Triton, common/protobuf/model_config.proto.
"""

from typing import Annotated, Literal

from pydantic import Field

from spec._base import Items, text

__all__ = [
    "INT32_MAXIMUM",
    "SAFE_MAXIMUM",
    "BatchSize",
    "Bucket",
    "DataType",
    "Dims",
    "FeatureName",
    "Float32",
    "MetricTagName",
    "ParameterName",
    "PriorityLevel",
    "TensorName",
    "Uint32",
    "Uint64",
    "Words",
]

INT32_MAXIMUM = 2**31 - 1
_UINT32_MAXIMUM = 2**32 - 1
SAFE_MAXIMUM = 2**53 - 1  # of 64 bits, what every JSON reader keeps exactly
_FLOAT32_MAXIMUM = 3.4e38
_TEXT_MAXIMUM = 1024

BatchSize = Annotated[int, Field(ge=1, le=INT32_MAXIMUM)]
Uint32 = Annotated[int, Field(ge=0, le=_UINT32_MAXIMUM)]
Uint64 = Annotated[int, Field(ge=0, le=SAFE_MAXIMUM)]
Float32 = Annotated[float, Field(ge=-_FLOAT32_MAXIMUM, le=_FLOAT32_MAXIMUM)]
Bucket = Annotated[float, Field(ge=0, le=_FLOAT32_MAXIMUM)]
Dims = Items[Annotated[int, Field(ge=1, le=SAFE_MAXIMUM)]]
DataType = Literal[
    "TYPE_BOOL",
    "TYPE_UINT8",
    "TYPE_UINT16",
    "TYPE_UINT32",
    "TYPE_UINT64",
    "TYPE_INT8",
    "TYPE_INT16",
    "TYPE_INT32",
    "TYPE_INT64",
    "TYPE_FP16",
    "TYPE_FP32",
    "TYPE_FP64",
    "TYPE_STRING",
    "TYPE_BF16",
]
"""Every data type of Triton; a backend may know fewer, which the rules of its model files say."""

_NAME_WORDS = "letters, digits and _ . : -, a letter, digit or _ first"
_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.:-]*"
TensorName = Annotated[
    str, text(rf"^{_NAME}$", allowed=f"the name of an input or output: {_NAME_WORDS}", maximum=256)
]
FeatureName = Annotated[str, text(rf"^{_NAME}$", allowed=f"a name: {_NAME_WORDS}", maximum=256)]
ParameterName = Annotated[str, text(rf"^{_NAME}$", allowed=f"a parameter's name: {_NAME_WORDS}", maximum=256)]
MetricTagName = Annotated[
    str,
    text(
        r"^[A-Za-z][A-Za-z0-9_]*$",
        allowed="the name of a metric's label: letters, digits and _, a letter first",
        maximum=256,
    ),
]
"""Triton makes labels of Prometheus' of them, and ends as the model loads where one is none: "Invalid label
name" (Triton core, metric_model_reporter.cc; Prometheus, data model, labels; seen with 2.51)."""

PriorityLevel = Annotated[
    str, text(r"^[1-9][0-9]*$", allowed='a priority level in quotes, such as "1"', maximum=15)
]
Words = Annotated[str, Field(max_length=_TEXT_MAXIMUM)]
