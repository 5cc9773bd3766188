"""An endpoint's answer, from bytes to arrays by name."""

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from invocation.errors import AnswerError
from invocation.tensors import output_problems, read_outputs
from model_packaging.artifact import Signature

__all__ = ["check_outputs", "read_answer"]


def read_answer(content_type: str, body: bytes) -> dict[str, NDArray[Any]]:
    """Return the answer's outputs by name; strings come as ``bytes``, in either form.

    Args:
        content_type: of the answer; JSON, or Triton's binary type with the size of its JSON header.
        body: the answer's bytes.

    Raises:
        AnswerError: neither of the two, or cut short.
    """
    try:
        return read_outputs(content_type, body)
    except ValueError as error:
        raise AnswerError(str(error)) from error


def check_outputs(
    signature: Signature, outputs: Mapping[str, NDArray[Any]], *, batch_size: int | None = None
) -> None:
    """Check an answer's outputs against a signature.

    Args:
        signature: the model's.
        outputs: by name.
        batch_size: of the request. Default: not checked.

    Raises:
        AnswerError: names, data types, dimensions or batch sizes differ; all that is amiss at once.
    """
    if problems := output_problems(signature, outputs, batch_size):
        raise AnswerError(
            f"the answer is not what the model gives: {'; '.join(problems)}. Is this the model that the "
            "endpoint serves?"
        )
