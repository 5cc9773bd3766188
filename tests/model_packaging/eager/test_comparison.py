import numpy as np
import pytest

from model_packaging.artifact.manifest import Tolerance
from model_packaging.eager.comparison import Difference, compare_answers

TOLERANCE = Tolerance(absolute=1e-3, relative=1e-2)


def difference(answer: object, eager: object, dtype: str = "float32") -> str:
    found = compare_answers({"y": np.array(answer, dtype)}, {"y": np.array(eager, dtype)}, TOLERANCE)
    return found[0].what if found else ""


@pytest.mark.parametrize(
    ("answer", "eager"),
    [
        ([1.0, 2.0], [1.0, 2.0]),
        ([0.0009], [0.0]),
        ([100.9], [100.0]),
        ([np.nan, np.inf, -np.inf], [np.nan, np.inf, -np.inf]),
    ],
)
def test_answers_within_the_tolerance_are_equal(answer: list[float], eager: list[float]) -> None:
    """Absolute near zero, relative beyond, and what is no number equals its like."""
    assert difference(answer, eager) == ""


@pytest.mark.parametrize(
    ("answer", "eager"), [([0.002], [0.0]), ([102.0], [100.0]), ([np.nan], [1.0]), ([np.inf], [-np.inf])]
)
def test_answers_beyond_it_are_not(answer: list[float], eager: list[float]) -> None:
    """How many values differ is said."""
    assert difference(answer, eager).startswith("differs in 1 of 1 values, by up to ")


def test_the_largest_difference_and_the_tolerance_are_said() -> None:
    """So that the reader can judge."""
    assert difference([1.0, 2.5, 4.0], [1.0, 2.0, 3.0]) == (
        "differs in 2 of 3 values, by up to 1; allowed are 0.001 + 0.01 * |eager|"
    )


def test_integers_are_equal_or_not() -> None:
    """No tolerance applies."""
    assert difference([1000, 2], [1000, 2], "int64") == ""
    assert difference([1001, 2], [1000, 2], "int64") == "differs in 1 of 2 values"


def test_shapes_and_types_differ_in_words() -> None:
    """No broadcasting, no casting."""
    assert difference([[1.0]], [1.0]) == "has shape (1, 1), eager (1,)"
    one = {"y": np.ones(1, "float64")}
    assert compare_answers(one, {"y": np.ones(1, "float32")}, TOLERANCE) == (
        Difference("y", "has type float64, eager float32"),
    )


def test_missing_and_unknown_outputs_differ() -> None:
    """By name, all of them."""
    one = np.ones(1)
    assert compare_answers({"b": one}, {"a": one}, TOLERANCE) == (
        Difference("a", "is missing"),
        Difference("b", "is no output of the model"),
    )
