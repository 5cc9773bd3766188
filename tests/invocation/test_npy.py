"""Bodies and answers of SageMaker's PyTorch toolkit."""

import io
import json
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from invocation import AnswerError, RequestError, npy_request, read_array_answer
from model_packaging.artifact import Signature, TensorSpec

IMAGE = TensorSpec("image", "FP32", (3, -1))
SCORES = TensorSpec("OUTPUT__0", "FP32", (2,))
SIGNATURE = Signature(inputs=(IMAGE,), outputs=(SCORES,), batched=True)
TWO = Signature(inputs=(IMAGE, TensorSpec("mask", "BOOL", (2,))), outputs=(SCORES, SCORES), batched=True)


def npy(array: NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def test_the_body_is_the_array_in_npy_form() -> None:
    """Body, content type and the wanted answer are .npy."""
    image = np.ones((2, 3, 5), np.float32)
    request = npy_request(SIGNATURE, {"image": image})
    assert (request.content_type, request.accept) == ("application/x-npy", "application/x-npy")
    assert np.array_equal(np.load(io.BytesIO(request.body)), image)


def test_inputs_are_checked_against_the_signature() -> None:
    """A wrong data type is refused before anything is sent, in the words of every request."""
    with pytest.raises(RequestError, match="image: data type is FP64, the model takes FP32"):
        npy_request(SIGNATURE, {"image": np.ones((1, 3, 5))})


def test_several_inputs_are_no_npy() -> None:
    """One array can't hold two inputs; what to do is said."""
    inputs = {"image": np.ones((1, 3, 5), np.float32), "mask": np.ones((1, 2), np.bool_)}
    with pytest.raises(RequestError, match=r"holds one array, the model takes image, mask; send what its "):
        npy_request(TWO, inputs)


def test_an_answer_gets_the_signatures_data_type() -> None:
    """The toolkit's lists become doubles; the caller gets what the model has."""
    answer = np.array([[0.1, 0.2]], np.float32)
    read = read_array_answer(SIGNATURE, "application/x-npy", npy(np.array(answer.tolist())))
    assert read["OUTPUT__0"].dtype == np.float32
    assert np.array_equal(read["OUTPUT__0"], answer)


def test_json_is_read_too() -> None:
    """The toolkit's default answer."""
    body = json.dumps([[1.5, 2.5]]).encode()
    read = read_array_answer(SIGNATURE, "application/json; charset=utf-8", body)
    assert read["OUTPUT__0"].tolist() == [[1.5, 2.5]]


@pytest.mark.parametrize(
    ("content_type", "body", "words"),
    [
        ("application/x-npy", b"nothing", "holds no array"),
        ("application/json", b"{", "holds no array"),
        ("text/csv", b"1,2", "content type is 'text/csv'"),
    ],
)
def test_what_is_no_array_is_no_answer(content_type: str, body: bytes, words: str) -> None:
    """Every way of not being an array has its words."""
    with pytest.raises(AnswerError, match=words):
        read_array_answer(SIGNATURE, content_type, body)


def test_several_outputs_cant_be_told_apart() -> None:
    """One array is not guessed to be one of two outputs."""
    with pytest.raises(AnswerError, match="can't be told apart into OUTPUT__0, OUTPUT__0"):
        read_array_answer(TWO, "application/x-npy", npy(np.ones(1)))
