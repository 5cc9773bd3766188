"""Tensors checked against a model's signature, and the two forms in which Triton takes and gives them.

A client that ``typed_client`` writes carries this file's code word for word; so it stands on numpy and
tritonclient, and of ours on the signature alone.

Bodies follow the KServe v2 protocol with Triton's binary extension, as Triton's SageMaker frontend takes
them on /invocations (Triton documentation, "SageMaker" and "Binary tensor data extension").
"""

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tritonclient.http import InferenceServerClient, InferInput, InferRequestedOutput, InferResult
from tritonclient.utils import InferenceServerException, np_to_triton_dtype

from model_packaging.artifact.signature import Signature, TensorSpec

__all__ = [
    "BINARY_CONTENT_TYPE",
    "JSON_CONTENT_TYPE",
    "MAXIMUM_BODY_BYTES",
    "batch_size_of",
    "inference_body",
    "input_problems",
    "json_problems",
    "output_problems",
    "read_outputs",
    "size_problems",
]

BINARY_CONTENT_TYPE = "application/vnd.sagemaker-triton.binary+json;json-header-size="
"""Followed by the size in bytes of the JSON header before the tensors' bytes."""

JSON_CONTENT_TYPE = "application/json"

MAXIMUM_BODY_BYTES = 6_291_456
"""SageMaker Runtime API reference, InvokeEndpoint, Body: maximum length."""


def batch_size_of(signature: Signature, inputs: Mapping[str, NDArray[Any]]) -> int | None:
    """Return the batch size of inputs without problems; None where the model has no batch dimension."""
    sizes = [array.shape[0] for array in inputs.values()] if signature.batched else []
    return sizes[0] if sizes else None


def input_problems(
    signature: Signature, inputs: Mapping[str, NDArray[Any]], max_batch_size: int | None = None
) -> list[str]:
    """Say in words everything in which ``inputs`` don't fit the model.

    Args:
        signature: the model's.
        inputs: one array per input, by name; with the batch dimension where the model has one.
        max_batch_size: the most that the model takes in one request; None: not known.
    """
    problems = _name_problems("input", signature.inputs, inputs)
    for spec in signature.inputs:
        if spec.name in inputs:
            problems += _tensor_problems(spec, inputs[spec.name], "takes", batched=signature.batched)
    sizes = {array.shape[0] for array in inputs.values() if signature.batched and array.ndim}
    if len(sizes) > 1:
        problems.append(f"batch sizes differ between inputs: {sorted(sizes)}")
    elif 0 in sizes:
        problems.append("the batch is empty: it needs at least one request")
    if max_batch_size is not None and sizes and max(sizes) > max_batch_size:
        problems.append(f"batch size is {max(sizes)}, the model takes at most {max_batch_size}")
    return problems


def output_problems(
    signature: Signature, outputs: Mapping[str, NDArray[Any]], batch_size: int | None = None
) -> list[str]:
    """Say in words everything in which ``outputs`` are not what the model gives.

    Args:
        signature: the model's.
        outputs: one array per output, by name.
        batch_size: of the request; None: not known.
    """
    problems = _name_problems("output", signature.outputs, outputs)
    for spec in signature.outputs:
        if spec.name not in outputs:
            continue
        array = outputs[spec.name]
        found = _tensor_problems(spec, array, "gives", batched=signature.batched)
        if not found and signature.batched and batch_size not in {None, array.shape[0]}:
            found = [f"{spec.name}: batch size is {array.shape[0]}, the request's is {batch_size}"]
        problems += found
    return problems


def json_problems(signature: Signature, inputs: Mapping[str, NDArray[Any]]) -> list[str]:
    """Say in words what JSON can't carry of a request and its answer.

    Source: triton-inference-server/server, src/http_server.cc: 16-bit floats are refused in JSON both ways.
    """
    names = [
        spec.name for spec in (*signature.inputs, *signature.outputs) if spec.datatype in {"FP16", "BF16"}
    ]
    problems = (
        [f"{', '.join(names)}: 16-bit floats have no JSON form; send a binary request"] if names else []
    )
    for name, array in inputs.items():
        if array.dtype.kind in "OS" and not all(_is_text(value) for value in array.flat):
            problems.append(f"{name}: holds bytes that are no UTF-8, JSON takes text; send a binary request")
    return problems


def size_problems(body: bytes) -> list[str]:
    """Say in words that SageMaker doesn't take so large a body."""
    if len(body) <= MAXIMUM_BODY_BYTES:
        return []
    words = f"the request has {len(body)} bytes, SageMaker takes at most {MAXIMUM_BODY_BYTES}"
    return [f"{words}; send a smaller batch"]


