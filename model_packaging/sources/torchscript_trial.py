"""Runs TorchScript made elsewhere with inputs as its configuration declares them: does what comes back fit?

A TorchScript file says no data types and sizes, so only running it shows them. Every batch size is tried with
zeros and 2 for each variable dimension; where that fails, with ones and 128, for models that want lengths
above zero or larger images. One that works is enough.

Left out, since zeros say nothing of it or the sandbox can't pass it: an input or result that is no tensor (a
dictionary, strings), controls and states of sequences, ragged batches, inputs and outputs that Triton makes
of a batch, optional inputs, shape tensors, tensors too large to try, and what torch runs on a GPU alone.
Names that lead to no argument of ``forward``, and data types that LibTorch lacks, are rules' to tell
(preflight, SEA231 to SEA235).
"""

import math
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from model_packaging.artifact.errors import ArtifactError
from model_packaging.artifact.signature import VARIABLE
from model_packaging.artifact.torchscript_signature import (
    argument_places,
    read_torchscript_signature,
    result_places,
)
from model_packaging.untrusted.sandbox import SandboxedRun, run_torchscript

if TYPE_CHECKING:
    from tritonclient.grpc.model_config_pb2 import ModelConfig, ModelInput, ModelOutput

__all__ = ["output_misfits", "torchscript_misfits", "trial_inputs"]

_NUMPY: Mapping[str, type[np.generic]] = {
    "BOOL": np.bool_,
    "UINT8": np.uint8,
    "INT8": np.int8,
    "INT16": np.int16,
    "INT32": np.int32,
    "INT64": np.int64,
    "FP16": np.float16,
    "FP32": np.float32,
    "FP64": np.float64,
}
"""What LibTorch makes tensors of (pytorch_backend, src/libtorch_utils.cc, ModelConfigDataTypeToTorchType)."""
_DATATYPES = {np.dtype(kind): name for name, kind in _NUMPY.items()}

_LARGEST_BATCH = 4
"""Enough to tell a batch dimension from one of size 1."""
_MAX_INPUT_BYTES = 256 << 20
"""Of all inputs of one run."""
_MAX_RANK = 32
"""Of numpy's arrays, before its release 2."""
_ATTEMPTS = ((0, 2), (1, 128))
"""The value that fills the inputs, and the size of a variable dimension."""
_GPU_WORDS = ("cuda", "nvidia", "not implemented for 'half'")
"""In torch's words for what a model can't do on a CPU, whatever its inputs are."""


def trial_inputs(path: Path, config: "ModelConfig") -> tuple["ModelInput", ...]:
    """Return the inputs of ``config`` in the order that Triton passes them to ``forward`` of ``path``.

    Returns:
        Nothing where the model can't be judged by running it; see the module.
    """
    try:
        signature = read_torchscript_signature(path)
    except ArtifactError:
        return ()  # a rule says that it can't be read
    tensors = (*config.input, *config.output)
    sequences = config.sequence_batching
    is_left_out = (
        any(_datatype(each) not in _NUMPY or each.is_shape_tensor for each in tensors)
        or any(each.allow_ragged_batch or each.optional for each in config.input)
        or any((config.batch_input, config.batch_output, sequences.control_input, sequences.state))
        or any(each.annotation != "Tensor" for each in signature.arguments)
        or signature.output_count is None
    )
    places = argument_places(
        [each.name for each in config.input], [each.name for each in signature.arguments]
    )
    if is_left_out or places is None:
        return ()
    return tuple(sorted(config.input, key=lambda each: places[each.name]))


