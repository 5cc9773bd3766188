"""TorchScript of one small model, and the configuration that fits it."""

import warnings
from pathlib import Path
from typing import Any

import torch

__all__ = ["CONFIG", "Linear", "Pooled", "saved"]

CONFIG = """platform: "pytorch_libtorch"
max_batch_size: 8
input [ { name: "x" data_type: TYPE_FP32 dims: [ 6 ] } ]
output [ { name: "y" data_type: TYPE_FP32 dims: [ 1 ] } ]
"""


class Linear(torch.nn.Module):
    """Six numbers to one; any number of these where a request has more dimensions."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("weights", torch.ones(6, 1))
        self.weights: torch.Tensor

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x @ self.weights


class Pooled(Linear):
    """One answer for the whole batch."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (x @ self.weights).mean(0)


def saved(module: torch.nn.Module, file: Path) -> Path:
    jit: Any = torch.jit
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        jit.script(module).save(str(file))
    return file
