"""Asks one row, many rows, and each row alone: what a batch dimension must not change."""

from collections.abc import Iterator

import numpy as np

from model_packaging.eager.comparison import Arrays
from preflight.trial._asking import Asking
from preflight.trial._closeness import ALLOWED_SHARE, distance, row_of, rows_of
from preflight.trial.batches import BatchSizes, RowComparison, SizeOutcome

__all__ = ["compare_rows", "try_sizes"]

_COMPARED_ROWS = 6
_SIZES_BETWEEN = (2, 3, 4, 8, 16, 32, 64)
_OUT_OF_MEMORY = ("out of memory", "outofmemory", "memoryerror", "cannot allocate", "can't allocate memory")


def try_sizes(asking: Asking, rows: Arrays, maximum: int) -> BatchSizes:
    """Ask for one row and for ``maximum``; where one of the two fails, for sizes between as well.

    Args:
        asking: asks.
        rows: a batch whose first row is repeated as needed.
        maximum: max_batch_size.
    """
    sizes = [_try_size(asking, rows, size) for size in dict.fromkeys((1, maximum))]
    if not all(each.is_answered or each.timed_out for each in sizes):
        between = {_count(rows), *_SIZES_BETWEEN} - {1, maximum}
        sizes += [_try_size(asking, rows, size) for size in sorted(between) if size < maximum]
    return BatchSizes(maximum, tuple(sorted(sizes, key=lambda each: each.rows)))


def compare_rows(asking: Asking, rows: Arrays, maximum: int) -> RowComparison | None:
    """Ask for a batch of ``maximum`` and for some of its rows alone; None where one isn't answered.

    Args:
        asking: asks.
        rows: different rows.
        maximum: max_batch_size; more rows than there are different ones are not asked for.
    """
    count = min(_count(rows), maximum)
    compared = sorted({*range(min(_COMPARED_ROWS - 1, count)), count - 1})
    together = asking.raw(rows_of(rows, range(count))).outputs
    if together is None or any(not array.ndim or len(array) != count for array in together.values()):
        return None
    scales = {name: _largest(array) for name, array in together.items()}
    differing: list[int] = []
    outputs: set[str] = set()
    largest = 0.0
    for row in compared:
        alone = asking.raw(row_of(rows, row)).outputs
        if alone is None or any(not array.ndim or len(array) != 1 for array in alone.values()):
            return None
        share, beyond = distance(_with_scale(row_of(together, row), scales), _with_scale(alone, scales))
        largest = max(largest, share)
        if beyond:
            differing.append(row)
            outputs |= set(beyond)
    return RowComparison(
        batch_size=count,
        compared=tuple(compared),
        differing=tuple(differing),
        outputs=tuple(sorted(outputs)),
        largest_share=largest,
        allowed_share=ALLOWED_SHARE,
    )


def _try_size(asking: Asking, rows: Arrays, size: int) -> SizeOutcome:
    answered = asking.raw(rows_of(rows, [0] * size))
    if answered.outputs is None:
        error = answered.error
        short = any(words in error.lower() for words in _OUT_OF_MEMORY)
        return SizeOutcome(size, error, is_out_of_memory=short, timed_out=answered.timed_out)
    return SizeOutcome(size, answered_rows=tuple(_rows_answered(answered.outputs)))


def _rows_answered(outputs: Arrays) -> Iterator[tuple[str, int]]:
    for name, array in sorted(outputs.items()):
        yield name, len(array) if array.ndim else 0


def _count(rows: Arrays) -> int:
    return len(next(iter(rows.values())))


def _largest(array: np.ndarray) -> float:
    if array.dtype.kind != "f":
        return 0.0
    finite = array[np.isfinite(array)]
    return float(np.max(np.abs(finite), initial=0.0))


def _with_scale(answer: Arrays, scales: dict[str, float]) -> Arrays:
    """Return ``answer`` with the whole batch's largest value appended: a row of zeros has no scale."""
    return {
        name: np.append(array.ravel(), np.asarray(scales[name], array.dtype))
        if array.dtype.kind == "f"
        else array
        for name, array in answer.items()
    }
