"""What the rules say of a Python model and its environment, and what a real Triton does with it."""

from collections.abc import Iterator

import pytest

from tests.preflight.rules.echo_configs import GOOD
from tests.preflight.rules.python_examples import BROKEN_SOURCES, source
from tests.preflight.rules.real_triton import Loaded, load, write_model

pytestmark = pytest.mark.soak  # it starts a stub for each model

PARAMETERS = {
    "yes": ("FORCE_CPU_ONLY_INPUT_TENSORS", "yes", True),
    "neither": ("FORCE_CPU_ONLY_INPUT_TENSORS", "true", False),
    "not_packed": ("EXECUTION_ENV_PATH", "$$TRITON_MODEL_DIRECTORY/env.tar.gz", False),
    "beside_the_server": ("EXECUTION_ENV_PATH", "env.tar.gz", False),
}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    folder = tmp_path_factory.mktemp("python")
    write_model(folder / "repository", "good", GOOD, text=source())
    for name, broken in BROKEN_SOURCES.items():
        write_model(folder / "repository", name, GOOD, {"1/labels.txt": 1}, broken.text)
    for name, (key, value, _) in PARAMETERS.items():
        parameter = f'parameters: {{ key: "{key}" value: {{ string_value: "{value}" }} }}'
        write_model(folder / "repository", name, GOOD + parameter)
    found = load(folder)
    yield found
    found.server.stop(0)


def test_triton_loads_and_serves_the_good_model(loaded: Loaded) -> None:
    """Which no rule has anything to say about."""
    assert loaded.states["good"] == "READY"
    status, answer = loaded.ask("good")
    assert (status, answer["outputs"][0]["data"]) == (200, [1.0, 2.0, 3.0, 4.0])


@pytest.mark.parametrize("name", BROKEN_SOURCES)
def test_triton_refuses_what_the_rules_say_it_refuses(loaded: Loaded, name: str) -> None:
    """The others it loads, and only a request shows what is wrong."""
    assert (loaded.states[name] == "READY") is BROKEN_SOURCES[name].loads


@pytest.mark.parametrize("name", [name for name, each in BROKEN_SOURCES.items() if each.answer])
def test_a_request_shows_it(loaded: Loaded, name: str) -> None:
    """By an error, or by an answer without its tensor."""
    _, answer = loaded.ask(name)
    assert BROKEN_SOURCES[name].answer in str(answer).replace("'outputs': []", '"outputs":[]')


def test_sea310_no_request_is_answered(loaded: Loaded) -> None:
    """Who asks waits in vain."""
    with pytest.raises(TimeoutError):
        loaded.ask("silent", timeout_seconds=2)


@pytest.mark.parametrize("name", PARAMETERS)
def test_triton_refuses_the_parameters_that_rules_find(loaded: Loaded, name: str) -> None:
    """Environments that are not there, and words that it does not know."""
    *_, loads = PARAMETERS[name]
    assert (loaded.states[name] == "READY") is loads
