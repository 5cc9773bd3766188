"""An ONNX model under the load, batching and output rules of Triton's ONNX Runtime backend.

Source of the rules and of the messages: triton-inference-server/onnxruntime_backend, src/onnxruntime.cc
(``LoadModel``, ``ProcessRequests``, ``ReadOutputTensors``), and triton-inference-server/backend,
src/backend_output_responder.cc (``ProcessTensor``).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from .errors import OrtError
from .tensors import ModelTensor, check_inputs, check_outputs

__all__ = ["BatchOutcome", "OrtModel", "Tensors", "open_session"]

Tensors = dict[str, np.ndarray[Any, Any]]
BatchOutcome = Tensors | str
"""What one request of a batch gets: its outputs by name, or why it failed."""

_FILE_NAME = "model.onnx"
_NOT_SERVED = ("sequence_batching", "batch_input", "batch_output")
_LEVELS = {
    -1: onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC,
    0: onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL,
    1: onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
    2: onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL,
}
"""Of ``optimization.graph.level``."""


def open_session(path: Path, config: Mapping[str, Any]) -> Any:  # noqa: ANN401 - ONNX Runtime has no types
    """Load the ONNX file ``path``, or the folder with it, for ``config`` (as Triton's JSON).

    Raises:
        OrtError: it is missing, or ONNX Runtime can't load it.
    """
    if path.is_dir():
        path = path / _FILE_NAME
    if not path.is_file():
        raise OrtError(f"unable to find '{path}' for model instance '{config['name']}'")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    level = int(config.get("optimization", {}).get("graph", {}).get("level", 0))
    options.graph_optimization_level = _LEVELS.get(level, _LEVELS[0])
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's errors have no class of their own in common
        raise OrtError(_native_words(error)) from error


class OrtModel:
    """One instance of a model."""

    def __init__(self, path: Path, config: Mapping[str, Any]) -> None:
        """Load the ONNX file ``path``, or the folder with it, for ``config`` (as Triton's JSON)."""
        self._name: str = config["name"]
        self._batched = config.get("max_batch_size", 0) > 0
        self._refuse_what_is_not_served(config)
        self._session = open_session(path, config)
        inputs = [ModelTensor.of(each) for each in self._session.get_inputs()]
        initializers = [ModelTensor.of(each) for each in self._session.get_overridable_initializers()]
        outputs = [ModelTensor.of(each) for each in self._session.get_outputs()]
        check_inputs(config, inputs, initializers)
        check_outputs(config, outputs)
        self._outputs = {each["name"]: tuple(int(size) for size in each["dims"]) for each in config["output"]}

    def run(self, requests: Sequence[Tensors]) -> list[BatchOutcome]:
        """Answer ``requests``, as one batch where the model has a batch dimension.

        Args:
            requests: inputs by name; equal shapes but for the batch dimension, as Triton batches them.

        Returns:
            One outcome per request, in their order.

        Raises:
            OrtError: the run failed: every request of the batch fails alike, as with the native backend.
        """
        if not self._batched:
            return [self._run(request) for request in requests]
        joined = {name: np.concatenate([request[name] for request in requests]) for name in requests[0]}
        sizes = [len(next(iter(request.values()))) for request in requests]
        return _split(self._run(joined), sizes)

    def _refuse_what_is_not_served(self, config: Mapping[str, Any]) -> None:
        refused = [f"'{field}'" for field in _NOT_SERVED if config.get(field)]
        refused += [
            f"ragged batches of '{tensor['name']}'"
            for tensor in config.get("input", ())
            if tensor.get("allow_ragged_batch")
        ]
        if refused:
            raise OrtError(
                f"this machine's stand-in for the ONNX Runtime backend does not serve {', '.join(refused)}; "
                "the "
                "native backend does: deploy to AWS to try it"
            )

    def _run(self, inputs: Tensors) -> Tensors:
        given = {name: _text_of_bytes(array) for name, array in inputs.items()}
        try:
            results = self._session.run(list(self._outputs), given)
        except Exception as error:  # as in open_session
            raise OrtError(_native_words(error)) from error
        return {
            name: _bytes_of_text(
                np.asarray(result).reshape(self._outputs[name] if np.ndim(result) == 0 else np.shape(result))
            )
            for name, result in zip(self._outputs, results, strict=True)
        }


def _native_words(error: Exception) -> str:
    """Return the native backend's form of an error, which Python's binding writes with the code's name."""
    parts = str(error).split(" : ", 3)
    if len(parts) == 4 and parts[0] == "[ONNXRuntimeError]":  # noqa: PLR2004 - mark, code, its name, message
        return f"onnx runtime error {parts[1]}: {parts[3]}"
    return f"onnx runtime error 1: {error}"


def _text_of_bytes(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return strings as ONNX Runtime takes them: Triton's stub gives bytes."""
    if array.dtype != np.object_:
        return array
    return np.array([each.decode() for each in array.reshape(-1)], dtype=np.object_).reshape(array.shape)


def _bytes_of_text(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if array.dtype.kind not in "OU":
        return array
    return np.array([each.encode() for each in array.reshape(-1)], dtype=np.object_).reshape(array.shape)


def _split(outputs: Tensors, sizes: Sequence[int]) -> list[BatchOutcome]:
    outcomes: list[BatchOutcome] = []
    ends = np.cumsum(sizes).tolist()
    for size, end in zip(sizes, ends, strict=True):
        short = [(name, len(array)) for name, array in outputs.items() if len(array) < end]
        if short:
            name, given = short[0]
            outcomes.append(
                f"failed to split the output tensor '{name}' in responses: expected batch size of atleast "
                f"{end} in "
                f"model output, got {given}"
            )
        else:
            outcomes.append({name: array[end - size : end] for name, array in outputs.items()})
    return outcomes
