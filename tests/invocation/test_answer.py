"""Answers are read in both of Triton's forms; anything else is refused in words."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from invocation import AnswerError, check_outputs, read_answer
from invocation.tensors import BINARY_CONTENT_TYPE
from model_packaging.artifact import Signature, TensorSpec
from tests.invocation.answers import answer_of


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


SIGNATURE = Signature(
    inputs=(TensorSpec("x", "FP32", (1,)),),
    outputs=(TensorSpec("scores", "FP32", (2, -1)), TensorSpec("label", "BYTES", (1,))),
    batched=True,
)
OUTPUTS = {"scores": np.ones((1, 2, 3), np.float32), "label": np.array([["cat"]], dtype=object)}


@pytest.mark.parametrize("binary", [True, False])
def test_strings_come_as_bytes_in_both_forms(*, binary: bool) -> None:
    """A caller doesn't have to know how they travelled."""
    outputs = read_answer(*answer_of(OUTPUTS, binary=binary))
    assert outputs["label"].tolist() == [[b"cat"]]
    check_outputs(SIGNATURE, outputs, batch_size=1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"scores": np.ones((1, 2, 3))}, "scores: data type is FP64, the model gives FP32"),
        (
            {"scores": np.ones((1, 3), np.float32)},
            r"scores: shape is \[1, 3\], the model gives \[batch, 2, any\]",
        ),
        ({"scores": np.ones((2, 2, 1), np.float32)}, "scores: batch size is 2, the request's is 1"),
        ({"other": np.ones(1)}, r"other: the model has no such output \(it has scores, label\)"),
    ],
)
def test_what_the_model_doesnt_give_is_named(change: dict[str, np.ndarray], words: str) -> None:
    """Another model behind the endpoint is found at its first answer."""
    with pytest.raises(AnswerError, match=words):
        check_outputs(SIGNATURE, OUTPUTS | change, batch_size=1)


def test_all_differences_come_at_once() -> None:
    """With the question that explains most of them."""
    with pytest.raises(AnswerError, match=r"scores: missing; label: missing\. Is this the model that the "):
        check_outputs(SIGNATURE, {})


PARTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["BYTES", "FP32", "INT8", "y", "x" * 9]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "datatype", "shape", "data", "parameters", "binary_data_size"]), inner
        )
    ),
    max_leaves=12,
)


@given(outputs=st.lists(PARTS, max_size=2), blob=st.binary(max_size=12), binary=st.booleans())
def test_no_document_raises_anything_else(outputs: list[object], blob: bytes, *, binary: bool) -> None:
    """However an answer's JSON is made, it is read or refused in words."""
    header = json.dumps({"outputs": outputs}).encode()
    content_type = f"{BINARY_CONTENT_TYPE}{len(header)}" if binary else "application/json"
    try:
        read_answer(content_type, header + blob if binary else header)
    except AnswerError as error:
        assert str(error)  # noqa: PT017 - either outcome is right; what matters is that it has words


@pytest.mark.parametrize(
    "output",
    [
        {"name": "y", "datatype": "INT8", "shape": [1], "data": [10**30]},
        {"name": "y", "datatype": "FP32", "shape": [2], "data": [1]},
        {"name": "y", "datatype": "FP32", "shape": [1], "parameters": {"binary_data_size": 4}},
        {"name": "y", "datatype": "NONE", "shape": [1], "parameters": 3},
        {"name": ["y"], "datatype": "FP32", "shape": [1], "data": [1]},
    ],
)
def test_outputs_that_cant_be_read_are_refused(output: dict[str, object]) -> None:
    """Overflow, a wrong size, bytes that aren't there: each in words."""
    with pytest.raises(AnswerError, match="is no inference answer"):
        read_answer("application/json", json.dumps({"outputs": [output]}).encode())


def test_a_string_cut_short_is_refused() -> None:
    """The length before it says more bytes than there are."""
    content_type, body = answer_of({"label": OUTPUTS["label"]}, binary=True)
    with pytest.raises(AnswerError, match="is no inference answer"):
        read_answer(content_type, body[:-1])
