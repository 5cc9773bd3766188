"""What `seatrial invoke`'s options may name."""

from pathlib import Path

import pytest
import typer

from cli._invoked import invoked_target
from cli._output import Output
from local.rehearsal.targets import Part
from spec import DeploymentFile, load_deployment

DEPLOYMENTS = Path(__file__).parents[2] / "deployments"


def options(
    *, component: str | None = None, model: str | None = None, container: str | None = None
) -> dict[Part, str | None]:
    return {"component": component, "model": model, "container": container}


@pytest.fixture
def several() -> DeploymentFile:
    """The deployment with several models in an endpoint."""
    return load_deployment(DEPLOYMENTS / "several-models.yaml")


def refused(
    capsys: pytest.CaptureFixture[str],
    file: DeploymentFile,
    endpoint: str,
    named: dict[Part, str | None] | None = None,
) -> str:
    with pytest.raises(typer.Exit):
        invoked_target(Output(as_json=False), file, endpoint, named or options())
    return capsys.readouterr().err.strip()


def test_each_option_names_what_it_is_for(several: DeploymentFile) -> None:
    """A model, a container, and nothing where all answer."""
    output = Output(as_json=False)
    assert invoked_target(output, several, "many", options(model="two")).models == ("two",)
    found = invoked_target(output, several, "side-by-side", options(container="one"))
    assert found.container_hostname == "one"
    assert invoked_target(output, several, "in-a-row", options()).models == ("scaler", "scorer")


def test_a_component_is_named_as_before() -> None:
    """The endpoint of components needs --component."""
    file = load_deployment(DEPLOYMENTS / "components.yaml")
    found = invoked_target(Output(as_json=False), file, "shared", options(component="encoder"))
    assert found.component_name == "components-shared-encoder"


def test_an_endpoint_that_is_not_there(several: DeploymentFile, capsys: pytest.CaptureFixture[str]) -> None:
    """The near name is asked after."""
    words = refused(capsys, several, "mny")
    assert words.endswith(
        "several-models.yaml has no endpoint 'mny'; it has many, side-by-side, in-a-row. Did you mean 'many'?"
    )


@pytest.mark.parametrize(("endpoint", "part"), [("many", "model"), ("side-by-side", "container")])
def test_what_must_be_named(
    several: DeploymentFile, capsys: pytest.CaptureFixture[str], endpoint: str, part: str
) -> None:
    """With what there is."""
    words = refused(capsys, several, endpoint)
    assert words.startswith(f"the endpoint '{endpoint}' needs --{part}, not ''; it has one, two")


def test_a_name_that_is_not_there(several: DeploymentFile, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a model, or of a container."""
    assert refused(capsys, several, "many", options(model="thre")) == (
        "the endpoint 'many' has no model 'thre'; it has one, two, three. Did you mean 'three'?"
    )
    assert refused(capsys, several, "side-by-side", options(container="zzz")) == (
        "the endpoint 'side-by-side' has no container 'zzz'; it has one, two."
    )


def test_an_option_that_says_nothing_here(
    several: DeploymentFile, capsys: pytest.CaptureFixture[str]
) -> None:
    """A container in a row is not asked by itself, and a multi-model endpoint has no components."""
    assert refused(capsys, several, "in-a-row", options(container="scaler")) == (
        "the endpoint 'in-a-row' has no container 'scaler'; it has none."
    )
    assert refused(capsys, several, "many", options(model="one", component="one")) == (
        "the endpoint 'many' has no component 'one'; it has none."
    )
