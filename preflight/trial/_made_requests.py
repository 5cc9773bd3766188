"""Requests made from a configured signature, for a model that nobody gave samples of."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from tritonclient.utils import triton_to_np_dtype

from model_packaging.artifact import Signature, TensorSpec
from model_packaging.artifact.signature import VARIABLE
from model_packaging.eager.comparison import Arrays

__all__ = ["Filling", "Recipe", "can_be_made", "made_request", "recipes"]

_SIZES = (8, 64, 224)
"""Of every variable dimension: short for a text, enough for most convolutions, a common image."""

_SMALL_INTEGERS = 2
"""Random integers are 0 or 1: as token ids, indices or masks, most models take these."""


class Filling(StrEnum):
    """What the tensors hold."""

    RANDOM = "random values"
    ZEROS = "zeros"
    ONES = "ones"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a request is made: what it holds, and the size of every variable dimension."""

    filling: Filling
    size: int

    def label(self, signature: Signature) -> str:
        """Return how reports call a request that is made so."""
        variable = any(VARIABLE in each.dims for each in signature.inputs)
        return f"made of {self.filling}" + (f", variable dimensions of {self.size}" if variable else "")


def can_be_made(signature: Signature) -> str:
    """Say why no request can be made, as a clause; empty where one can."""
    for each in (*signature.inputs, *signature.outputs):
        if each.datatype == "BF16" or triton_to_np_dtype(each.datatype) is None:
            return f"{each.name} is of type {each.datatype}, which NumPy lacks"
    return "" if signature.inputs else "its configuration names no input"


def recipes(signature: Signature) -> Iterator[Recipe]:
    """Yield what to try, most telling first; others are for models that refuse the first."""
    variable = any(VARIABLE in each.dims for each in signature.inputs)
    for size in _SIZES if variable else _SIZES[:1]:
        for filling in Filling:
            yield Recipe(filling, size)


def made_request(signature: Signature, recipe: Recipe, rows: int, seed: int = 0) -> Arrays:
    """Return inputs of ``rows`` rows; the same arguments give the same values.

    Args:
        signature: of the model; optional inputs are left out.
        recipe: what they hold.
        rows: of the batch; without meaning where the model has no batch dimension.
        seed: another one gives other random values.
    """
    return {
        spec.name: _array(spec, (rows,) if signature.batched else (), recipe, seed)
        for spec in signature.inputs
        if not spec.optional
    }


def _array(spec: TensorSpec, batch: tuple[int, ...], recipe: Recipe, seed: int) -> np.ndarray:
    shape = (*batch, *(recipe.size if dim == VARIABLE else dim for dim in spec.dims))
    random = np.random.default_rng([seed, zlib.crc32(spec.name.encode())])
    dtype = np.dtype(triton_to_np_dtype(spec.datatype))
    if spec.datatype == "BYTES":
        return _texts(shape, recipe.filling, random)
    if recipe.filling is Filling.ZEROS:
        return np.zeros(shape, dtype)
    if recipe.filling is Filling.ONES:
        return np.ones(shape, dtype)
    if dtype.kind == "f":
        return random.standard_normal(shape, dtype=np.float32).astype(dtype)
    bound = 256 if spec.datatype == "UINT8" else _SMALL_INTEGERS  # bytes are mostly pixels
    return random.integers(0, bound, shape).astype(dtype)


def _texts(shape: tuple[int, ...], filling: Filling, random: np.random.Generator) -> np.ndarray:
    numbers = random.integers(0, 10_000, shape).ravel().tolist()
    word = {Filling.RANDOM: "text {}", Filling.ZEROS: "", Filling.ONES: "1"}[filling]
    array = np.empty(len(numbers), dtype=object)
    array[:] = [word.format(number).encode() for number in numbers]
    return array.reshape(shape)
