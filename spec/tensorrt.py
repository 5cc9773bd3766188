"""How ``trtexec`` builds a TensorRT plan from the ONNX file of a model."""

from typing import Annotated, Literal

from pydantic import Field

import catalogue
from spec._base import OneOf, SpecModel, text

__all__ = ["InputShapes", "TensorRT", "TensorRTPrecision"]

TensorRTPrecision = Literal["fp32", "fp16", "bf16"]

ShapedInputName = Annotated[
    str,
    text(
        r"^[A-Za-z_][A-Za-z0-9_.]*$",
        allowed="the name of an input: letters, digits, _ and ., a letter or _ first",
        maximum=128,
    ),
]
"""Narrower than a tensor's name in config.pbtxt: trtexec is told ``<name>:<dimensions>,...`` in one word."""

Shape = Annotated[
    str,
    text(
        r"^[1-9][0-9]*(x[1-9][0-9]*)*$",
        allowed="dimensions without the batch, as trtexec writes them, such as 3x224x224",
        maximum=128,
    ),
]


class InputShapes(SpecModel):
    """The dimensions of one input of variable shape, without the batch: an optimization profile's three."""

    min: Shape = Field(description="The smallest dimensions that a request may have.")
    opt: Shape = Field(description="The dimensions that kernels are chosen for.")
    max: Shape = Field(description="The largest dimensions that a request may have.")


class TensorRT(SpecModel):
    """A plan's build; it runs in a job on the endpoint's instance type, never on the laptop.

    Options and their meaning: NVIDIA TensorRT documentation, command-line programs, ``trtexec``.
    """

    instance_type: Annotated[str, OneOf(catalogue.processing_gpu_types)] = Field(
        description="What the plan is built on: an instance type with the GPU of the endpoints that serve "
        "it. A plan runs on the model of GPU it was built on (TensorRT, developer guide, Hardware "
        "Compatibility).",
    )
    precision: TensorRTPrecision = Field(
        default="fp32",
        description="Which precision layers may be computed in besides fp32: `trtexec --fp16` or `--bf16`. "
        "bf16 needs a GPU of compute capability 8.0 or later. Default: fp32, which on GPUs of 8.0 and later "
        "still includes TF32.",
    )
    optimal_batch_size: int | None = Field(
        default=None,
        ge=1,
        le=2**31 - 1,
        description="The batch that kernels are chosen for, at most `triton.max_batch_size`. "
        "Default: the largest.",
    )
    shapes: dict[ShapedInputName, InputShapes] = Field(
        default_factory=dict,
        description="By input, the range of dimensions that vary: `trtexec --minShapes`, `--optShapes`, "
        "`--maxShapes`. Default: none, only the batch varies, from 1 to `triton.max_batch_size`.",
    )
    workspace_mib: int | None = Field(
        default=None,
        ge=1,
        le=2**20,
        description="GPU memory that one layer's kernel may use, in MiB: `trtexec --memPoolSize=workspace:`. "
        "Default: none, TensorRT takes the whole memory of the GPU.",
    )
    builder_optimization_level: int = Field(
        default=3,
        ge=0,
        le=5,
        description="How long TensorRT looks for faster kernels: `trtexec --builderOptimizationLevel`. "
        "Default: 3, TensorRT's own.",
    )
