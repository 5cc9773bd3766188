"""Holds config.pbtxt against the tensors of an ONNX model, as the native backend does.

Source of the rules and of the messages: triton-inference-server/onnxruntime_backend, src/onnxruntime.cc
(``ValidateInputs``, ``ValidateOutputs``) and src/onnxruntime_utils.cc (``CompareDimsSupported``,
``ModelConfigDataTypeToOnnxDataType``); triton-inference-server/backend, src/backend_common.cc
(``CheckAllowedModelInput``, ``ShapeToString``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import OrtError

__all__ = ["DATATYPES", "ModelTensor", "check_inputs", "check_outputs"]

DATATYPES: Mapping[str, str] = {
    "tensor(bool)": "TYPE_BOOL",
    "tensor(uint8)": "TYPE_UINT8",
    "tensor(uint16)": "TYPE_UINT16",
    "tensor(uint32)": "TYPE_UINT32",
    "tensor(uint64)": "TYPE_UINT64",
    "tensor(int8)": "TYPE_INT8",
    "tensor(int16)": "TYPE_INT16",
    "tensor(int32)": "TYPE_INT32",
    "tensor(int64)": "TYPE_INT64",
    "tensor(float16)": "TYPE_FP16",
    "tensor(float)": "TYPE_FP32",
    "tensor(double)": "TYPE_FP64",
    "tensor(string)": "TYPE_STRING",
}
"""Triton's names by ONNX Runtime's, for every type that the backend takes."""

_VARIABLE = -1


@dataclass(frozen=True, slots=True)
class ModelTensor:
    """One input or output of the ONNX model.

    Attributes:
        name: in the graph.
        onnx_type: as ONNX Runtime names it, such as ``tensor(float)``.
        shape: -1 where a dimension is dynamic; empty for a scalar.
    """

    name: str
    onnx_type: str
    shape: tuple[int, ...]

    @classmethod
    def of(cls, node: Any) -> "ModelTensor":  # noqa: ANN401 - ONNX Runtime's NodeArg has no types
        """Return what ``node`` of a session says."""
        shape = tuple(size if isinstance(size, int) and size >= 0 else _VARIABLE for size in node.shape)
        return cls(node.name, node.type, shape)


def check_inputs(
    config: Mapping[str, Any], inputs: Sequence[ModelTensor], initializers: Sequence[ModelTensor]
) -> None:
    """Check ``config``, Triton's JSON, against the model's inputs and its initializers that requests may set.

    Raises:
        OrtError: the first thing that the native backend refuses.
    """
    name, batched = config["name"], config.get("max_batch_size", 0) > 0
    configured = config.get("input", [])
    expected = sum(not each.get("optional", False) for each in configured)
    if len(inputs) != expected:
        raise OrtError(
            f"unable to load model '{name}', configuration expects {expected} inputs, model provides "
            f"{len(inputs)}"
        )
    known = {each.name: each for each in (*inputs, *initializers)}
    for each in configured:
        if each.get("optional", False) and batched:
            raise OrtError(
                f"unable to load model '{name}', optional input '{each['name']}' is not supported for models "
                "that "
                "support batching"
            )
        _check_tensor(config, each, "input", known, exact=False)


def check_outputs(config: Mapping[str, Any], outputs: Sequence[ModelTensor]) -> None:
    """Check ``config``, Triton's JSON, against the model's outputs.

    Raises:
        OrtError: the first thing that the native backend refuses.
    """
    known = {each.name: each for each in outputs}
    for each in config.get("output", []):
        _check_tensor(config, each, "output", known, exact=True)


def _check_tensor(
    config: Mapping[str, Any],
    configured: Mapping[str, Any],
    kind: str,
    known: Mapping[str, ModelTensor],
    *,
    exact: bool,
) -> None:
    name = configured["name"]
    if name not in known:
        raise OrtError(
            f"unexpected inference {kind} '{name}', allowed {kind}s are: {', '.join(sorted(known))}"
        )
    tensor, wanted = known[name], configured["data_type"]
    if wanted not in DATATYPES.values():
        raise OrtError(f"unsupported datatype {wanted} for {kind} '{name}' for model '{config['name']}'")
    provided = DATATYPES.get(tensor.onnx_type, "TYPE_INVALID")
    if wanted != provided:
        raise OrtError(
            f"unable to load model '{config['name']}', configuration expects datatype {wanted} for {kind} "
            f"'{name}', "
            f"model provides {provided}"
        )
    dims = tuple(int(size) for size in _dims(configured))
    if tensor.shape:
        _check_dims(config, tensor, dims, exact=exact)
    elif any(size != 1 for size in dims):
        raise OrtError(
            f"unable to load model '{config['name']}', scalar tensor '{name}', should only provide 1 in the "
            "model "
            "configuration when the model doesn't support batching. Model configuration provided: "
            f"{_text(dims)}."
        )


def _dims(configured: Mapping[str, Any]) -> Sequence[Any]:
    dims: Sequence[Any] = configured.get("reshape", {}).get("shape", configured["dims"])
    return dims


def _check_dims(
    config: Mapping[str, Any], tensor: ModelTensor, dims: tuple[int, ...], *, exact: bool
) -> None:
    place = f"model '{config['name']}', tensor '{tensor.name}': "
    batched = config.get("max_batch_size", 0) > 0
    if batched and tensor.shape[0] != _VARIABLE:
        raise OrtError(
            f"{place}for the model to support batching the shape should have at least 1 dimension and the "
            "first "
            f"dimension must be -1; but shape expected by the model is {_text(tensor.shape)}"
        )
    full = (_VARIABLE, *dims) if batched else dims
    fits = len(full) == len(tensor.shape) and all(
        model == said or (model == _VARIABLE and not exact)
        for model, said in zip(tensor.shape, full, strict=True)
    )
    if fits:
        return
    told = (
        "an initial batch dimension because max_batch_size > 0 followed by the explicit tensor shape, making "
        f"complete shape {_text(full)}"
        if batched
        else f"shape {_text(full)}"
    )
    raise OrtError(
        f"{place}the model expects {len(tensor.shape)} dimensions (shape {_text(tensor.shape)}) but the "
        "model "
        f"configuration specifies {len(full)} dimensions ({told})"
    )


def _text(shape: Sequence[int]) -> str:
    return f"[{','.join(map(str, shape))}]"
