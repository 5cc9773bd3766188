"""The rule about the library that executes a model."""

import pytest

from preflight import inspect_artifact
from preflight.registry import REGISTRY
from spec import Container, Model
from tests.preflight.rules.echo_configs import GOOD, artifact_of


def found(config: str, files: dict[str, int] | None = None) -> list[str]:
    return [each.what for each in inspect_artifact(artifact_of(config, files)) if each.rule == "SEA287"]


def test_sea287_runtime_nowhere() -> None:
    """Triton searches three folders, and finds it in none."""
    assert found(f'{GOOD}runtime: "libtriton_other.so"') == [
        "runtime is 'libtriton_other.so', which neither the archive nor the backend python has."
    ]


@pytest.mark.parametrize("path", ["libtriton_other.so", "1/libtriton_other.so"])
def test_sea287_a_runtime_that_is_packed(path: str) -> None:
    """In the model's folder, or in its version's."""
    assert found(f'{GOOD}runtime: "libtriton_other.so"', {path: 1}) == []


@pytest.mark.parametrize(
    "config",
    [
        f'{GOOD}runtime: "libtriton_python.so"',
        f'{GOOD}runtime: "../python/libtriton_python.so"',
        GOOD.replace("python", "mine") + 'runtime: "libmine.so"',
        GOOD.replace("python", "pytorch") + 'runtime: "model.py"',
    ],
)
def test_sea287_what_is_not_judged(config: str) -> None:
    """The backend's own, paths that lead further, and backends of the user's own."""
    assert found(config) == []


def test_sea287_an_image_of_ones_own_settles_it() -> None:
    """Nobody knows what its backends have."""
    rule = REGISTRY.find("SEA287")
    assert rule is not None
    assert rule.settled_by is not None
    image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1"
    for uri, settles in ((None, False), (image, True)):
        model = Model.model_construct(container=Container.model_construct(image_uri=uri))
        assert rule.settled_by(model) is settles
