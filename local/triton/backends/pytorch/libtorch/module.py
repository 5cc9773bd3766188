"""A TorchScript module under the load, batching and output rules of Triton's LibTorch backend.

Source of the rules and of the messages: triton-inference-server/pytorch_backend, src/libtorch.cc
(``LoadModel``, ``ValidateInputs``, ``ValidateOutputs``, ``Execute``, ``ReadOutputTensors``) and
triton-inference-server/backend, src/backend_output_responder.cc (``ProcessTensor``).
"""

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .naming import NamingConvention, input_indices, output_indices

__all__ = ["DATATYPES", "BatchOutcome", "LibTorchError", "LibTorchModule", "Tensors"]

Tensors = dict[str, np.ndarray[Any, Any]]
BatchOutcome = Tensors | str
"""What one request of a batch gets: its outputs by name, or why it failed."""

DATATYPES: Mapping[str, torch.dtype] = {
    "TYPE_BOOL": torch.bool,
    "TYPE_UINT8": torch.uint8,
    "TYPE_INT8": torch.int8,
    "TYPE_INT16": torch.int16,
    "TYPE_INT32": torch.int32,
    "TYPE_INT64": torch.int64,
    "TYPE_FP16": torch.float16,
    "TYPE_FP32": torch.float32,
    "TYPE_FP64": torch.float64,
}
"""What LibTorch can take and give (src/libtorch_utils.cc, ``ModelConfigDataTypeToTorchType``)."""

_NAMES = {datatype: name for name, datatype in DATATYPES.items()}
_NOT_SERVED = ("sequence_batching", "batch_input", "batch_output")


class LibTorchError(Exception):
    """The model can't be loaded, or a whole batch can't be answered; the message is LibTorch's own."""


