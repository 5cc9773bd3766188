"""JSON's values as an array of a tensor's data type: none is cut, rounded or turned into another to fit."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tritonclient.utils import triton_to_np_dtype

__all__ = ["array_of_json"]


def array_of_json(datatype: str, values: Sequence[object]) -> NDArray[Any]:
    """Return an array of one dimension; strings become ``bytes`` of UTF-8.

    Args:
        datatype: KServe v2 name of a data type.
        values: as JSON has them.

    Raises:
        ValueError: a value is of another type or too large, or there is no such data type; in words.
    """
    dtype = triton_to_np_dtype(datatype)
    if dtype is None:
        raise ValueError(f"there is no data type {datatype!r}")
    for value in values:
        if not _fits(datatype, value):
            raise ValueError(f"{value!r:.80} is no {datatype}")
    plain: list[Any] = [value.encode() if isinstance(value, str) else value for value in values]
    try:
        return np.array(plain, dtype=dtype)
    except OverflowError as error:
        raise ValueError(f"a value is too large for {datatype}: {error}") from error


def _fits(datatype: str, value: object) -> bool:
    if datatype == "BYTES":
        return isinstance(value, str)
    if datatype == "BOOL":
        return isinstance(value, bool)
    kinds = (int, float) if datatype.startswith(("FP", "BF")) else (int,)
    return isinstance(value, kinds) and not isinstance(value, bool)
