"""The body of an inference request, from arrays by name.

Bodies follow the KServe v2 protocol with Triton's binary extension, as Triton's SageMaker frontend takes
them on /invocations (Triton documentation, "SageMaker" and "Binary tensor data extension").
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tritonclient.http import InferenceServerClient, InferInput, InferRequestedOutput
from tritonclient.utils import np_to_triton_dtype

from invocation.errors import RequestError
from model_packaging.artifact import Signature, TensorSpec

__all__ = [
    "BINARY_CONTENT_TYPE",
    "MAXIMUM_BODY_BYTES",
    "RequestBody",
    "binary_request",
    "check_inputs",
    "json_request",
    "within_limit",
]

BINARY_CONTENT_TYPE = "application/vnd.sagemaker-triton.binary+json;json-header-size="
"""Followed by the size in bytes of the JSON header before the tensors' bytes."""

MAXIMUM_BODY_BYTES = 6_291_456
"""SageMaker Runtime API reference, InvokeEndpoint, Body: maximum length."""


@dataclass(frozen=True, slots=True)
class RequestBody:
    """A request's bytes and how to read them.

    Attributes:
        content_type: of the bytes.
        body: the bytes.
        accept: the content type wanted of the answer; None leaves it to the container.
    """

    content_type: str
    body: bytes
    accept: str | None = None


def binary_request(signature: Signature, inputs: Mapping[str, NDArray[Any]]) -> RequestBody:
    """Return a body whose tensors travel as bytes behind a JSON header.

    Args:
        signature: the model's; names, data types and dimensions are checked against it.
        inputs: one array per input, by name; with the batch dimension where the model has one.

    Raises:
        RequestError: names, data types or dimensions differ from the signature; all differences at once.
    """
    check_inputs(signature, inputs)
    tensors = []
    for spec in signature.inputs:
        tensor = InferInput(spec.name, inputs[spec.name].shape, spec.datatype)
        tensor.set_data_from_numpy(inputs[spec.name], binary_data=True)
        tensors.append(tensor)
    outputs = [InferRequestedOutput(spec.name, binary_data=True) for spec in signature.outputs]
    body, header_bytes = InferenceServerClient.generate_request_body(tensors, outputs=outputs)
    return within_limit(RequestBody(f"{BINARY_CONTENT_TYPE}{header_bytes}", bytes(body)))


def json_request(signature: Signature, inputs: Mapping[str, NDArray[Any]]) -> RequestBody:
    """Return a body that is JSON throughout: readable, and several times larger than the binary one.

    Raises:
        RequestError: as for ``binary_request``; or a tensor of a data type JSON has no numbers for.
    """
    check_inputs(signature, inputs)
    no_numbers = [spec.name for spec in signature.inputs if spec.datatype in {"FP16", "BF16"}]
    if no_numbers:
        raise RequestError(
            f"{', '.join(no_numbers)}: 16-bit floats have no JSON form; send a binary request."
        )
    document = {
        "inputs": [
            {
                "name": spec.name,
                "shape": list(inputs[spec.name].shape),
                "datatype": spec.datatype,
                "data": _json_values(inputs[spec.name]),
            }
            for spec in signature.inputs
        ],
        "outputs": [{"name": spec.name} for spec in signature.outputs],
    }
    return within_limit(RequestBody("application/json", json.dumps(document).encode()))


def _json_values(array: NDArray[Any]) -> list[Any]:
    if array.dtype == object:
        return [value.decode() if isinstance(value, bytes) else str(value) for value in array.ravel()]
    values: list[Any] = array.ravel().tolist()
    return values


def check_inputs(signature: Signature, inputs: Mapping[str, NDArray[Any]]) -> None:
    """Check inputs against a signature.

    Raises:
        RequestError: names, data types or dimensions differ; all differences at once.
    """
    expected = {spec.name: spec for spec in signature.inputs}
    problems = [
        f"{name}: the model has no such input (it has {', '.join(expected)})"
        for name in inputs
        if name not in expected
    ]
    problems += [f"{name}: missing" for name in expected if name not in inputs]
    for name, spec in expected.items():
        if name in inputs:
            problems += _tensor_problems(spec, np.asarray(inputs[name]), batched=signature.batched)
    batch_sizes = {array.shape[0] for array in inputs.values() if signature.batched and array.ndim}
    if len(batch_sizes) > 1:
        problems.append(f"batch sizes differ between inputs: {sorted(batch_sizes)}")
    if problems:
        raise RequestError("the inputs don't fit the model: " + "; ".join(problems))


def _tensor_problems(spec: TensorSpec, array: NDArray[Any], *, batched: bool) -> list[str]:
    problems = []
    datatype = np_to_triton_dtype(array.dtype)
    if datatype != spec.datatype:
        problems.append(
            f"{spec.name}: data type is {datatype or array.dtype}, the model takes {spec.datatype}"
        )
    dims = array.shape[1:] if batched else array.shape
    fits = len(dims) == len(spec.dims) and all(
        want in (-1, have) for have, want in zip(dims, spec.dims, strict=True)
    )
    if not fits or (batched and not array.ndim):
        wanted = [*(["batch"] if batched else []), *("any" if dim == -1 else dim for dim in spec.dims)]
        problems.append(
            f"{spec.name}: shape is {list(array.shape)}, the model takes [{', '.join(map(str, wanted))}]"
        )
    return problems


def within_limit(request: RequestBody) -> RequestBody:
    """Return ``request``, which SageMaker takes.

    Raises:
        RequestError: it is too large.
    """
    if len(request.body) > MAXIMUM_BODY_BYTES:
        raise RequestError(
            f"the request has {len(request.body)} bytes, SageMaker takes at most {MAXIMUM_BODY_BYTES}; "
            "send a smaller batch."
        )
    return request
