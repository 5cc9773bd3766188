"""Small artifacts, good and bad, written by hand as Triton repositories of one model or few."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np

__all__ = [
    "CACHED",
    "LIBTORCH",
    "NUMBERS",
    "PYTHON",
    "ensemble",
    "generating",
    "python_model",
    "torch_model",
    "write_npz",
]

NUMBERS = """\
max_batch_size: 4
input [ { name: "x" data_type: TYPE_FP32 dims: [ 3 ] } ]
output [ { name: "y" data_type: TYPE_FP32 dims: [ 3 ] } ]
instance_group [ { kind: KIND_CPU } ]
"""
PYTHON = f'backend: "python"\n{NUMBERS}'
LIBTORCH = f'platform: "pytorch_libtorch"\n{NUMBERS}'.replace('"y"', '"y__0"').replace('"x"', '"x__0"')

CACHED = f"{PYTHON}response_cache {{ enable: true }}\n"

_ENSEMBLE = """\
platform: "ensemble"
max_batch_size: 4
input [ { name: "x" data_type: TYPE_FP32 dims: [ 3 ] } ]
output [ { name: "y" data_type: TYPE_FP32 dims: [ 3 ] } ]
ensemble_scheduling { step [
  { model_name: "first" model_version: -1
    input_map { key: "x" value: "x" } output_map { key: "y" value: "between" } },
  { model_name: "second" model_version: -1
    input_map { key: "x" value: "between" } output_map { key: "y" value: "y" } }
] }
"""

_GENERATING = """\
import numpy as np
import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def execute(self, requests):
        for request in requests:
            sender = request.get_response_sender()
            text = pb_utils.get_input_tensor_by_name(request, "x").as_numpy()
            for _ in range({answers}):
                sender.send(pb_utils.InferenceResponse([pb_utils.Tensor("y", text)]))
            sender.send(flags=pb_utils.TRITONSERVER_RESPONSE_COMPLETE_FINAL)
"""
_ENTRY_POINT = """\
import time

import numpy as np


def model_fn(model_dir):
    {load}


def predict_fn(data, model):
    return np.asarray(data) * 2
"""
_TEXTS = """\
backend: "python"
max_batch_size: 0
input [ { name: "x" data_type: TYPE_STRING dims: [ 1 ] } ]
output [ { name: "y" data_type: TYPE_STRING dims: [ 1 ] } ]
instance_group [ { kind: KIND_CPU } ]
model_transaction_policy { decoupled: true }
"""

_MODEL = """\
import os
import time

import numpy as np
import triton_python_backend_utils as pb_utils

calls = 0


def answer(x):
    global calls
    calls += 1
{body}


class TritonPythonModel:
    def initialize(self, args):
        {load}

    def execute(self, requests):
        inputs = [pb_utils.get_input_tensor_by_name(request, "x").as_numpy() for request in requests]
        return [pb_utils.InferenceResponse([pb_utils.Tensor("y", answer(x))]) for x in {inputs}]
"""


def python_model(
    folder: Path,
    body: str = "return x * 2",
    *,
    load: str = "pass",
    inputs: str = "inputs",
    config: str = PYTHON,
    name: str = "model",
) -> Path:
    """Write a model of the Python backend whose ``answer(x)`` is ``body``; return its repository."""
    model = folder / name
    (model / "1").mkdir(parents=True)
    (model / "config.pbtxt").write_text(f'name: "{name}"\n{config}', encoding="utf-8")
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    (model / "1" / "model.py").write_text(
        _MODEL.format(body=lines, load=load, inputs=inputs), encoding="utf-8"
    )
    return folder


def torch_model(folder: Path, module: Any, examples: Any = None, *, config: str = LIBTORCH) -> Path:  # noqa: ANN401 - torch's
    """Write a TorchScript model, traced with ``examples`` or scripted without; return its repository."""
    import torch  # noqa: PLC0415 - only tests that make a TorchScript model pay for it

    model = folder / "model"
    (model / "1").mkdir(parents=True)
    (model / "config.pbtxt").write_text(f'name: "model"\n{config}', encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a trace with a fixed batch is warned of, and meant here
        jit: Any = torch.jit
        traced = (
            jit.trace(module, examples, check_trace=False) if examples is not None else jit.script(module)
        )
    traced.save(str(model / "1" / "model.pt"))
    return folder


def ensemble(folder: Path) -> Path:
    """Write an ensemble of two models, each of which doubles; return its repository."""
    for name in ("first", "second"):
        python_model(folder, name=name)
    (folder / "both" / "1").mkdir(parents=True)
    (folder / "both" / "config.pbtxt").write_text(f'name: "both"\n{_ENSEMBLE}', encoding="utf-8")
    return folder


def pytorch_artifact(folder: Path, load: str = "return None") -> Path:
    """Write an artifact of the PyTorch images whose entry point doubles; return its folder."""
    (folder / "code").mkdir(parents=True)
    (folder / "code" / "inference.py").write_text(_ENTRY_POINT.format(load=load), encoding="utf-8")
    return folder


def generating(folder: Path, answers: int) -> Path:
    """Write a decoupled model that says a text so many times; return its repository."""
    python_model(folder, config=_TEXTS)
    (folder / "model" / "1" / "model.py").write_text(_GENERATING.format(answers=answers), encoding="utf-8")
    return folder


def write_npz(path: Path, **arrays: Any) -> Path:  # noqa: ANN401 - what numpy makes an array of
    """Write arrays, a `__` in whose names is a slash, as an .npz; return its path."""
    np.savez(path, allow_pickle=True, **{name.replace("__", "/"): array for name, array in arrays.items()})
    return path
