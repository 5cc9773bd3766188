"""Completes a configuration that leaves tensors to the model, as Triton's ONNX Runtime backend does.

Source: triton-inference-server/onnxruntime_backend, src/onnxruntime.cc, ``AutoCompleteConfig``,
``AutoCompleteMaxBatch`` and ``AutoCompleteIO``; the default of max_batch_size is tritonserver's own
(``--backend-config=default-max-batch-size``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import OrtError
from .model import open_session
from .tensors import DATATYPES, ModelTensor

__all__ = ["Completion", "complete"]

_DEFAULT_MAX_BATCH_SIZE = 4
_VARIABLE = -1


@dataclass(frozen=True, slots=True)
class Completion:
    """What a configuration lacks.

    Attributes:
        max_batch_size: as it is to be, whether given or found.
        dynamic_batching: whether batches are to be formed although no scheduler is named.
        inputs: as Triton's JSON has them; none where the configuration names its own.
        outputs: likewise.
    """

    max_batch_size: int
    dynamic_batching: bool
    inputs: tuple[Mapping[str, Any], ...]
    outputs: tuple[Mapping[str, Any], ...]


def complete(config: Mapping[str, Any], path: Path) -> Completion | None:
    """Return what ``config``, Triton's JSON, lacks of the model at ``path``; None where it lacks nothing.

    Raises:
        OrtError: the model can't be loaded, or can't be batched as the configuration asks.
    """
    if config.get("input") and config.get("output"):
        return None
    session = open_session(path, config)
    inputs = [ModelTensor.of(each) for each in session.get_inputs()]
    outputs = [ModelTensor.of(each) for each in session.get_outputs()]
    said = int(config.get("max_batch_size", 0))
    batches = all(each.shape[:1] == (_VARIABLE,) for each in (*inputs, *outputs))
    if said and not batches:
        raise OrtError(
            f"autofill failed for model '{config['name']}': model does not support batching while non-zero "
            "max_batch_size is specified"
        )
    size = said or (_DEFAULT_MAX_BATCH_SIZE if batches else 0)
    scheduled = "sequence_batching" in config or "dynamic_batching" in config
    return Completion(
        max_batch_size=size,
        dynamic_batching=size > 1 and not scheduled,
        inputs=() if config.get("input") else _tensors(inputs, batched=size > 0),
        outputs=() if config.get("output") else _tensors(outputs, batched=size > 0),
    )


def _tensors(tensors: Sequence[ModelTensor], *, batched: bool) -> tuple[Mapping[str, Any], ...]:
    return tuple(
        {
            "name": each.name,
            "data_type": DATATYPES.get(each.onnx_type, "TYPE_INVALID"),
            "dims": list(each.shape[1:] if batched else each.shape) or [1],
        }
        for each in tensors
    )
