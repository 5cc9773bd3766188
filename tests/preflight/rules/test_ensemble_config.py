"""The rules about an ensemble as a whole."""

from dataclasses import replace

import pytest

from model_packaging.artifact import ArtifactInspection
from preflight import inspect_artifact
from tests.preflight.rules.broken_configs import artifact_of
from tests.preflight.rules.ensemble_examples import (
    BROKEN_ENSEMBLES,
    GOOD_ENSEMBLES,
    MEMBERS,
)

OF_ENSEMBLES = {f"SEA{number}" for number in (*range(236, 253),)}


def packed(name: str, config: str, **others: str) -> ArtifactInspection:
    beside = tuple(artifact_of(text, name=other) for other, text in {**MEMBERS, **others}.items())
    return replace(artifact_of(config, name=name), python_model="", beside=beside)


@pytest.mark.parametrize("name", GOOD_ENSEMBLES)
def test_good_ensembles_have_no_finding(name: str) -> None:
    """With and without a batch dimension, in one chain, too."""
    found = inspect_artifact(packed(name, GOOD_ENSEMBLES[name]))
    assert not {each.rule for each in found} & OF_ENSEMBLES


def named(rule: str) -> list[str]:
    return [name for name, each in BROKEN_ENSEMBLES.items() if each.rule == rule]


def assert_found(name: str) -> None:
    example = BROKEN_ENSEMBLES[name]
    found = [each for each in inspect_artifact(packed(name, example.config)) if each.rule == example.rule]
    assert [each.what for each in found] == [example.what]


@pytest.mark.parametrize("name", named("SEA236"))
def test_sea236_half_an_ensemble(name: str) -> None:
    """Platform and steps come together."""
    assert_found(name)


@pytest.mark.parametrize("name", named("SEA237"))
def test_sea237_step_unfinished(name: str) -> None:
    """Its model, what it is given, what it gives."""
    assert_found(name)


@pytest.mark.parametrize("name", named("SEA238"))
def test_sea238_ensemble_of_itself(name: str) -> None:
    """A step of its own name."""
    assert_found(name)


@pytest.mark.parametrize("name", named("SEA239"))
def test_sea239_answers_of_two_origins(name: str) -> None:
    """Of two streams, and of a stream and the request."""
    assert_found(name)


@pytest.mark.parametrize("name", named("SEA240"))
def test_sea240_optional_input_that_a_step_needs(name: str) -> None:
    """Triton loads it."""
    assert_found(name)


def test_sea238_a_circle_of_two_ensembles() -> None:
    """Each is a step of the other."""
    there = GOOD_ENSEMBLES["plain"].replace('"batched"', '"back"')
    back = GOOD_ENSEMBLES["plain"].replace('"batched"', '"there"')
    [finding] = [
        each for each in inspect_artifact(packed("there", there, back=back)) if each.rule == "SEA238"
    ]
    assert finding.what == "Its steps lead back to it: there -> back -> there."


def test_sea239_outputs_of_two_origins() -> None:
    """The ensemble's own outputs are joined as well."""
    config = (
        GOOD_ENSEMBLES["plain"]
        .replace(
            'model_name: "batched" model_version: -1 input_map { key: "x" value: "x" }',
            'model_name: "stream" model_version: -1 input_map { key: "x" value: "x" } '
            'output_map { key: "y" value: "z" } }, '
            '{ model_name: "batched" model_version: -1 input_map { key: "x" value: "x" }',
        )
        .replace(
            "dims: [ 4 ] } ]\nensemble",
            'dims: [ 4 ] }, { name: "z" data_type: TYPE_FP32 dims: [ 4 ] } ]\nensemble',
        )
    )
    [finding] = [each for each in inspect_artifact(packed("two", config)) if each.rule == "SEA239"]
    assert finding.what == "The ensemble's outputs are of the decoupled step 0 (stream) and of the request."
