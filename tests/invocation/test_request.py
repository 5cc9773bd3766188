"""Requests are made from the signature, and refused before they are sent where they don't fit it."""

import json

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from invocation import RequestError, binary_request, json_request
from model_packaging.artifact import Signature, TensorSpec

ENCODER = Signature(
    inputs=(TensorSpec("token_ids", "INT64", (-1,)), TensorSpec("weights", "FP32", (2, -1))),
    outputs=(TensorSpec("OUTPUT__0", "FP32", (4,)),),
    batched=True,
)


def inputs(batch: int = 1, length: int = 3) -> dict[str, np.ndarray]:
    return {
        "token_ids": np.arange(batch * length, dtype=np.int64).reshape(batch, length),
        "weights": np.ones((batch, 2, length), dtype=np.float32),
    }


def test_binary_body_carries_a_header_and_the_tensors_bytes() -> None:
    """The content type's size is where the JSON header ends and the tensors' bytes begin."""
    request = binary_request(ENCODER, inputs())
    header_bytes = int(request.content_type.rpartition("=")[2])
    header = json.loads(request.body[:header_bytes])
    assert [tensor["name"] for tensor in header["inputs"]] == ["token_ids", "weights"]
    assert header["inputs"][0]["shape"] == [1, 3]
    assert request.body[header_bytes:] == inputs()["token_ids"].tobytes() + inputs()["weights"].tobytes()


def test_binary_body_asks_for_the_signatures_outputs_in_binary() -> None:
    """Answers come back as bytes, not as JSON numbers."""
    request = binary_request(ENCODER, inputs())
    header = json.loads(request.body[: int(request.content_type.rpartition("=")[2])])
    assert header["outputs"] == [{"name": "OUTPUT__0", "parameters": {"binary_data": True}}]


def test_json_body_is_a_kserve_request() -> None:
    """The JSON form needs no client library on the other side."""
    request = json_request(ENCODER, inputs(length=2))
    document = json.loads(request.body)
    assert request.content_type == "application/json"
    assert document["inputs"][0] == {
        "name": "token_ids",
        "shape": [1, 2],
        "datatype": "INT64",
        "data": [0, 1],
    }
    assert document["outputs"] == [{"name": "OUTPUT__0", "parameters": {"binary_data": False}}]


def test_sixteen_bit_floats_are_refused_in_json() -> None:
    """JSON has no form for half precision: the message says to send binary."""
    signature = Signature((TensorSpec("x", "FP16", (1,)),), (TensorSpec("y", "FP16", (1,)),), batched=False)
    with pytest.raises(RequestError, match=r"x, y: 16-bit floats have no JSON form; send a binary request"):
        json_request(signature, {"x": np.zeros(1, dtype=np.float16)})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"tokens": np.zeros((1, 3))}, r"tokens: the model has no such input \(it has token_ids, weights\)"),
        ({"token_ids": np.zeros((1, 3), np.int32)}, "token_ids: data type is INT32, the model takes INT64"),
        (
            {"weights": np.zeros((1, 3, 3), np.float32)},
            r"weights: shape is \[1, 3, 3\], the model takes \[batch, 2, any\]",
        ),
        ({"weights": np.zeros((2, 2, 3), np.float32)}, r"batch sizes differ between inputs: \[1, 2\]"),
        ({"token_ids": np.zeros((), np.int64)}, r"token_ids: shape is \[\], the model takes \[batch, any\]"),
    ],
)
def test_inputs_that_dont_fit_are_named(change: dict[str, np.ndarray], words: str) -> None:
    """Each mismatch says which input, what it is, and what the model takes."""
    with pytest.raises(RequestError, match=words):
        binary_request(ENCODER, inputs() | change)


def test_all_mismatches_come_at_once() -> None:
    """A user mends a request once, not once per input."""
    with pytest.raises(RequestError) as caught:
        binary_request(ENCODER, {"weights": np.zeros((1, 2, 3), np.float64)})
    assert "token_ids: missing" in str(caught.value)
    assert "weights: data type is FP64" in str(caught.value)


