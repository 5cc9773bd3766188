"""Requests and answers of SageMaker's PyTorch toolkit: one array in NumPy's .npy format each way.

Source: sagemaker-inference-toolkit (``decoder.py``, ``encoder.py``) and sagemaker-pytorch-inference-toolkit
(``default_pytorch_inference_handler.py``): the default functions take and give one array, and give it without
its data type: a tensor becomes a list first.
"""

import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tritonclient.utils import triton_to_np_dtype

from invocation.errors import AnswerError, RequestError
from invocation.request import RequestBody, check_inputs, within_limit
from model_packaging.artifact import Signature

__all__ = ["JSON_CONTENT_TYPE", "NPY_CONTENT_TYPE", "npy_request", "read_array_answer"]

NPY_CONTENT_TYPE = "application/x-npy"
JSON_CONTENT_TYPE = "application/json"


def npy_request(signature: Signature, inputs: Mapping[str, NDArray[Any]]) -> RequestBody:
    """Return a body that holds the model's one input, and asks for an answer of the same kind.

    Raises:
        RequestError: the inputs don't fit the signature, or the model takes several.
    """
    check_inputs(signature, inputs)
    if len(signature.inputs) != 1:
        names = ", ".join(spec.name for spec in signature.inputs)
        raise RequestError(
            f"{NPY_CONTENT_TYPE} holds one array, the model takes {names}; send what its entry point's "
            "input_fn reads."
        )
    buffer = io.BytesIO()
    np.save(buffer, inputs[signature.inputs[0].name], allow_pickle=False)
    return within_limit(RequestBody(NPY_CONTENT_TYPE, buffer.getvalue(), accept=NPY_CONTENT_TYPE))


def read_array_answer(signature: Signature, content_type: str, body: bytes) -> dict[str, NDArray[Any]]:
    """Return the model's one output, in the data type that its signature says.

    Args:
        signature: the model's.
        content_type: of the answer, .npy or JSON.
        body: the answer's bytes.

    Raises:
        AnswerError: it is neither of the two or can't be read, or the model has several outputs.
    """
    if len(signature.outputs) != 1:
        names = ", ".join(spec.name for spec in signature.outputs)
        raise AnswerError(
            f"the answer ({content_type}) can't be told apart into {names}; its entry point's output_fn "
            "decides what it holds."
        )
    (output,) = signature.outputs
    return {output.name: _array(content_type, body).astype(triton_to_np_dtype(output.datatype))}


def _array(content_type: str, body: bytes) -> NDArray[Any]:
    kind = content_type.partition(";")[0].strip().lower()
    try:
        if kind == NPY_CONTENT_TYPE:
            array: NDArray[Any] = np.load(io.BytesIO(body), allow_pickle=False)
            return array
        if kind == JSON_CONTENT_TYPE:
            return np.asarray(json.loads(body))
    except (ValueError, EOFError) as error:
        raise AnswerError(
            f"the answer ({content_type}, {len(body)} bytes) holds no array: {error}"
        ) from error
    raise AnswerError(
        f"the answer's content type is {content_type!r}; what can be read is {NPY_CONTENT_TYPE} and "
        f"{JSON_CONTENT_TYPE}."
    )
