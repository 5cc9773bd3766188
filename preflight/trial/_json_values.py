"""The values of a tensor in JSON as an array of its data type; nothing is rounded, wrapped or guessed."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from tritonclient.utils import triton_to_np_dtype

__all__ = ["array_of"]


def array_of(name: str, datatype: str, shape: Sequence[int], data: object) -> np.ndarray:
    """Return ``data`` as KServe v2 has it: flat or nested, booleans, numbers, or texts for BYTES.

    Args:
        name: of the tensor, for messages.
        datatype: KServe's name of its type; BF16 has no form in JSON.
        shape: of the array.
        data: the values.

    Raises:
        ValueError: a value is none of the data type, or their number is not the shape's.
    """
    dtype = triton_to_np_dtype(datatype)
    if dtype is None or datatype == "BF16":
        raise ValueError(f"{name}: data type {datatype!r} can't be given in JSON")
    if any(type(dim) is not int or dim < 0 for dim in shape):
        raise ValueError(f"{name}: shape {shape!r} is no list of numbers from 0 on")
    values = np.asarray(data, dtype=object).ravel().tolist()
    fits = _fits(datatype, np.dtype(dtype))
    for each in values:
        if not fits(each):
            raise ValueError(f"{name}: {each!r} is no {datatype}")
    if datatype == "BYTES":
        values = [each.encode() for each in values]
    array = np.empty(len(values), dtype)
    array[:] = values
    return array.reshape(shape)


def _fits(datatype: str, dtype: np.dtype[Any]) -> Callable[[Any], bool]:
    """Return what says whether a value of JSON is one of the data type."""
    if datatype == "BYTES":
        return lambda value: isinstance(value, str)
    if datatype == "BOOL":
        return lambda value: isinstance(value, bool) or (isinstance(value, int) and value in (0, 1))
    if dtype.kind == "f":
        largest = float(np.finfo(dtype).max)
        # NaN and the infinities, which Python writes and reads as such, are meant; an overflow is not.
        return lambda value: (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and (not abs(value) > largest or abs(value) == float("inf"))
        )
    bounds = np.iinfo(dtype)
    return lambda value: (
        isinstance(value, int) and not isinstance(value, bool) and bounds.min <= value <= bounds.max
    )
