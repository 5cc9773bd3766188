"""What Triton may do to run a model faster (Triton, optimization; model_config.proto)."""

from typing import Annotated, Literal

from pydantic import Field

from spec._base import Items, SpecModel
from spec._triton_values import INT32_MAXIMUM, Dims, FeatureName, ParameterName, TensorName, Uint32, Words

__all__ = [
    "Accelerator",
    "Cuda",
    "ExecutionAccelerators",
    "Graph",
    "GraphLowerBound",
    "GraphShape",
    "GraphSpec",
    "Optimization",
    "PinnedMemory",
]

_GraphBatchSize = Annotated[int, Field(ge=0, le=INT32_MAXIMUM)]


class Graph(SpecModel):
    """Optimisation of the model's graph by its framework."""

    level: Annotated[int, Field(ge=-1, le=INT32_MAXIMUM)] = Field(
        default=0, description="-1 is none, 1 all that is safe; ONNX Runtime knows more. Default: 0."
    )


class GraphShape(SpecModel):
    """The shape of one input of a CUDA graph."""

    dim: Dims = Field(description="Without the batch dimension.")


class GraphLowerBound(SpecModel):
    """The smallest request that a CUDA graph may answer."""

    batch_size: _GraphBatchSize = Field(default=0, description="Default: 0.")
    input: dict[TensorName, GraphShape] = Field(default_factory=dict, description="Default: none.")


class GraphSpec(SpecModel):
    """One CUDA graph to capture."""

    batch_size: _GraphBatchSize = Field(
        default=0, description="Of the graph. Default: 0, no batch dimension."
    )
    input: dict[TensorName, GraphShape] = Field(
        default_factory=dict,
        description="Shapes by input. Default: none, right where no dimension varies.",
    )
    graph_lower_bound: GraphLowerBound | None = Field(
        default=None,
        description="The smallest request that the graph may answer. Default: only its own shape.",
    )


class Cuda(SpecModel):
    """CUDA graphs, streams and events; the TensorRT backend heeds them."""

    graphs: bool = Field(default=False, description="Capture CUDA graphs. Default: false.")
    busy_wait_events: bool = Field(
        default=False, description="Wait for the GPU without yielding the CPU. Default: false."
    )
    graph_spec: Items[GraphSpec] = Field(
        default=(),
        description="The graphs to capture. Default: batch sizes 1 to 4 and max_batch_size, by Triton.",
    )
    output_copy_stream: bool = Field(
        default=False, description="Copy outputs on a stream of their own. Default: false."
    )


class Accelerator(SpecModel):
    """One accelerator by name."""

    name: FeatureName = Field(description="Such as tensorrt, of the ONNX Runtime backend.")
    parameters: dict[ParameterName, Words] = Field(
        default_factory=dict,
        description='Its settings, values in quotes, such as precision_mode: "FP16". Default: none.',
    )


class ExecutionAccelerators(SpecModel):
    """Accelerators that the backend hands the model to."""

    gpu_execution_accelerator: Items[Accelerator] = Field(
        default=(), description="For instances on GPUs. Default: none."
    )
    cpu_execution_accelerator: Items[Accelerator] = Field(
        default=(), description="For instances on the CPU. Default: none."
    )


class PinnedMemory(SpecModel):
    """Whether copies between CPU and GPU go by page-locked memory."""

    enable: bool = Field(description="true or false.")


class Optimization(SpecModel):
    """The optimisation policy of a model."""

    graph: Graph | None = Field(default=None, description="Default: the framework's own level.")
    priority: Literal["PRIORITY_DEFAULT", "PRIORITY_MAX", "PRIORITY_MIN"] = Field(
        default="PRIORITY_DEFAULT",
        description="Of the model's GPU work, where the backend can. Default: PRIORITY_DEFAULT.",
    )
    cuda: Cuda | None = Field(default=None, description="Default: no CUDA graphs.")
    execution_accelerators: ExecutionAccelerators | None = Field(
        default=None, description="Default: none, the framework runs the model itself."
    )
    input_pinned_memory: PinnedMemory | None = Field(default=None, description="Default: on.")
    output_pinned_memory: PinnedMemory | None = Field(default=None, description="Default: on.")
    gather_kernel_buffer_threshold: Uint32 = Field(
        default=0,
        description="From how many buffers on a kernel gathers the inputs of a batch on the GPU, where the "
        "backend can. Default: 0, never.",
    )
    eager_batching: bool = Field(
        default=False,
        description="Prepare the next batch while one runs, though requests might still join it. "
        "Default: false.",
    )
