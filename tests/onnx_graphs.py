"""Small ONNX graphs for tests."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import onnx
from onnx import TensorProto, helper

__all__ = ["FLOAT", "INT64", "STRING", "tensor", "write_graph"]

FLOAT, INT64, STRING = TensorProto.FLOAT, TensorProto.INT64, TensorProto.STRING
Dims = Sequence[int | str]


def tensor(name: str, shape: Dims, datatype: int = FLOAT) -> Any:  # noqa: ANN401 - protobuf without types
    """Return one input or output."""
    return helper.make_tensor_value_info(name, datatype, shape)


def write_graph(
    file: Path,
    nodes: Sequence[Any],
    inputs: Sequence[Any],
    outputs: Sequence[Any],
    initializer: Sequence[Any] = (),
    *,
    external_data: str | None = None,
) -> Path:
    """Write an ONNX model that every released ONNX Runtime reads.

    Args:
        file: where to.
        nodes: of the graph.
        inputs: of the graph.
        outputs: of the graph.
        initializer: its weights.
        external_data: the file beside that all weights go to; None keeps them in the model.
    """
    graph = helper.make_graph(nodes, "graph", inputs, outputs, initializer=initializer)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    onnx.save_model(
        model, file, save_as_external_data=external_data is not None, location=external_data, size_threshold=0
    )
    return file
