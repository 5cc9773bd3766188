"""Different rows and different requests, made of what was answered."""

from collections.abc import Sequence

import numpy as np

from invocation.tensors import input_problems
from model_packaging.artifact import Signature
from model_packaging.eager.comparison import Arrays
from preflight.trial._asking import Asked, Asking
from preflight.trial._at_once import AT_ONCE
from preflight.trial._closeness import row_of
from preflight.trial._made_requests import made_request, recipes
from preflight.trial._served import Served

__all__ = ["joined_rows", "one_row_of", "rows_like", "single_requests", "size_bytes"]


def single_requests(rows: Arrays | None, answered: Sequence[Asked], served: Served) -> list[Arrays]:
    """Return different requests, as small as there are."""
    if rows is not None:
        count = len(next(iter(rows.values())))
        return [row_of(rows, row) for row in range(min(count, AT_ONCE))]
    singles = [each.request.inputs for each in answered]
    signature, recipe = served.configured.signature, answered[0].request.recipe
    if signature is not None and recipe is not None:
        singles += [made_request(signature, recipe, 1, seed) for seed in range(1, AT_ONCE)]
    return singles


def joined_rows(answered: Sequence[Asked], maximum: int) -> Arrays | None:
    """Return the rows of several samples as one batch, where their shapes allow it."""
    inputs = [each.request.inputs for each in answered]
    names = inputs[0].keys()
    shapes = {tuple((name, each[name].shape[1:]) for name in sorted(each)) for each in inputs}
    if len(inputs) < 2 or len(shapes) > 1:  # noqa: PLR2004 - one sample is no batch
        return None
    joined = {name: np.concatenate([each[name] for each in inputs])[:maximum] for name in names}
    return joined if len(next(iter(joined.values()))) > 1 else None


def one_row_of(signature: Signature | None, samples: Sequence[Arrays]) -> Arrays | None:
    """Return a row of the first sample that fits ``signature``, or a made one; None without a signature."""
    if signature is None:
        return None
    fitting = (each for each in samples if not input_problems(signature, each))
    given = next(fitting, None)
    return row_of(given, 0) if given is not None else made_request(signature, next(recipes(signature)), 1)


def rows_like(asked: Asked, asking: Asking) -> Arrays:
    """Return different rows like those of an answered request; its own where others are refused."""
    one, recipe = asked.request.inputs, asked.request.recipe
    signature = asking.served.configured.signature
    if signature is not None and recipe is not None:
        made = made_request(signature, recipe, AT_ONCE)
    else:
        made = _varied(row_of(one, 0))
    return made if asking.raw(row_of(made, 1)).outputs is not None else one


def _varied(one: Arrays) -> Arrays:
    """Return rows of the shape of ``one``, which is the first of them."""
    random = np.random.default_rng(0)
    made: dict[str, np.ndarray] = {}
    for name, array in one.items():
        if array.dtype.kind == "f":
            more = random.standard_normal((AT_ONCE - 1, *array.shape[1:])).astype(array.dtype)
        else:
            # Values that were answered stay values that are answered: their order alone differs.
            more = np.stack([_shuffled(array[0], random) for _ in range(AT_ONCE - 1)])
        made[name] = np.concatenate([array, more])
    return made


def _shuffled(row: np.ndarray, random: np.random.Generator) -> np.ndarray:
    flat = row.ravel().copy()
    random.shuffle(flat)
    return flat.reshape(row.shape)


def size_bytes(inputs: Arrays) -> int:
    """Return how large the tensors are in the binary form."""
    return sum(array.nbytes for array in inputs.values())
