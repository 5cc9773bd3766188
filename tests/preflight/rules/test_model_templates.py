"""The rules about multi-model and multi-container models in any template."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.preflight.rules.template_findings import findings

CONTAINER = {"Image": "image", "ModelDataUrl": "s3://models/one.tar.gz"}
MODEL = "AWS::SageMaker::Model"


def told(properties: Mapping[str, Any], rule: str) -> list[str]:
    return [each.what for each in findings({"It": (MODEL, properties)}, rule)]


def several(*names: object, mode: str = "Serial") -> dict[str, Any]:
    """Return a model with containers of these names; None for no name."""
    named = [{"ContainerHostname": name} if name is not None else {} for name in names]
    return {
        "Containers": [{**CONTAINER, **each} for each in named],
        "InferenceExecutionConfig": {"Mode": mode},
    }


def test_sea617_wrong_number_of_containers() -> None:
    """15 at most."""
    assert told(several(*(f"c{each}" for each in range(16))), "SEA617") == ["Containers has 16."]
    assert told(several(*(f"c{each}" for each in range(15))), "SEA617") == []


def test_sea617_one_and_several() -> None:
    """Either one or several."""
    both = {"PrimaryContainer": CONTAINER, **several("a", "b")}
    assert told(both, "SEA617") == ["PrimaryContainer and Containers are both given."]


@pytest.mark.parametrize("properties", [{"PrimaryContainer": CONTAINER}, several("a", "b"), several("a"), {}])
def test_sea617_lets_one_and_several_pass(properties: dict[str, Any]) -> None:
    """A model package is no container; a list of one is what SageMaker's own templates write."""
    assert told(properties, "SEA617") == []


def test_sea618_a_name_that_is_missing() -> None:
    """For direct invocation alone: in a row nobody names a container."""
    assert told(several("a", None, mode="Direct"), "SEA618") == [
        "Container 2 has no ContainerHostname, and the mode is Direct."
    ]
    assert told(several(None, None), "SEA618") == []


def test_sea618_a_name_that_is_there_twice() -> None:
    """In either mode."""
    assert told(several("a", "b", "a"), "SEA618") == ["Two containers are called 'a'."]


@pytest.mark.parametrize("name", ["a_b", "-a", "a" * 64])
def test_sea618_a_name_that_is_none(name: str) -> None:
    """Letters, digits and hyphens in between, at most 63."""
    assert told(several("a", name), "SEA618") == [f"A ContainerHostname is {name!r}."]
    assert told(several("a", {"Ref": "Name"}), "SEA618") == []


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("s3://models/one.tar.gz", "s3://models/one.tar.gz"),
        ("s3://models/many", "s3://models/many"),
        (None, "missing"),
    ],
)
def test_sea619_a_prefix_that_is_none(url: str | None, shown: str) -> None:
    """TargetModel is looked for below ModelDataUrl."""
    container = {"Image": "image", "Mode": "MultiModel", **({"ModelDataUrl": url} if url else {})}
    words = [f"Mode is MultiModel, and ModelDataUrl is {shown}."]
    assert told({"PrimaryContainer": container}, "SEA619") == words
    assert told({"Containers": [CONTAINER, container]}, "SEA619") == words


@pytest.mark.parametrize("url", ["s3://models/many/", {"Ref": "Parameter"}])
def test_sea619_lets_a_prefix_pass(url: object) -> None:
    """And what only CloudFormation knows."""
    container = {"Image": "image", "Mode": "MultiModel", "ModelDataUrl": url}
    assert told({"PrimaryContainer": container}, "SEA619") == []
    assert told({"PrimaryContainer": CONTAINER}, "SEA619") == []
