"""Requests and answers of Triton's generate extension: JSON values by name, without shapes.

Source: Triton documentation, "Generate Extension"; how values become tensors:
triton-inference-server/server, src/http_server.cc, ``GenerateRequestClass``, measured against Triton 2.51.
"""

import json
import math
from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from invocation.answer import check_outputs
from invocation.errors import AnswerError, EndpointError, RequestError
from invocation.json_values import array_of_json
from invocation.request import RequestBody, within_limit
from invocation.tensors import JSON_CONTENT_TYPE, input_problems, json_problems
from model_packaging.artifact import Signature, TensorSpec

__all__ = ["Parameter", "generate_request", "read_generated"]

Parameter = str | int | float | bool
"""What a parameter of a request may be; which ones there are is the model's business."""


def generate_request(
    signature: Signature,
    inputs: Mapping[str, NDArray[Any]],
    parameters: Mapping[str, Parameter] | None = None,
    *,
    max_batch_size: int | None = None,
) -> RequestBody:
    """Return a body of the generate extension.

    Args:
        signature: the model's.
        inputs: one array per input, by name; with the batch dimension where the model has one.
        parameters: passed on to the model. Default: none.
        max_batch_size: the most that the model takes in one request. Default: not checked.

    Raises:
        RequestError: the inputs don't fit the model or this form; all that is amiss at once.
    """
    problems = input_problems(signature, inputs, max_batch_size) or [
        *json_problems(signature, inputs),
        *_shape_problems(signature, inputs),
    ]
    if problems:
        raise RequestError(f"the inputs don't fit the model: {'; '.join(problems)}.")
    document: dict[str, Any] = {name: _values(array) for name, array in inputs.items()}
    if parameters:
        document["parameters"] = dict(parameters)
    return within_limit(RequestBody(JSON_CONTENT_TYPE, json.dumps(document).encode()))


def read_generated(
    signature: Signature, data: bytes, batch_size: int | None = None
) -> dict[str, NDArray[Any]]:
    """Return the outputs of one answer by name; strings come as ``bytes``.

    An answer carries values without shapes. They get the signature's dimensions; an output with several
    variable ones can't, and has one dimension for all of them.

    Args:
        signature: the model's.
        data: one JSON object: of ``generate``, or of one event of ``generate_stream``.
        batch_size: of the request; None where the model has no batch dimension.

    Raises:
        EndpointError: the model failed; with its own words.
        AnswerError: it is no answer of this model.
    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise AnswerError(f"the answer holds no JSON: {_start_of(data)} ({error}).") from error
    if not isinstance(document, dict):
        raise AnswerError(f"the answer is no JSON object: {_start_of(data)}.")
    outputs = {spec.name: spec for spec in signature.outputs}
    if "error" in document and "error" not in outputs:
        raise EndpointError(f"the model says: {document['error']}")
    arrays = {
        name: _array(spec, document[name], batch_size if signature.batched else None)
        for name, spec in outputs.items()
        if name in document
    }
    shaped = [spec for spec in signature.outputs if spec.dims.count(-1) <= 1]
    # What else the answer holds are its model's name and version, and parameters.
    check_outputs(
        Signature(signature.inputs, tuple(shaped), signature.batched),
        {spec.name: arrays[spec.name] for spec in shaped if spec.name in arrays},
        batch_size=batch_size,
    )
    return arrays


def _values(array: NDArray[Any]) -> Any:  # noqa: ANN401 - a JSON value
    """Return the values without their shape; a single one stands alone, as the documentation writes it."""
    values = [value.decode() if isinstance(value, bytes) else value for value in array.ravel().tolist()]
    return values[0] if len(values) == 1 else values


def _shape_problems(signature: Signature, inputs: Mapping[str, NDArray[Any]]) -> list[str]:
    problems = []
    for spec in signature.inputs:
        if spec.name not in inputs:
            continue  # it is optional
        array = inputs[spec.name]
        read = _shape_that_triton_reads((-1, *spec.dims) if signature.batched else spec.dims, array.size)
        if read != array.shape:
            problems.append(
                f"{spec.name}: shape is {list(array.shape)}, but the generate extension sends values without "
                f"it, and Triton reads {list(read)}"
            )
    return problems


def _shape_that_triton_reads(dims: tuple[int, ...], count: int) -> tuple[int, ...]:
    """Return the shape of so many values: the last variable dimension takes what the fixed ones leave."""
    left = count // max(math.prod(dim for dim in dims if dim != -1), 1)
    shape = []
    for dim in reversed(dims):
        shape.append(left if dim == -1 else dim)
        left = 1 if dim == -1 else left
    return tuple(reversed(shape))


def _array(spec: TensorSpec, value: object, batch_size: int | None) -> NDArray[Any]:
    try:
        array = array_of_json(spec.datatype, value if isinstance(value, list) else [value])
    except ValueError as error:
        raise AnswerError(f"{spec.name}: the answer is not what the model gives: {error}.") from error
    shape = spec.dims if batch_size is None else (batch_size, *spec.dims)
    fixed = max(math.prod(dim for dim in shape if dim != -1), 1)
    fits = array.size % fixed == 0 if -1 in shape else array.size == fixed
    # What doesn't fit stays flat, and is told as a wrong shape.
    return array.reshape(shape) if fits and shape.count(-1) <= 1 else array


def _start_of(data: bytes) -> str:
    return repr(data[:80].decode(errors="replace"))
