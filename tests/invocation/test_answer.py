"""Answers are read in both of Triton's forms; anything else is refused in words."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from invocation import AnswerError, read_answer


def binary_answer(array: np.ndarray) -> tuple[str, bytes]:
    output = {
        "name": "OUTPUT__0",
        "datatype": "FP32",
        "shape": list(array.shape),
        "parameters": {"binary_data_size": array.nbytes},
    }
    header = json.dumps({"model_name": "m", "outputs": [output]}).encode()
    content_type = f"application/vnd.sagemaker-triton.binary+json;json-header-size={len(header)}"
    return content_type, header + array.tobytes()


def test_binary_answer_gives_the_arrays() -> None:
    """Bytes become the array they were, bit for bit."""
    expected = np.array([[1.5, -2.25]], dtype=np.float32)
    np.testing.assert_array_equal(read_answer(*binary_answer(expected))["OUTPUT__0"], expected)


def test_json_answer_gives_the_arrays() -> None:
    """Numbers in JSON become an array of the named data type and shape."""
    body = json.dumps(
        {"outputs": [{"name": "y", "datatype": "INT64", "shape": [1, 2], "data": [3, 4]}]}
    ).encode()
    answer = read_answer("application/json", body)["y"]
    assert answer.dtype == np.int64
    assert answer.tolist() == [[3, 4]]


def test_a_header_size_beyond_the_body_is_refused() -> None:
    """A cut answer isn't half read."""
    content_type, body = binary_answer(np.zeros((1, 2), np.float32))
    with pytest.raises(AnswerError, match=r"doesn't fit its 10 bytes"):
        read_answer(content_type, body[:10])


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"no json", b'{"outputs": [{}]}', b'{"outputs": 3}'])
def test_what_is_no_answer_is_refused(body: bytes) -> None:
    """Whatever comes back, the user reads one sentence."""
    with pytest.raises(AnswerError, match="is no inference answer"):
        read_answer("application/json", body)


@given(st.text(max_size=80), st.binary(max_size=200))
def test_no_bytes_raise_anything_else(content_type: str, body: bytes) -> None:
    """A hostile answer ends in AnswerError, never in another exception."""
    try:
        read_answer(content_type, body)
    except AnswerError as error:
        assert str(error)  # noqa: PT017 - either outcome is right; what matters is that it has words
