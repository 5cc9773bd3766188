"""An endpoint's answer, from bytes to arrays by name."""

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tritonclient.http import InferResult
from tritonclient.utils import InferenceServerException

from invocation.errors import AnswerError

__all__ = ["read_answer"]

_HEADER_SIZE = "json-header-size="


def read_answer(content_type: str, body: bytes) -> dict[str, NDArray[Any]]:
    """Return the answer's outputs by name.

    Args:
        content_type: of the answer; JSON, or Triton's binary type with the size of its JSON header.
        body: the answer's bytes.

    Raises:
        AnswerError: neither of the two, or cut short.
    """
    header_bytes: int | None = None
    if _HEADER_SIZE in content_type:
        digits = content_type.rpartition(_HEADER_SIZE)[2].split(";")[0].strip()
        if not digits.isascii() or not digits.isdigit() or int(digits) > len(body):
            raise AnswerError(
                f"the answer's content type {content_type!r} doesn't fit its {len(body)} bytes."
            )
        header_bytes = int(digits)
    try:
        names = [output["name"] for output in json.loads(body[:header_bytes])["outputs"]]
        result = InferResult.from_response_body(body, header_length=header_bytes)
        arrays = {name: result.as_numpy(name) for name in names}
    except (KeyError, TypeError, ValueError, InferenceServerException) as error:
        raise AnswerError(
            f"the answer ({content_type}, {len(body)} bytes) is no inference answer: {error!r}"
        ) from error
    missing = [name for name, array in arrays.items() if array is None]
    if missing:
        raise AnswerError(f"the answer names outputs without data: {', '.join(missing)}")
    return {name: np.asarray(array) for name, array in arrays.items()}
