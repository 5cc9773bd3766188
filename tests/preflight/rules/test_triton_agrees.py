"""What the rules say of a configuration, and what a real Triton does with it."""

import http.client
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.triton import TritonServer, TritonStartError
from tests.preflight.rules.broken_configs import BROKEN, GOOD
from tests.preflight.rules.ensemble_examples import BROKEN_ENSEMBLES, GOOD_ENSEMBLES, MEMBERS
from tests.preflight.rules.real_triton import GOES_ON, Loaded, load, runtime_in, write_model

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    folder = tmp_path_factory.mktemp("agrees")
    write_model(folder / "repository", "good", GOOD)
    for number, broken in enumerate(BROKEN):
        write_model(folder / "repository", f"broken{number}", broken.config, broken.files)
    for name, config in {**MEMBERS, **GOOD_ENSEMBLES}.items():
        write_model(folder / "repository", name, config)
    for name, example in BROKEN_ENSEMBLES.items():
        write_model(folder / "repository", name, example.config, {"1/model.onnx": 1})
    found = load(folder)
    yield found
    found.server.stop(0)


def test_triton_loads_the_good_configurations(loaded: Loaded) -> None:
    """Which no rule has anything to say about."""
    for name in ("good", *MEMBERS, *GOOD_ENSEMBLES):
        assert loaded.states.get(name) == "READY", name


@pytest.mark.parametrize("number", range(len(BROKEN)), ids=lambda number: BROKEN[number].rule)
def test_triton_refuses_what_the_rules_say_it_refuses(loaded: Loaded, number: int) -> None:
    """And loads what they say it loads: then nothing but the rule tells."""
    is_ready = loaded.states.get(f"broken{number}") == "READY"
    assert is_ready is BROKEN[number].loads


@pytest.mark.parametrize("name", BROKEN_ENSEMBLES)
def test_triton_refuses_the_ensembles_that_rules_find(loaded: Loaded, name: str) -> None:
    """But for what only a request shows."""
    assert (loaded.states.get(name) == "READY") is BROKEN_ENSEMBLES[name].loads


def test_sea261_no_request_reaches_a_model_with_an_input_twice(loaded: Loaded) -> None:
    """Two are expected, and one name can be given once."""
    [number] = [number for number, each in enumerate(BROKEN) if each.rule == "SEA261"]
    status, answer = loaded.ask(f"broken{number}")
    assert status == http.HTTPStatus.BAD_REQUEST
    assert "expected 2 inputs but got 1 inputs" in answer["error"]


def test_sea240_a_request_without_the_optional_input_fails(loaded: Loaded) -> None:
    """The step's model asks for it."""
    [name] = [name for name, each in BROKEN_ENSEMBLES.items() if each.rule == "SEA240"]
    status, answer = loaded.ask(name, {"inputs": []})
    assert status == http.HTTPStatus.BAD_REQUEST
    assert "missing required input(s)" in answer["error"]


def test_sea282_the_first_request_to_passive_instances_ends_the_server(tmp_path: Path) -> None:
    """On Triton 2.51."""
    [passive] = [each for each in BROKEN if each.rule == "SEA282"]
    write_model(tmp_path / "repository", "passive", passive.config)
    found = load(tmp_path)
    try:
        assert found.states == {"passive": "READY"}
        with pytest.raises((http.client.HTTPException, ConnectionError)):
            found.ask("passive")
        assert found.server.wait_dead(10)
    finally:
        found.server.stop(0)


def test_sea285_a_python_model_with_a_space_in_its_name_never_loads(tmp_path: Path) -> None:
    """Its process is not started, and Triton waits for it."""
    write_model(tmp_path / "repository", "my echo", GOOD)
    with pytest.raises(TritonStartError, match="not ready within 5 s"):
        TritonServer.start(
            runtime_in(tmp_path),
            tmp_path / "repository",
            models=["my echo"],
            startup_timeout_seconds=5,
            log_path=tmp_path / "triton.log",
            extra_arguments=GOES_ON,
        )


def test_sea204_no_file_leads_to_a_backend(tmp_path: Path) -> None:
    """A name of the user's own says nothing to Triton."""
    write_model(tmp_path / "repository", "nameless", GOOD.replace('backend: "python"', ""), {"1/weights": 1})
    (tmp_path / "repository" / "nameless" / "1" / "model.py").unlink()
    found = load(tmp_path)
    try:
        assert found.states.get("nameless") != "READY"
        assert "Could not determine backend" in found.server.log.path.read_text(encoding="utf-8")
    finally:
        found.server.stop(0)