class LibTorchModule:
    """One instance of a model.

    Attributes:
        naming: how its inputs' names are mapped to forward's arguments.
    """

    def __init__(self, path: Path, config: Mapping[str, Any]) -> None:
        """Load the TorchScript file ``path`` for the model configuration ``config`` (as Triton's JSON)."""
        self._name: str = config["name"]
        self._batched = config.get("max_batch_size", 0) > 0
        self._refuse_what_is_not_served(config)
        parameters = {key: str(value["string_value"]) for key, value in config.get("parameters", {}).items()}
        self._inference_mode = _flag(parameters, "INFERENCE_MODE", default=True)
        self._optimize = not _flag(parameters, "DISABLE_OPTIMIZED_EXECUTION", default=False)
        self._module = self._load(path)
        inputs = self._checked_tensors(config, "input")
        outputs = self._checked_tensors(config, "output")
        self.naming, self._input_indices = self._map_inputs(list(inputs))
        _, self._output_indices = output_indices(list(outputs))
        self._output_types = outputs

    def run(self, requests: Sequence[Tensors]) -> list[BatchOutcome]:
        """Answer ``requests``, as one batch where the model has a batch dimension.

        Args:
            requests: inputs by name; equal shapes but for the batch dimension, as Triton batches them.

        Returns:
            One outcome per request, in their order.

        Raises:
            LibTorchError: forward failed, or its results don't fit the configuration: every request of the
                batch fails alike, as with LibTorch.
        """
        if not self._batched:
            return [self._outputs(self._forward([request])) for request in requests]
        results = self._forward(requests)
        sizes = [len(next(iter(request.values()))) for request in requests]
        return _split(self._outputs(results), sizes)

    def _refuse_what_is_not_served(self, config: Mapping[str, Any]) -> None:
        tensors = [*config.get("input", ()), *config.get("output", ())]
        refused = [f"'{field}'" for field in _NOT_SERVED if config.get(field)]
        for tensor in tensors:
            if tensor["data_type"] == "TYPE_STRING":
                refused.append(f"TYPE_STRING of '{tensor['name']}'")
            if tensor.get("allow_ragged_batch"):
                refused.append(f"ragged batches of '{tensor['name']}'")
        if refused:
            raise LibTorchError(
                f"this machine's stand-in for the LibTorch backend does not serve {', '.join(refused)}; the "
                "native backend does: deploy to AWS to try it"
            )

    def _load(self, path: Path) -> torch.jit.ScriptModule:
        if not path.is_file():
            raise LibTorchError(f"unable to find '{path}' for model instance '{self._name}'")
        try:
            with warnings.catch_warnings(), torch.inference_mode(self._inference_mode):
                warnings.simplefilter("ignore", DeprecationWarning)  # TorchScript is, since torch 2.11
                module: torch.jit.ScriptModule = torch.jit.load(  # type: ignore[no-untyped-call]  # as torch has it
                    str(path), map_location="cpu"
                )
        except (RuntimeError, ValueError) as error:
            raise LibTorchError(f"failed to load model '{self._name}': {error}") from error
        return module

    def _checked_tensors(self, config: Mapping[str, Any], kind: str) -> dict[str, str]:
        tensors = {tensor["name"]: tensor["data_type"] for tensor in config.get(kind, ())}
        if not tensors:
            raise LibTorchError(f"model configuration must contain at least one {kind}, none were specified.")
        for name, datatype in tensors.items():
            if datatype not in DATATYPES:
                raise LibTorchError(
                    f"unsupported datatype {datatype} for {kind} '{name}' for model '{self._name}'"
                )
        return tensors

    def _map_inputs(self, names: Sequence[str]) -> tuple[NamingConvention, dict[str, int]]:
        forward: Any = self._module.forward
        arguments = forward.schema.arguments[1:]  # the first is self
        self._takes_dictionary = len(arguments) == 1 and arguments[0].type.kind() == "DictType"
        if self._takes_dictionary:
            return NamingConvention.FORWARD_ARGUMENT, {name: index for index, name in enumerate(names)}
        for argument in arguments:
            if argument.type.kind() not in {"TensorType", "ListType"}:
                raise LibTorchError(
                    f"An input of type '{argument.type.str()}' was detected in the model. Only a single "
                    "input of type Dict(str, Tensor) or input(s) of type Tensor are supported."
                )
        if len(arguments) != len(names):
            raise LibTorchError(
                f"unable to load model '{self._name}', configuration expects {len(names)} inputs, model "
                f"provides {len(arguments)}"
            )
        naming, indices = input_indices(names, [argument.name for argument in arguments])
        if sorted(indices.values()) != list(range(len(arguments))):
            # LibTorch writes past its inputs or leaves one undefined: it crashes, or answers nonsense.
            raise LibTorchError(
                f"the inputs {sorted(indices)} of model '{self._name}' refer to the positions "
                f"{sorted(indices.values())}, but forward has the positions 0 to {len(arguments) - 1}"
            )
        return naming, indices

    def _forward(self, requests: Sequence[Tensors]) -> tuple[torch.Tensor, ...]:
        tensors = {
            name: _concatenated([request[name] for request in requests]) for name in self._input_indices
        }
        arguments: list[Any] = [tensors] if self._takes_dictionary else self._in_order(tensors)
        try:
            with (
                torch.no_grad(),
                torch.inference_mode(self._inference_mode),
                torch.jit.optimized_execution(self._optimize),  # type: ignore[attr-defined]  # no __all__
            ):
                return _results(self._module(*arguments))
        except Exception as error:  # whatever a model raises fails its batch, never the server
            raise LibTorchError(f"PyTorch execute failure: {error}") from error

    def _in_order(self, tensors: Mapping[str, torch.Tensor]) -> list[torch.Tensor]:
        return [tensors[name] for name in sorted(self._input_indices, key=self._input_indices.__getitem__)]

    def _outputs(self, results: Sequence[torch.Tensor]) -> Tensors:
        for name, index in self._output_indices.items():
            if index >= len(results):
                raise LibTorchError(
                    f"The output {name} in the model configuration refers to an output index which doesn't "
                    f"exist. This model has {len(results)} outputs"
                )
        return {name: self._output(name, results[index]) for name, index in self._output_indices.items()}

    def _output(self, name: str, result: torch.Tensor) -> np.ndarray[Any, Any]:
        provided = _NAMES.get(result.dtype, "TYPE_INVALID")
        if provided != self._output_types[name]:
            raise LibTorchError(
                f"configuration expects datatype {self._output_types[name]} for output '{name}', model "
                f"provides {provided}"
            )
        if result.ndim == 0:
            raise LibTorchError(f"output '{name}' is a scalar which is not supported.")
        array: np.ndarray[Any, Any] = result.detach().contiguous().numpy()
        return array


def _flag(parameters: Mapping[str, str], key: str, *, default: bool) -> bool:
    words = {"true": True, "1": True, "false": False, "0": False}
    if key not in parameters:
        return default
    try:
        return words[parameters[key].lower()]
    except KeyError:
        raise LibTorchError(
            f"failed to convert parameter {key} '{parameters[key]}' to boolean value"
        ) from None


def _concatenated(arrays: Sequence[np.ndarray[Any, Any]]) -> torch.Tensor:
    return torch.from_numpy(arrays[0] if len(arrays) == 1 else np.concatenate(arrays))


def _results(returned: object) -> tuple[torch.Tensor, ...]:
    if isinstance(returned, torch.Tensor):
        return (returned,)
    if isinstance(returned, tuple) and all(isinstance(result, torch.Tensor) for result in returned):
        return returned
    raise TypeError(
        "output must be of type Tensor, List[str] or Tuple containing one of these two types. It should not "
        "be a List / Dictionary of Tensors or a Scalar"
    )


def _split(outputs: Tensors, sizes: Sequence[int]) -> list[BatchOutcome]:
    outcomes: list[BatchOutcome] = []
    start = 0
    for size in sizes:
        end = start + size
        short = [(name, len(array)) for name, array in outputs.items() if len(array) < end]
        if short:
            name, given = short[0]
            outcomes.append(
                f"failed to split the output tensor '{name}' in responses: expected batch size of atleast "
                f"{end} in model output, got {given}"
            )
        else:
            outcomes.append({name: array[start:end] for name, array in outputs.items()})
        start = end
    return outcomes
