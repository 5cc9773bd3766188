"""How far two answers are from each other, where rounding may differ: other batches, other kernels."""

from collections.abc import Sequence

import numpy as np

from model_packaging.eager.comparison import Arrays

__all__ = ["ALLOWED_SHARE", "distance", "row_of", "rows_of"]

ALLOWED_SHARE = 0.05
"""Ours, of an output's largest value: above what other kernels and 16-bit floats round to, and above what
dynamic quantization to int8 gives, whose scale depends on the whole batch (measured with PyTorch's
``quantize_dynamic`` on perceptrons of 2 to 12 layers: up to 0.034)."""


def distance(found: Arrays, expected: Arrays) -> tuple[float, tuple[str, ...]]:
    """Return the largest difference as a share of the largest value and the outputs beyond the limit.

    Floating-point outputs decide where there are any: the class beside two nearly equal scores may flip.
    Without one, what differs of integers is counted: a mask or an image in whole numbers is rounded from
    scores, some of which lie at an edge. Booleans and strings count likewise. Another name, shape or type is
    an infinite difference.
    """
    if found.keys() != expected.keys():
        return float("inf"), tuple(sorted(found.keys() ^ expected.keys()))
    floating = [name for name, array in expected.items() if array.dtype.kind == "f"]
    shares = {name: _share(found[name], expected[name]) for name in floating or expected}
    shares |= {name: float("inf") for name in expected if found[name].shape != expected[name].shape}
    beyond = tuple(sorted(name for name, share in shares.items() if share > ALLOWED_SHARE))
    return max(shares.values(), default=0.0), beyond


def rows_of(arrays: Arrays, rows: Sequence[int]) -> Arrays:
    """Return a batch of these rows."""
    return {name: array[list(rows)] for name, array in arrays.items()}


def row_of(arrays: Arrays, row: int) -> Arrays:
    """Return a batch of one row."""
    return rows_of(arrays, (row,))


def _share(found: np.ndarray, expected: np.ndarray) -> float:
    if found.shape != expected.shape or found.dtype != expected.dtype:
        return float("inf")
    if expected.dtype.kind != "f":
        return float(np.count_nonzero(found != expected)) / max(expected.size, 1)
    one, other = found.astype(np.float64), expected.astype(np.float64)
    finite = np.isfinite(one) & np.isfinite(other)
    same = finite | (one == other) | (np.isnan(one) & np.isnan(other))
    if not same.all():
        return float("inf")
    if not finite.any():
        return 0.0
    scale = float(np.max(np.abs(other[finite])))
    return float(np.max(np.abs(one[finite] - other[finite]))) / (scale or 1.0)
