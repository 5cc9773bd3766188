"""The tensors between the steps of an ensemble."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from model_packaging.artifact import ArtifactInspection, RecordedFinding
from tests.preflight.rules.ensemble_artifacts import FIRST, SECOND, changed, rules_of

FoundIn = Callable[[ArtifactInspection, str], list[RecordedFinding]]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (
            'key: "ids" value: "tokens" } input',
            'key: "ids" value: "tkens" } input',
            "the input 'ids' of step 1 (second) reads 'tkens', which nothing fills.",
        ),
        (
            'name: "embedding"',
            'name: "vector"',
            "the ensemble's output reads 'vector', which nothing fills.",
        ),
    ],
)
def test_sea247_tensor_never_filled(found_in: FoundIn, old: str, new: str, what: str) -> None:
    """By a step or the request."""
    [finding] = found_in(changed(old, new), "SEA247")
    assert finding.what == what
    assert finding.allowed == "'text', 'tokens', 'kept', 'embedding'."


def test_sea248_tensor_filled_twice(found_in: FoundIn) -> None:
    """Two origins are told."""
    [finding] = found_in(
        changed('key: "mask" value: "kept" }\n    }', 'key: "mask" value: "text" }\n    }'), "SEA248"
    )
    assert (
        finding.what == "'text' is filled by the ensemble's input and by the output 'mask' of step 0 (first)."
    )


def test_sea249_tensor_never_read(found_in: FoundIn) -> None:
    """Neither by a step nor by who asks; an output that is not mapped is no fault."""
    unread = changed(
        '{ key: "mask" value: "kept" }\n      output', '{ key: "mask" value: "tokens" }\n      output'
    )
    [finding] = found_in(unread, "SEA249")
    assert finding.what == "the output 'mask' of step 0 (first) fills 'kept', which nothing reads."
    second = SECOND.replace(
        'dims: [ -1 ] },\n  { name: "seed"', 'dims: [ -1 ] optional: true },\n  { name: "seed"'
    )
    unmapped = changed('output_map { key: "mask" value: "kept" }', "", second=second)
    unmapped = replace(
        unmapped, config_pbtxt=unmapped.config_pbtxt.replace('input_map { key: "mask" value: "kept" }', "")
    )
    assert rules_of(unmapped) == set()


def test_sea250_steps_in_a_circle(found_in: FoundIn) -> None:
    """Each waits for what only the other fills."""
    circle = changed('{ key: "text" value: "text" }', '{ key: "text" value: "embedding" }')
    [finding] = found_in(circle, "SEA250")
    assert finding.what == "step 0 (first), step 1 (second) wait for tensors that only they fill."
    assert (
        found_in(changed('key: "ids" value: "tokens" } input', 'key: "ids" value: "x" } input'), "SEA250")
        == []
    )


def test_sea251_datatype_differs(found_in: FoundIn) -> None:
    """Between two steps, and at both ends."""
    [finding] = found_in(changed("", "", second=SECOND.replace("INT64", "INT32", 1)), "SEA251")
    assert finding.what == (
        "'tokens' is TYPE_INT64 by the output 'ids' of step 0 (first) and TYPE_INT32 for the input 'ids' of "
        "step 1 (second)."
    )
    assert finding.allowed == "TYPE_INT32."
    [outside] = found_in(changed("TYPE_STRING", "TYPE_INT8"), "SEA251")
    assert outside.what.startswith("'text' is TYPE_INT8 by the ensemble's input and TYPE_STRING for")


@pytest.mark.parametrize("dims", ["[ 8 ]", "[ 16, 1 ]"])
def test_sea252_dims_differ(found_in: FoundIn, dims: str) -> None:
    """Two sizes, or another number of dimensions; -1 goes with any size."""
    [finding] = found_in(changed("[ 16 ]", dims), "SEA252")
    assert finding.what.startswith("'embedding' is [16] by the output 'embedding' of step 1 (second) and [")
    assert found_in(changed("[ 16 ]", "[ -1 ]"), "SEA252") == []


def test_sea252_compares_nothing_across_a_batch_dimension(found_in: FoundIn) -> None:
    """An ensemble without batches around models with them is loaded by Triton, too."""
    assert found_in(changed("max_batch_size: 4", "max_batch_size: 0"), "SEA252") == []


def test_sea252_reshaped_tensors_of_the_ensemble() -> None:
    """Steps are given them as they are reshaped; those of steps' models count as requests have them."""
    reshaped = changed(
        "dims: [ 1 ]", "dims: [ 2, 2 ] reshape { shape: [ 4 ] }", first=FIRST.replace("[ 1 ]", "[ 4 ]")
    )
    assert "SEA252" not in rules_of(reshaped)
    of_a_step = FIRST.replace("dims: [ 1 ]", "dims: [ 2, 2 ] reshape { shape: [ 4 ] }")
    assert "SEA252" in rules_of(changed("dims: [ 1 ]", "dims: [ 4 ]", first=of_a_step))


def test_sea252_dims_that_are_completed() -> None:
    """Nothing is known of them yet."""
    partial = FIRST.replace("python", "onnxruntime").replace("data_type: TYPE_STRING dims: [ 1 ]", "")
    assert "SEA252" not in rules_of(changed("max_batch_size: 4", "max_batch_size: 4", first=partial))
