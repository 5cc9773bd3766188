"""How far answers may be from each other where rounding differs."""

import math

import numpy as np
import pytest

from preflight.trial._closeness import ALLOWED_SHARE, distance, row_of, rows_of


def f32(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_rounding_is_near() -> None:
    """The difference is a share of the output's largest value."""
    share, beyond = distance({"y": f32(10, 0.1)}, {"y": f32(10, 0)})
    assert share == pytest.approx(0.01)
    assert beyond == ()


def test_another_value_is_far() -> None:
    """The outputs that are far are named."""
    share, beyond = distance({"y": f32(1), "z": f32(2)}, {"y": f32(1), "z": f32(1)})
    assert share == 1.0
    assert share > ALLOWED_SHARE
    assert beyond == ("z",)


def test_floating_point_outputs_decide() -> None:
    """The class of two nearly equal scores may flip between a batch and a row."""
    found = {"scores": f32(1, 0.999), "class": np.array([1])}
    expected = {"scores": f32(0.999, 1), "class": np.array([0])}
    assert distance(found, expected)[1] == ()
    assert distance({"class": np.array([1])}, {"class": np.array([0])}) == (1.0, ("class",))


def test_strings_are_equal_or_not() -> None:
    """What differs of them is counted."""
    words = np.array([b"a", b"b"], dtype=object)
    assert distance({"w": words}, {"w": words.copy()}) == (0.0, ())
    assert distance({"w": words}, {"w": words[::-1].copy()}) == (1.0, ("w",))


def test_some_pixels_of_an_image_may_round_otherwise() -> None:
    """One of a hundred integers is an edge, one of ten is another answer; nothing is equal to nothing."""
    pixels = np.arange(100, dtype=np.uint8)
    edge, other = pixels.copy(), pixels.copy()
    edge[7] += 1
    other[:10] += 1
    assert distance({"y": edge}, {"y": pixels}) == (0.01, ())
    assert distance({"y": other}, {"y": pixels}) == (0.1, ("y",))
    nothing = {"y": np.zeros((1, 0), np.int64)}
    assert distance(nothing, nothing) == (0.0, ())


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"y": f32(1, 2)}, {"y": f32(1)}),
        ({"y": f32(1)}, {"z": f32(1)}),
        ({"y": f32(math.nan)}, {"y": f32(1)}),
        ({"y": f32(math.inf)}, {"y": f32(-math.inf)}),
        ({"y": f32(1)}, {"y": np.array([1.0])}),
    ],
    ids=["shape", "name", "NaN", "infinity", "type"],
)
def test_what_can_t_be_compared_is_far(found: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> None:
    """Another shape, name or type, NaN and infinities apart."""
    share, beyond = distance(found, expected)
    assert share == math.inf
    assert beyond


def test_equal_oddities_are_near() -> None:
    """NaN equals NaN here, an infinity the same infinity, and zero zero."""
    odd = {"y": f32(math.nan, math.inf, 0), "z": f32(math.nan)}
    assert distance(odd, odd) == (0.0, ())


def test_rows() -> None:
    """A row stays a batch of one."""
    arrays = {"y": np.arange(6).reshape(3, 2)}
    assert row_of(arrays, 1)["y"].tolist() == [[2, 3]]
    assert rows_of(arrays, (2, 0))["y"].tolist() == [[4, 5], [0, 1]]
