"""How far an answer is from the expected one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_packaging.artifact import Tolerance

__all__ = ["Difference", "differences"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One output's distance from what was expected.

    Attributes:
        output: its name.
        largest: the largest absolute difference; infinite where shapes or data types differ.
        within: True where every element keeps the tolerance.
        words: what to tell a user.
    """

    output: str
    largest: float
    within: bool
    words: str


def differences(
    answer: Mapping[str, NDArray[Any]], expected: Mapping[str, NDArray[Any]], tolerance: Tolerance
) -> tuple[Difference, ...]:
    """Compare every expected output with the answer's, element by element, within ``tolerance``."""
    return tuple(_difference(name, answer.get(name), array, tolerance) for name, array in expected.items())


def _difference(
    name: str, answer: NDArray[Any] | None, expected: NDArray[Any], tolerance: Tolerance
) -> Difference:
    if answer is None:
        return Difference(name, float("inf"), within=False, words=f"{name} is missing")
    if answer.shape != expected.shape or answer.dtype != expected.dtype:
        words = (
            f"{name} is {answer.dtype}{list(answer.shape)}, expected {expected.dtype}{list(expected.shape)}"
        )
        return Difference(name, float("inf"), within=False, words=words)
    if not np.issubdtype(expected.dtype, np.number):
        equal = bool(np.array_equal(answer, expected))
        return Difference(
            name, 0.0 if equal else float("inf"), equal, f"{name} {'equals' if equal else 'differs'}"
        )
    # Wide enough that neither unsigned subtraction nor half precision hides a difference.
    wide = np.complex128 if np.iscomplexobj(expected) else np.float64
    gap = np.abs(answer.astype(wide) - expected.astype(wide))
    bound = tolerance.absolute + tolerance.relative * np.abs(expected.astype(wide))
    # NaN compares false with everything: an answer of NaN is outside, whatever was expected.
    within = bool(np.all(gap <= bound))
    largest = float(np.max(gap, initial=0.0))
    return Difference(name, largest, within, f"{name} differs by at most {largest:.3g}")