def test_a_body_over_sagemakers_limit_is_refused() -> None:
    """What SageMaker would refuse after the upload is refused before it, with both sizes."""
    with pytest.raises(RequestError, match=r"SageMaker takes at most 6291456; send a smaller batch"):
        binary_request(ENCODER, inputs(batch=1, length=700_000))


@given(batch=st.integers(1, 4), length=st.integers(1, 16))
def test_any_batch_and_length_of_the_signature_is_taken(batch: int, length: int) -> None:
    """A variable dimension takes every length, the batch dimension every size."""
    request = binary_request(ENCODER, inputs(batch, length))
    assert len(request.body) > batch * length * 16


TEXT = Signature((TensorSpec("text", "BYTES", (1,)),), (TensorSpec("y", "FP32", (1,)),), batched=True)


@pytest.mark.parametrize(
    ("batch", "words"),
    [
        (0, "the batch is empty: it needs at least one request"),
        (3, "batch size is 3, the model takes at most 2"),
    ],
)
def test_a_batch_that_triton_would_refuse_is_refused(batch: int, words: str) -> None:
    """Triton answers 400 to both; a user reads it before the upload."""
    with pytest.raises(RequestError, match=words):
        binary_request(ENCODER, inputs(batch), max_batch_size=2)


def test_an_empty_variable_dimension_is_taken() -> None:
    """Triton takes it: only a batch must not be empty."""
    assert binary_request(ENCODER, inputs(length=0), max_batch_size=2).body


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (
            np.array([["a"]]),
            "text: data type is <U1, the model takes BYTES; make the array with dtype=object",
        ),
        (np.array([[None]], dtype=object), "text: holds values that are neither bytes nor text that UTF-8"),
        (
            np.array([["\ud800"]], dtype=object),
            "text: holds values that are neither bytes nor text that UTF-8",
        ),
    ],
)
def test_what_is_no_string_is_refused(array: np.ndarray, words: str) -> None:
    """Python's None would travel as the word None."""
    with pytest.raises(RequestError, match=words):
        binary_request(TEXT, {"text": array})


def test_strings_travel_in_both_forms() -> None:
    """As UTF-8, with their length before them in the binary form."""
    array = np.array([["é"], [b"b"]], dtype=object)
    assert binary_request(TEXT, {"text": array}).body.endswith(b"\x02\x00\x00\x00\xc3\xa9\x01\x00\x00\x00b")
    assert json.loads(json_request(TEXT, {"text": array}).body)["inputs"][0]["data"] == ["é", "b"]


@pytest.mark.parametrize("dtype", [object, np.bytes_])
def test_bytes_that_are_no_text_are_refused_in_json(dtype: type) -> None:
    """The binary form takes any bytes, and the message says so."""
    array = np.array([[b"\xff"]], dtype=dtype)
    assert binary_request(TEXT, {"text": array}).body.endswith(b"\xff")
    with pytest.raises(RequestError, match=r"text: holds bytes that are no UTF-8, .* send a binary request"):
        json_request(TEXT, {"text": array})


def test_sixteen_bit_floats_travel_as_bytes() -> None:
    """BF16 as ml_dtypes has it, which tritonclient brings along."""
    signature = Signature(
        (TensorSpec("h", "FP16", (1,)), TensorSpec("b", "BF16", (1,))), ENCODER.outputs, batched=False
    )
    arrays = {"h": np.ones(1, np.float16), "b": np.ones(1, ml_dtypes.bfloat16)}
    assert binary_request(signature, arrays).body.endswith(b"\x00\x3c\x80\x3f")


def test_an_optional_input_may_be_left_out() -> None:
    """In both forms; what is there is checked as every input."""
    mask = TensorSpec("mask", "BOOL", (-1,), optional=True)
    signature = Signature((*ENCODER.inputs, mask), ENCODER.outputs, batched=True)
    document = json.loads(json_request(signature, inputs()).body)
    assert [each["name"] for each in document["inputs"]] == ["token_ids", "weights"]
    assert binary_request(signature, inputs()).body
    with pytest.raises(RequestError, match="mask: data type is FP64, the model takes BOOL"):
        binary_request(signature, inputs() | {"mask": np.ones((1, 3))})