def torchscript_misfits(
    path: Path,
    shown: str,
    config: "ModelConfig",
    inputs: Sequence["ModelInput"],
    cancelled: threading.Event | None = None,
) -> tuple[str, ...]:
    """Run ``path`` at batch 1 and at the maximum, at most 4, and say what does not fit ``config``.

    Args:
        path: the TorchScript file.
        shown: how errors name it.
        config: what it is served with.
        inputs: of ``trial_inputs``; without any the file is loaded and not run.
        cancelled: set by another thread to end it.

    Returns:
        One clause for each thing, of the smallest batch that shows it.

    Raises:
        TorchScriptError: the scan refused it; it was not loaded.
        SandboxError: it can't be loaded, or its process died or passed a limit.
    """
    maximum = config.max_batch_size
    batches = sorted({1, min(maximum, _LARGEST_BATCH)}) if maximum > 0 else [0]
    runs: dict[int, SandboxedRun] = {}
    for value, size in _ATTEMPTS:
        rows = {
            batch: [(_NUMPY[_datatype(each)], _shape(each, batch, size)) for each in inputs]
            for batch in batches
            if batch not in runs or runs[batch].error
        }
        rows = {batch: row for batch, row in rows.items() if row and _is_small(row)}
        if not rows and value:
            break
        arrays = [[np.full(shape, value, kind) for kind, shape in row] for row in rows.values()]
        answer = run_torchscript(path, shown, arrays, cancelled=cancelled)
        for batch, run in zip(rows, answer.runs, strict=True):
            if batch not in runs or not run.error:
                runs[batch] = run
    return tuple(_misfits(config, inputs, runs))


def output_misfits(config: "ModelConfig", run: SandboxedRun, batch: int) -> dict[str, str]:
    """Return by output what of the answer ``run`` to a batch does not fit ``config``.

    A result that no output names is served without it (pytorch_backend, src/libtorch.cc,
    ReadOutputTensors).

    Args:
        config: what the model is served with.
        run: its answer.
        batch: the size that was asked; 0 for a model without a batch dimension.
    """
    found = {}
    places = result_places([each.name for each in config.output])
    for output in config.output:
        place = places[output.name]
        if place >= len(run.outputs):
            found[output.name] = f"is result {place}, counted from 0, and forward returns {len(run.outputs)}"
            continue
        array = run.outputs[place]
        expected = _dimensions(output, batch)
        datatype = _DATATYPES.get(array.dtype, str(array.dtype))
        fits = len(expected) == array.ndim and all(
            wanted in (VARIABLE, size) for wanted, size in zip(expected, array.shape, strict=True)
        )
        if not fits or datatype != _datatype(output):
            found[output.name] = (
                f"is {datatype} {list(array.shape)}, and declared as {_datatype(output)} {list(expected)}"
            )
    return found


def _misfits(
    config: "ModelConfig", inputs: Sequence["ModelInput"], runs: Mapping[int, SandboxedRun]
) -> Iterator[str]:
    told: set[str] = set()
    for batch, run in sorted(runs.items()):
        at = f" (batch {batch}, of max_batch_size {config.max_batch_size})" if batch else ""
        if run.error:
            if not any(words in run.error.lower() for words in _GPU_WORDS):
                declared = ", ".join(
                    f"{each.name} {_datatype(each)} {list(_dimensions(each, batch))}" for each in inputs
                )
                yield f"forward fails with the declared inputs {declared}{at}: {run.error.rstrip('. ')}"
                return  # a larger batch fails alike
            continue
        for name, what in output_misfits(config, run, batch).items():
            if name not in told:
                told.add(name)
                yield f"the output {name!r} {what}{at}"


def _datatype(tensor: "ModelInput | ModelOutput") -> str:
    values = tensor.DESCRIPTOR.fields_by_name["data_type"].enum_type.values_by_number
    return str(values[tensor.data_type].name).removeprefix("TYPE_")


def _dimensions(tensor: "ModelInput | ModelOutput", batch: int) -> tuple[int, ...]:
    """Return what the model itself takes or gives, the batch first where it has one."""
    dims = tensor.reshape.shape if tensor.HasField("reshape") else tensor.dims
    return (batch, *dims) if batch else tuple(dims)


def _shape(tensor: "ModelInput", batch: int, size: int) -> tuple[int, ...]:
    return tuple(size if each < 0 else each for each in _dimensions(tensor, batch))


def _is_small(row: Sequence[tuple[type[np.generic], tuple[int, ...]]]) -> bool:
    sizes_bytes = (np.dtype(kind).itemsize * math.prod(max(each, 1) for each in shape) for kind, shape in row)
    return sum(sizes_bytes) <= _MAX_INPUT_BYTES and all(len(shape) <= _MAX_RANK for _, shape in row)
