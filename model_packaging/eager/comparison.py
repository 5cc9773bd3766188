"""Compares answers with eager PyTorch's, within a tolerance."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from model_packaging.artifact.manifest import Tolerance

__all__ = ["Arrays", "Difference", "compare_answers"]

Arrays = Mapping[str, npt.NDArray[np.generic]]
"""Tensors by name."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One output that is not eager's.

    Attributes:
        output: its name.
        what: how it differs, with the figures.
    """

    output: str
    what: str


def compare_answers(answers: Arrays, eager: Arrays, tolerance: Tolerance) -> tuple[Difference, ...]:
    """Return every output that differs: missing, unknown, of another shape or type, or beyond ``tolerance``.

    Integers and booleans must be equal. NaN equals NaN, an infinity the same infinity.
    """
    differences = [Difference(name, "is no output of the model") for name in answers.keys() - eager.keys()]
    for name, expected in eager.items():
        if name not in answers:
            differences.append(Difference(name, "is missing"))
        elif what := _difference(answers[name], expected, tolerance):
            differences.append(Difference(name, what))
    return tuple(sorted(differences, key=lambda each: each.output))


def _difference(
    answer: npt.NDArray[np.generic], expected: npt.NDArray[np.generic], tolerance: Tolerance
) -> str:
    if answer.shape != expected.shape:
        return f"has shape {answer.shape}, eager {expected.shape}"
    if answer.dtype != expected.dtype:
        return f"has type {answer.dtype}, eager {expected.dtype}"
    if not np.issubdtype(expected.dtype, np.floating):
        wrong = int(np.count_nonzero(answer != expected))
        return f"differs in {wrong} of {expected.size} values" if wrong else ""
    found, wanted = answer.astype(np.float64), expected.astype(np.float64)
    close = np.isclose(found, wanted, rtol=tolerance.relative, atol=tolerance.absolute, equal_nan=True)
    if close.all():
        return ""
    with np.errstate(invalid="ignore"):
        largest = float(np.max(np.abs(found - wanted)[~close]))
    return (
        f"differs in {int(np.count_nonzero(~close))} of {expected.size} values, by up to {largest:.3g}; "
        f"allowed are {tolerance.absolute:g} + {tolerance.relative:g} * |eager|"
    )
