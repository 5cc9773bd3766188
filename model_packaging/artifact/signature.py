"""What goes into a model and what comes out: names, data types and dimensions."""

from dataclasses import dataclass

__all__ = ["VARIABLE", "Signature", "TensorSpec"]

VARIABLE = -1
"""A dimension that may differ from request to request, as config.pbtxt writes it."""


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """One input or output of a model.

    Attributes:
        name: the tensor's name as clients use it.
        datatype: KServe v2 name: ``FP32``, ``INT64``, ``BOOL``, ``BYTES``, ...
        dims: dimensions without the batch dimension; ``VARIABLE`` (-1) where they may differ.
        optional: whether a request may lack this input.
    """

    name: str
    datatype: str
    dims: tuple[int, ...]
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """The tensors of a model, in the order of its forward arguments and of its results.

    Attributes:
        inputs: one per forward argument.
        outputs: one per result.
        batched: True where every tensor has a leading batch dimension, which ``dims`` leaves out.
    """

    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    batched: bool
