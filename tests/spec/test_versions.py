"""Several versions of an exported model: what each is made of, and which answers."""

from typing import Any

import pytest

from spec import Model

EXPORT = {"from": "m:f", "to": "torchscript", "how": "trace", "arguments": {"seed": 1, "width": 8}}
WEIGHTS = {"from": "weights/a.safetensors", "sha256": "0" * 64}
OTHERS = {"from": "weights/b.safetensors", "sha256": "1" * 64}


def model(versions: dict[str, Any], policy: dict[str, Any] | None = None, **export: Any) -> Model:  # noqa: ANN401 - values of YAML
    return Model.model_validate(
        {
            "export": {**EXPORT, "versions": versions, **export},
            "triton": {"max_batch_size": 1, "version_policy": policy},
        }
    )


def test_a_version_has_what_it_says_and_else_what_the_export_says() -> None:
    """Arguments one by one, weights as a whole; it has no versions itself."""
    export = model({"1": {}, "2": {"arguments": {"seed": 2}, "weights": OTHERS}}, weights=WEIGHTS).export
    assert export is not None
    first, second = export.of_version("1"), export.of_version("2")
    assert (first.arguments, second.arguments) == ({"seed": 1, "width": 8}, {"seed": 2, "width": 8})
    assert first.weights is not None
    assert second.weights is not None
    assert (first.weights.from_, second.weights.from_) == (WEIGHTS["from"], OTHERS["from"])
    assert first.versions == second.versions == {}


@pytest.mark.parametrize(
    ("versions", "policy", "answering"),
    [
        ({}, None, "1"),
        ({"1": {}, "10": {}, "9": {}}, None, "10"),
        ({"1": {}, "10": {}}, {"all": {}}, "10"),
        ({"1": {}, "10": {}}, {"latest": {"num_versions": 2}}, "10"),
        ({"1": {}, "2": {}, "10": {}}, {"specific": {"versions": [1, 2]}}, "2"),
    ],
)
def test_the_newest_that_is_served_answers(
    versions: dict[str, Any], policy: dict[str, Any] | None, answering: str
) -> None:
    """By its number, not by its text."""
    assert model(versions, policy).answering_version == answering


def test_answers_are_compared_with_the_version_that_answers() -> None:
    """Its factory is the eager one."""
    versions = {"1": {}, "2": {"arguments": {"seed": 2}}}
    newest, oldest = model(versions).eager, model(versions, {"specific": {"versions": [1]}}).eager
    assert newest is not None
    assert oldest is not None
    assert (newest.arguments["seed"], oldest.arguments["seed"]) == (2, 1)


@pytest.mark.parametrize("number", ["0", "01", "-1", "one", "1.0"])
def test_a_version_is_a_number(number: str) -> None:
    """Triton ignores every other folder."""
    with pytest.raises(ValueError, match="versions"):
        model({number: {}})