def inference_body(
    signature: Signature, inputs: Mapping[str, NDArray[Any]], *, binary: bool
) -> tuple[str, bytes]:
    """Return the content type and the body of a request.

    Args:
        signature: the model's.
        inputs: without problems, or tritonclient raises its own errors.
        binary: whether tensors travel as bytes behind a JSON header, both ways, or as JSON: readable, and
            several times larger.
    """
    tensors = []
    for spec in signature.inputs:
        if spec.name not in inputs:
            continue  # it is optional
        tensor = InferInput(spec.name, list(inputs[spec.name].shape), spec.datatype)
        tensors.append(tensor.set_data_from_numpy(inputs[spec.name], binary_data=binary))
    outputs = [InferRequestedOutput(spec.name, binary_data=binary) for spec in signature.outputs]
    body, header_bytes = InferenceServerClient.generate_request_body(tensors, outputs=outputs)
    return (f"{BINARY_CONTENT_TYPE}{header_bytes}" if binary else JSON_CONTENT_TYPE), bytes(body)


def read_outputs(content_type: str, body: bytes) -> dict[str, NDArray[Any]]:
    """Return an answer's outputs by name; strings come as ``bytes``, whichever form they travelled in.

    Args:
        content_type: of the answer; JSON, or Triton's binary type with the size of its JSON header.
        body: the answer's bytes.

    Raises:
        ValueError: it is neither of the two, or cut short; in words.
    """
    header_bytes: int | None = None
    if content_type.startswith(BINARY_CONTENT_TYPE):
        digits = content_type.removeprefix(BINARY_CONTENT_TYPE).partition(";")[0].strip()
        if not digits.isascii() or not digits.isdigit() or int(digits) > len(body):
            raise ValueError(f"the answer's content type {content_type!r} doesn't fit its {len(body)} bytes.")
        header_bytes = int(digits)
    try:
        names = [output["name"] for output in json.loads(body[:header_bytes])["outputs"]]
        result = InferResult.from_response_body(body, header_length=header_bytes)
        return {name: _with_bytes(np.asarray(result.as_numpy(name))) for name in names}
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
        struct.error,
        InferenceServerException,
    ) as error:
        # tritonclient reads an answer without checks: what is amiss in it ends in any of these.
        raise ValueError(
            f"the answer ({content_type}, {len(body)} bytes) is no inference answer: {error!r}"
        ) from error


def _name_problems(role: str, specs: tuple[TensorSpec, ...], arrays: Mapping[str, NDArray[Any]]) -> list[str]:
    names = [spec.name for spec in specs]
    unknown = [
        f"{name}: the model has no such {role} (it has {', '.join(names)})"
        for name in arrays
        if name not in names
    ]
    missing = [spec.name for spec in specs if not spec.optional and spec.name not in arrays]
    return unknown + [f"{name}: missing" for name in missing]


def _tensor_problems(spec: TensorSpec, array: NDArray[Any], verb: str, *, batched: bool) -> list[str]:
    problems = []
    datatype = np_to_triton_dtype(array.dtype)
    if datatype != spec.datatype:
        how = "; make the array with dtype=object" if spec.datatype == "BYTES" else ""
        problems.append(
            f"{spec.name}: data type is {datatype or array.dtype}, the model {verb} {spec.datatype}{how}"
        )
    elif array.dtype == object and not all(isinstance(each, bytes) or _is_text(each) for each in array.flat):
        problems.append(f"{spec.name}: holds values that are neither bytes nor text that UTF-8 can carry")
    dims = (-1, *spec.dims) if batched else spec.dims
    fits = len(array.shape) == len(dims) and all(
        want in (-1, have) for have, want in zip(array.shape, dims, strict=True)
    )
    if not fits:
        wanted = [*(["batch"] if batched else []), *("any" if dim == -1 else dim for dim in spec.dims)]
        problems.append(
            f"{spec.name}: shape is {list(array.shape)}, the model {verb} [{', '.join(map(str, wanted))}]"
        )
    return problems


def _is_text(value: object) -> bool:
    """Whether JSON can carry a value of a tensor of strings."""
    try:
        if isinstance(value, bytes):
            value.decode()
        elif isinstance(value, str):
            value.encode()
        else:
            return False
    except UnicodeError:
        return False
    return True


def _with_bytes(array: NDArray[Any]) -> NDArray[Any]:
    """Return strings as the binary form has them."""
    if array.dtype != object:
        return array
    encoded = [value.encode() if isinstance(value, str) else value for value in array.ravel().tolist()]
    texts = np.empty(len(encoded), dtype=object)
    texts[:] = encoded
    return texts.reshape(array.shape)
