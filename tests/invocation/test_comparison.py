"""An answer equals the expected one within the tolerance, or the difference is said."""

import numpy as np
import pytest

from invocation import differences
from model_packaging.artifact import Tolerance

TOLERANCE = Tolerance(absolute=1e-3, relative=0.0)


def compare(
    answer: np.ndarray | None, expected: np.ndarray, tolerance: Tolerance = TOLERANCE
) -> tuple[bool, str]:
    (difference,) = differences({} if answer is None else {"y": answer}, {"y": expected}, tolerance)
    return difference.within, difference.words


def test_within_the_absolute_tolerance() -> None:
    """The bound itself is still inside."""
    assert compare(np.array([1.0005]), np.array([1.0])) == (True, "y differs by at most 0.0005")


def test_outside_the_tolerance() -> None:
    """One element outside is enough."""
    assert compare(np.array([0.0, 1.01]), np.array([0.0, 1.0])) == (False, "y differs by at most 0.01")


def test_relative_tolerance_grows_with_the_expected_value() -> None:
    """The relative part is taken of the expected value, not of the answer."""
    within, _ = compare(np.array([101.0]), np.array([100.0]), Tolerance(absolute=0.0, relative=0.0101))
    assert within


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_nan_and_infinity_are_never_equal_to_a_number(value: float) -> None:
    """A model that answers NaN doesn't pass because NaN compares with nothing."""
    assert compare(np.array([value]), np.array([1.0]))[0] is False


def test_a_missing_output_is_named() -> None:
    """An endpoint that leaves an output out doesn't pass."""
    assert compare(None, np.array([1.0])) == (False, "y is missing")


def test_other_shape_or_data_type_is_said() -> None:
    """Broadcasting never makes unequal shapes equal."""
    assert compare(np.ones((1, 2), np.float32), np.ones((2,), np.float32)) == (
        False,
        "y is float32[1, 2], expected float32[2]",
    )


def test_unsigned_values_dont_wrap() -> None:
    """0 - 1 is a difference of one, not of 255."""
    assert compare(np.array([0], np.uint8), np.array([1], np.uint8), Tolerance(2.0, 0.0))[0] is True


def test_texts_are_compared_for_equality() -> None:
    """BYTES outputs have no distance: they are equal or not."""
    assert compare(np.array([b"a"], object), np.array([b"a"], object)) == (True, "y equals")
    assert compare(np.array([b"a"], object), np.array([b"b"], object)) == (False, "y differs")
