"""Requests made from a configured signature."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tritonclient.utils import np_to_triton_dtype

from invocation.tensors import input_problems
from model_packaging.artifact import Signature, TensorSpec
from preflight.trial._made_requests import Filling, Recipe, can_be_made, made_request, recipes

DATATYPES = ("BOOL", "UINT8", "INT32", "INT64", "FP16", "FP32", "FP64", "BYTES")

specs = st.builds(
    TensorSpec,
    st.sampled_from(["a", "b", "c"]),
    st.sampled_from(DATATYPES),
    st.lists(st.sampled_from([-1, 1, 3]), max_size=3).map(tuple),
)
signatures = st.builds(
    Signature,
    st.lists(specs, min_size=1, max_size=3, unique_by=lambda each: each.name).map(tuple),
    st.just(()),
    st.booleans(),
)


def of(*inputs: TensorSpec) -> Signature:
    return Signature(inputs, (), batched=True)


@given(signature=signatures, filling=st.sampled_from(Filling), size=st.sampled_from([1, 8]))
def test_a_made_request_fits_its_signature(signature: Signature, filling: Filling, size: int) -> None:
    """Whatever the configuration says, names, types and dimensions fit it, and twice the same comes out."""
    recipe = Recipe(filling, size)
    made = made_request(signature, recipe, rows=3)
    assert input_problems(signature, made) == []
    again = made_request(signature, recipe, rows=3)
    assert all(np.array_equal(made[name], again[name]) for name in made)


def test_rows_differ() -> None:
    """Only different rows show that rows are mixed."""
    made = made_request(of(TensorSpec("x", "FP32", (4,))), Recipe(Filling.RANDOM, 8), rows=8)
    assert len(np.unique(made["x"], axis=0)) == 8


def test_another_seed_gives_another_request() -> None:
    """Several requests at once are different ones."""
    signature = of(TensorSpec("x", "FP32", (4,)))
    one, other = (made_request(signature, Recipe(Filling.RANDOM, 8), 1, seed) for seed in (0, 1))
    assert not np.array_equal(one["x"], other["x"])


def test_random_integers_are_small() -> None:
    """As token ids or as a mask, 0 and 1 are taken by most models; bytes are mostly pixels."""
    signature = of(TensorSpec("ids", "INT64", (500,)), TensorSpec("pixels", "UINT8", (500,)))
    made = made_request(signature, Recipe(Filling.RANDOM, 8), rows=2)
    assert set(made["ids"].ravel().tolist()) == {0, 1}
    assert made["pixels"].max() > 200
    assert np_to_triton_dtype(made["pixels"].dtype) == "UINT8"


def test_variable_dimensions_are_tried_in_several_sizes() -> None:
    """Each filling, then the next size; without variable dimensions there is one."""
    variable = of(TensorSpec("x", "FP32", (-1,)))
    assert [each.size for each in recipes(variable)] == [8, 8, 8, 64, 64, 64, 224, 224, 224]
    assert [each.filling for each in recipes(of(TensorSpec("x", "FP32", (3,))))] == list(Filling)


def test_labels_say_what_was_made() -> None:
    """A report names the size where there is one."""
    variable = of(TensorSpec("x", "FP32", (-1,)))
    recipe = Recipe(Filling.ZEROS, 64)
    assert recipe.label(variable) == "made of zeros, variable dimensions of 64"
    assert recipe.label(of(TensorSpec("x", "FP32", (3,)))) == "made of zeros"


def test_optional_inputs_are_left_out() -> None:
    """A model that takes them need not get them."""
    signature = of(TensorSpec("x", "FP32", (3,)), TensorSpec("mask", "BOOL", (3,), optional=True))
    assert made_request(signature, Recipe(Filling.ONES, 8), rows=1).keys() == {"x"}


@pytest.mark.parametrize(
    ("signature", "words"),
    [
        (of(TensorSpec("x", "BF16", (3,))), "x is of type BF16, which NumPy lacks"),
        (of(), "its configuration names no input"),
        (of(TensorSpec("x", "FP32", (3,))), ""),
    ],
)
def test_what_can_t_be_made(signature: Signature, words: str) -> None:
    """It is said why, as a clause."""
    assert can_be_made(signature) == words
