"""Makes torchvision importable beside a PyTorch without CUDA, for what needs none of its compiled operators.

torchvision's wheel is built with CUDA: without CUDA its library does not load, and importing torchvision,
which transformers does too, then fails on operators that no classifier uses.
"""

from importlib.util import find_spec
from pathlib import Path

import torch

__all__ = ["declare_operators"]

_OPERATORS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)
"""What torchvision's Python code expects its compiled half to have declared."""

_declared: list[torch.library.Library] = []
"""Declarations end with the object that made them."""


def declare_operators() -> None:
    """Declare torchvision's operators where its compiled half can't; before torchvision is imported."""
    if _declared or _library_loads():
        return
    library = torch.library.Library("torchvision", "DEF")  # type: ignore[no-untyped-call]  # torch's own
    for schema in _OPERATORS:
        library.define(schema)  # type: ignore[no-untyped-call]  # torch's own
    _declared.append(library)


def _library_loads() -> bool:
    found = find_spec("torchvision")
    folders = found.submodule_search_locations or [] if found else []
    for path in (each for folder in folders for each in Path(folder).glob("_C*.so")):
        try:
            torch.ops.load_library(str(path))  # type: ignore[no-untyped-call]  # torch's own
        except OSError:
            return False
        return True
    return False
