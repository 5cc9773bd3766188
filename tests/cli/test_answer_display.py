"""How answers look to a person and to a program."""

import json
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from tritonclient.utils import triton_to_np_dtype

from cli._answer_display import show_answer, show_streamed
from cli._output import Output
from invocation import Answer

ANSWER = Answer(
    outputs={
        "text": np.array([b"caf\xc3\xa9", b"\xff"], dtype=object),
        "scores": np.array([[1, np.nan, 3, 4, 5]], np.float32),
    },
    variant="AllTraffic",
    seconds=0.0125,
)


def test_an_answer_is_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    """Names, shapes, first values, who answered and how fast; text as text."""
    show_answer(Output(), ANSWER)
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[1] == ["text", "[2]", "café,", "\N{REPLACEMENT CHARACTER}"]
    assert lines[2] == ["scores", "[1,", "5]", "1,", "nan,", "3,", "4,", "..."]
    assert lines[3] == ["answered", "by", "AllTraffic", "in", "12.5", "ms"]


def test_an_answer_is_a_document(capsys: pytest.CaptureFixture[str]) -> None:
    """Whole values, nested; what JSON has no word for is null."""
    show_answer(Output(as_json=True), ANSWER)
    assert json.loads(capsys.readouterr().out) == {
        "ok": True,
        "variant": "AllTraffic",
        "seconds": 0.0125,
        "outputs": {"text": ["café", "\N{REPLACEMENT CHARACTER}"], "scores": [[1, None, 3, 4, 5]]},
    }


def test_bf16_has_no_nan_in_json_either(capsys: pytest.CaptureFixture[str]) -> None:
    """Its data type is not one of numpy's own."""
    scores = np.array([1.5, np.nan], triton_to_np_dtype("BF16"))
    show_answer(Output(as_json=True), replace(ANSWER, outputs={"scores": scores}))
    out = capsys.readouterr().out
    assert "NaN" not in out
    assert json.loads(out)["outputs"] == {"scores": [1.5, None]}


def test_streamed_answers_are_shown_when_they_come(capsys: pytest.CaptureFixture[str]) -> None:
    """A line each, before the next one is asked for."""

    def answers() -> Iterator[Answer]:
        yield ANSWER
        assert "text [2]: café" in capsys.readouterr().out
        yield ANSWER

    show_streamed(Output(), answers())
    assert capsys.readouterr().out.endswith("\n2 answers, by AllTraffic\n")


def test_streamed_answers_are_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    """One JSON document, whose answers each have their time."""
    show_streamed(Output(as_json=True), [ANSWER, ANSWER])
    document = json.loads(capsys.readouterr().out)
    assert [each["seconds"] for each in document["answers"]] == [0.0125, 0.0125]
    assert document["answers"][0]["outputs"]["scores"] == [[1, None, 3, 4, 5]]


def test_no_answer_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """A model may end its stream without any."""
    show_streamed(Output(), [])
    assert capsys.readouterr().out == "0 answers, by nobody\n"
