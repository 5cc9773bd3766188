"""The body of an inference request, from arrays by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from invocation.errors import RequestError
from invocation.tensors import (
    BINARY_CONTENT_TYPE,
    MAXIMUM_BODY_BYTES,
    inference_body,
    input_problems,
    json_problems,
    size_problems,
)
from model_packaging.artifact import Signature

__all__ = [
    "BINARY_CONTENT_TYPE",
    "MAXIMUM_BODY_BYTES",
    "RequestBody",
    "binary_request",
    "check_inputs",
    "json_request",
    "within_limit",
]


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

    @property
    def accepting(self) -> dict[str, str]:
        """The argument of InvokeEndpoint that asks for an answer's content type, where one is wanted."""
        return {"Accept": self.accept} if self.accept else {}


def binary_request(
    signature: Signature, inputs: Mapping[str, NDArray[Any]], *, max_batch_size: int | None = None
) -> RequestBody:
    """Return a body whose tensors travel as bytes behind a JSON header.

    Args:
        signature: the model's; names, data types and dimensions are checked against it.
        inputs: one array per input, by name; with the batch dimension where the model has one.
        max_batch_size: the most that the model takes in one request. Default: not checked.

    Raises:
        RequestError: the inputs don't fit the model, all that is amiss at once; or the body is larger than
            SageMaker takes.
    """
    check_inputs(signature, inputs, max_batch_size=max_batch_size)
    return within_limit(RequestBody(*inference_body(signature, inputs, binary=True)))


def json_request(
    signature: Signature, inputs: Mapping[str, NDArray[Any]], *, max_batch_size: int | None = None
) -> RequestBody:
    """Return a body that is JSON throughout: readable, and several times larger than the binary one.

    Raises:
        RequestError: as for ``binary_request``; or JSON can't carry an input or an output.
    """
    check_inputs(signature, inputs, max_batch_size=max_batch_size, as_json=True)
    return within_limit(RequestBody(*inference_body(signature, inputs, binary=False)))


def check_inputs(
    signature: Signature,
    inputs: Mapping[str, NDArray[Any]],
    *,
    max_batch_size: int | None = None,
    as_json: bool = False,
) -> None:
    """Check inputs against a signature, and where they go as JSON, whether they can.

    Raises:
        RequestError: names, data types, dimensions or batch sizes don't fit; all that is amiss at once.
    """
    problems = input_problems(signature, inputs, max_batch_size)
    if as_json:
        problems += json_problems(signature, inputs)
    if problems:
        raise RequestError(f"the inputs don't fit the model: {'; '.join(problems)}.")


def within_limit(request: RequestBody) -> RequestBody:
    """Return ``request``, which SageMaker takes.

    Raises:
        RequestError: it is too large.
    """
    if problems := size_problems(request.body):
        raise RequestError(f"{'; '.join(problems)}.")
    return request
