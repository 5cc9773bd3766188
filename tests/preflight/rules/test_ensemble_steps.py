"""The steps of an ensemble against the models that they execute."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from model_packaging.artifact import ArtifactInspection, RecordedFinding
from preflight import inspect_artifact
from tests.preflight.rules.ensemble_artifacts import ENSEMBLE, FIRST, GOOD, SECOND, changed, model, rules_of

FoundIn = Callable[[ArtifactInspection, str], list[RecordedFinding]]


def test_a_good_ensemble_is_silent() -> None:
    """Nothing to say, an optional input that is not mapped included."""
    assert rules_of(GOOD) == set()


def test_a_model_that_is_no_ensemble_is_left_alone() -> None:
    """Its members' tensors are its own business."""
    assert rules_of(model("first", FIRST)) == set()


def test_an_ensemble_beside_the_model_that_answers_is_checked_too() -> None:
    """The finding says in which model."""
    broken = replace(model("chain", ENSEMBLE.replace('"second"', '"third"')), beside=(model("first", FIRST),))
    outer = replace(model("first", FIRST), beside=(broken,))
    [finding] = [each for each in inspect_artifact(outer) if each.rule == "SEA241"]
    assert finding.what == "chain: step 1 executes 'third', which is not in the archive."


def test_sea241_model_not_packed(found_in: FoundIn) -> None:
    """With what is there."""
    [finding] = found_in(changed('"second"', '"third"'), "SEA241")
    assert finding.what == "step 1 executes 'third', which is not in the archive."
    assert finding.allowed == "'first', 'second'."


@pytest.mark.parametrize(
    ("old", "new", "words", "allowed"),
    [
        ('{ key: "text"', '{ key: "txt"', "maps the input 'txt'", "'text'."),
        ('output_map { key: "ids"', 'output_map { key: "id"', "maps the output 'id'", "'ids', 'mask'."),
    ],
)
def test_sea242_tensor_not_of_the_model(
    found_in: FoundIn, old: str, new: str, words: str, allowed: str
) -> None:
    """The keys of the maps."""
    [finding] = found_in(changed(old, new), "SEA242")
    assert finding.what == f"step 0 (first) {words}, which its model does not have."
    assert finding.allowed == allowed


def test_sea243_input_not_mapped(found_in: FoundIn) -> None:
    """Every input that is not optional."""
    [finding] = found_in(changed('input_map { key: "mask" value: "kept" }', ""), "SEA243")
    assert finding.what == "step 1 (second) gives its model no 'mask'."
    assert finding.allowed == "'ids', 'mask'."


def test_sea244_batch_above_a_members(found_in: FoundIn) -> None:
    """The smallest of its models counts."""
    [finding] = found_in(changed("max_batch_size: 4", "max_batch_size: 6"), "SEA244")
    assert finding.what == "max_batch_size is 6, and that of the model in step 1 (second) 4."
    assert finding.allowed == "at most 4."


@pytest.mark.parametrize(
    ("policy", "served"),
    [
        ("", "3"),
        ("version_policy { latest { num_versions: 2 } }", "1, 3"),
        ("version_policy { all { } }", "1, 3"),
        ("version_policy { specific { versions: 1 } }", "1"),
    ],
)
def test_sea245_version_not_packed(found_in: FoundIn, policy: str, served: str) -> None:
    """What the model serves decides, not what is packed."""
    versions = (model("first", FIRST + policy, "1", "3"), model("second", SECOND))
    wanting = replace(changed("model_version: -1", "model_version: 2"), beside=versions)
    [finding] = found_in(wanting, "SEA245")
    assert finding.what == f"step 0 (first) wants version 2; the model serves {served}."
    assert finding.allowed == f"-1, {served}."
    right = served.rsplit(", ", maxsplit=1)[-1]
    assert (
        found_in(replace(changed("model_version: -1", f"model_version: {right}"), beside=versions), "SEA245")
        == []
    )


def test_sea245_no_version_at_all(found_in: FoundIn) -> None:
    """A policy that names versions of which none is packed serves none."""
    policy = "version_policy { specific { versions: [ 7 ] } }\n"
    versions = (model("first", FIRST + policy, "1"), model("second", SECOND))
    wanting = replace(changed("model_version: -1", "model_version: 1"), beside=versions)
    [finding] = found_in(wanting, "SEA245")
    assert finding.what == "step 0 (first) wants version 1; the model serves none."
    assert finding.allowed == "-1."


@pytest.mark.parametrize(
    "said",
    ["instance_group [ { count: 1 } ]", "optimization { }", 'model_warmup [ { name: "w" } ]'],
)
def test_sea246_what_no_ensemble_has(found_in: FoundIn, said: str) -> None:
    """It executes nothing itself."""
    [finding] = found_in(changed("max_batch_size: 4", f"max_batch_size: 4\n{said}"), "SEA246")
    assert finding.what == f"The ensemble has {said.split(maxsplit=1)[0]}."
