"""Makes the model files of `examples/files/`, as other tools than this project's would."""

import sys
import warnings
from pathlib import Path
from typing import Any

import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from examples.tabular import FEATURES, scorer
from model_packaging.export.torchscript_file import normalise_torchscript

__all__ = ["write_model_files"]

RANDOM_SEED = 5
"""Of the scorer that both files hold."""


def write_model_files(folder: Path) -> tuple[Path, Path]:
    """Write ``scorer.onnx`` and ``scorer.pt`` into ``folder``; equal releases of torch give equal bytes."""
    module, _ = scorer(RANDOM_SEED)
    return _write_onnx(module, folder / "scorer.onnx"), _write_torchscript(module, folder / "scorer.pt")


def _write_onnx(module: torch.nn.Module, file: Path) -> Path:
    weights = {name.removeprefix("layers."): each.numpy() for name, each in module.state_dict().items()}
    nodes = [
        helper.make_node("Gemm", ["scaled", "0.weight", "0.bias"], ["hidden"], transB=1),
        helper.make_node("Tanh", ["hidden"], ["activated"]),
        helper.make_node("Gemm", ["activated", "2.weight", "2.bias"], ["score"], transB=1),
    ]
    graph = helper.make_graph(
        nodes,
        "scorer",
        [helper.make_tensor_value_info("scaled", TensorProto.FLOAT, ["batch", FEATURES])],
        [helper.make_tensor_value_info("score", TensorProto.FLOAT, ["batch", 1])],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, file)
    return file


def _write_torchscript(module: torch.nn.Module, file: Path) -> Path:
    jit: Any = torch.jit
    raw = file.with_name("raw.pt")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        jit.script(module).save(str(raw))
    normalise_torchscript(raw, file)  # without the paths of the machine that it was made on
    raw.unlink()
    return file


if __name__ == "__main__":
    write_model_files(Path(sys.argv[1]))
