"""Bodies and answers of Triton's generate extension."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from invocation import AnswerError, EndpointError, RequestError, generate_request, read_generated
from model_packaging.artifact import Signature, TensorSpec

TEXT = Signature(
    inputs=(TensorSpec("text_input", "BYTES", (1,)),),
    outputs=(TensorSpec("text_output", "BYTES", (1,)), TensorSpec("scores", "FP32", (-1, 2))),
    batched=False,
)
NUMBERS = Signature(
    inputs=(TensorSpec("matrix", "FP32", (2, 3)), TensorSpec("ids", "INT64", (-1,))),
    outputs=(TensorSpec("y", "INT32", (2,)),),
    batched=True,
)


def text(*values: str | bytes) -> np.ndarray:
    return np.array(values, dtype=object)


def numbers(batch: int = 1) -> dict[str, np.ndarray]:
    return {
        "matrix": np.arange(6 * batch, dtype=np.float32).reshape(batch, 2, 3),
        "ids": np.arange(4 * batch, dtype=np.int64).reshape(batch, 4),
    }


def test_the_body_holds_values_by_name() -> None:
    """A single value stands alone, several make one flat list; parameters go beside them."""
    request = generate_request(TEXT, {"text_input": text(b"caf\xc3\xa9")}, {"temperature": 0, "stop": "."})
    assert request.content_type == "application/json"
    assert json.loads(request.body) == {
        "text_input": "café",
        "parameters": {"temperature": 0, "stop": "."},
    }
    assert json.loads(generate_request(NUMBERS, numbers()).body) == {
        "matrix": [0.0, 1.0, 2.0, 3.0, 4.0, 5.0],
        "ids": [0, 1, 2, 3],
    }


def test_an_optional_input_may_be_left_out() -> None:
    """The model does without it."""
    more = TensorSpec("max_tokens", "INT32", (1,), optional=True)
    signature = Signature((*TEXT.inputs, more), TEXT.outputs, batched=False)
    request = generate_request(signature, {"text_input": text("a")})
    assert json.loads(request.body) == {"text_input": "a"}


def test_a_shape_that_triton_would_read_otherwise_is_refused() -> None:
    """Values go without shapes: two requests of four ids would become one of eight."""
    with pytest.raises(
        RequestError, match=r"ids: shape is \[2, 4\], but the generate .*, and Triton reads \[1, 8\]"
    ):
        generate_request(NUMBERS, numbers(batch=2))


def test_inputs_are_checked_against_the_signature() -> None:
    """All problems of the usual kind come at once, before those of the form."""
    with pytest.raises(RequestError, match=r"matrix: missing; ids: data type is INT32.*at most 1\."):
        generate_request(NUMBERS, {"ids": np.ones((2, 4), np.int32)}, max_batch_size=1)


@pytest.mark.parametrize("datatype", ["FP16", "BF16"])
def test_sixteen_bit_floats_are_refused(datatype: str) -> None:
    """Triton refuses them in JSON, and there is no binary form of this extension."""
    signature = Signature(TEXT.inputs, (TensorSpec("y", datatype, (1,)),), batched=False)
    with pytest.raises(RequestError, match="y: 16-bit floats have no JSON form"):
        generate_request(signature, {"text_input": text("a")})


def read(document: object, signature: Signature = TEXT, batch_size: int | None = None) -> dict[str, Any]:
    return read_generated(signature, json.dumps(document).encode(), batch_size)


def test_an_answer_gets_the_signatures_shapes_and_data_types() -> None:
    """Values come back flat, or alone; the model's name and its parameters are no outputs."""
    document = {"model_name": "m", "text_output": "é", "scores": [1, 2.5, float("nan"), 4.0], "stopped": True}
    outputs = read(document)
    assert set(outputs) == {"text_output", "scores"}
    assert outputs["text_output"].tolist() == ["é".encode()]
    assert outputs["scores"].dtype == np.float32
    assert outputs["scores"].shape == (2, 2)


def test_a_batch_is_the_first_dimension() -> None:
    """The answer to a batch has its size."""
    assert read({"y": [1, 2, 3, 4]}, NUMBERS, 2)["y"].tolist() == [[1, 2], [3, 4]]


def test_several_variable_dimensions_stay_flat() -> None:
    """What can't be known isn't guessed."""
    signature = Signature(TEXT.inputs, (TensorSpec("y", "INT64", (-1, -1)),), batched=False)
    assert read({"y": [1, 2, 3, 4]}, signature)["y"].tolist() == [1, 2, 3, 4]


def test_a_models_error_is_said_in_its_own_words() -> None:
    """An error inside a stream comes with status 200."""
    with pytest.raises(EndpointError, match=r"^the model says: out of memory$"):
        read({"error": "out of memory"})


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"text_output": "a"}, "scores: missing"),
        ({"text_output": "a", "scores": [1.0]}, r"scores: shape is \[1\], the model gives \[any, 2\]"),
        (
            {"text_output": 3, "scores": []},
            "text_output: the answer is not what the model gives: 3 is no BYTES",
        ),
        ({"text_output": "a", "scores": [True, False]}, "scores: the answer is .*: True is no FP32"),
        ([1], r"the answer is no JSON object: '\[1\]'"),
    ],
)
def test_what_the_model_doesnt_give_is_no_answer(document: object, words: str) -> None:
    """Every way of not being an answer has its words."""
    with pytest.raises(AnswerError, match=words):
        read(document)


@pytest.mark.parametrize(
    ("value", "words"),
    [(1.5, "y: .*: 1.5 is no INT32"), (2**40, "y: .* too large for INT32")],
)
def test_numbers_are_never_cut_to_fit(value: object, words: str) -> None:
    """A fraction isn't rounded to an integer, a large number doesn't wrap around."""
    with pytest.raises(AnswerError, match=words):
        read({"y": [value, 1]}, NUMBERS, 1)


def test_no_json_is_no_answer() -> None:
    """The first bytes are shown."""
    with pytest.raises(AnswerError, match=r"the answer holds no JSON: '<html>' \(Expecting value"):
        read_generated(TEXT, b"<html>")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(["text_output", "scores", "error", "x"]), JSON), st.integers(1, 3))
def test_nothing_else_is_raised(document: dict[str, Any], batch_size: int) -> None:
    """A hostile answer ends in one of our errors, or in arrays that fit."""
    signature = Signature(TEXT.inputs, TEXT.outputs, batched=True)
    try:
        outputs = read(document, signature, batch_size)
    except (AnswerError, EndpointError) as error:
        assert str(error)  # noqa: PT017 - either outcome is right; what matters is that it has words
    else:
        assert outputs["text_output"].shape == (batch_size, 1)
