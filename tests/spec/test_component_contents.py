"""Adapters, inline containers and rollback alarms in the file: what they mean, and one test per message."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spec import Deployment, MetricsEndpoint, Problem, parse_deployment

Problems = Callable[[str], tuple[Problem, ...]]

FILE = Path("deployments/test.yaml")
SHARED = "endpoints.shared"
ARTIFACT = "s3://adapters/french.tar.gz"


@pytest.fixture
def shared(valid: dict[str, Any]) -> dict[str, Any]:
    """Return a valid document with a component and its adapter."""
    component = {
        "model": "classifier",
        "copies": {"min": 1, "max": 1},
        "compute": {"memory_mib": 4096},
        "inline_container": True,
        "metrics_endpoint": {"path": "/metrics", "publish_frequency_seconds": 10},
        "rolling_update": {"rollback_alarms": ["vision-shared-slow"]},
    }
    valid["endpoints"] = {
        "shared": {
            "type": "inference-components",
            "instances": {"type": "ml.g5.2xlarge", "max": 4},
            "components": {"base": component},
            "adapters": {"french": {"base": "base", "artifact": ARTIFACT}},
        }
    }
    return valid


def read(document: dict[str, Any]) -> Deployment:
    """Return the deployment that ``document`` is."""
    return parse_deployment(json.dumps(document), FILE).deployment


@pytest.fixture
def only_problem(shared: dict[str, Any], problems_of: Problems) -> Callable[[], Problem]:
    """Return what asks for the one problem of the document as it is then."""

    def ask() -> Problem:
        problems = problems_of(json.dumps(shared))
        assert len(problems) == 1, [str(each) for each in problems]
        return problems[0]

    return ask


def test_an_adapter_has_a_name_like_a_component(shared: dict[str, Any]) -> None:
    """The three keys make an adapter's name, unless it has one of its own."""
    assert read(shared).adapter_name("shared", "french") == "vision-shared-french"
    shared["endpoints"]["shared"]["adapters"]["french"]["name"] = "own"
    assert read(shared).adapter_name("shared", "french") == "own"


def test_what_is_left_out_has_its_default(shared: dict[str, Any]) -> None:
    """A component has a Model, no metrics endpoint, no foreign alarms and five errors a minute."""
    assert read(shared).component_endpoints["shared"].components["base"].metrics_endpoint == MetricsEndpoint(
        path="/metrics", publish_frequency_seconds=10
    )
    component = shared["endpoints"]["shared"]["components"]["base"]
    for key in ("inline_container", "metrics_endpoint", "rolling_update"):
        del component[key]
    found = read(shared).component_endpoints["shared"].components["base"]
    assert (found.inline_container, found.metrics_endpoint) == (False, None)
    assert found.rolling_update.rollback_alarms == ()
    assert found.server_errors_per_minute == 5


def test_an_adapter_of_nothing(shared: dict[str, Any], only_problem: Callable[[], Problem]) -> None:
    """A base is a component of the same endpoint; a near one is named."""
    shared["endpoints"]["shared"]["adapters"]["french"]["base"] = "bsae"
    problem = only_problem()
    assert problem.path == f"{SHARED}.adapters.french.base"
    assert problem.what == "the endpoint has no component 'bsae'"
    assert problem.allowed == "a key under components: base"
    assert problem.fix == "did you mean 'base'?"


@pytest.mark.parametrize("address", ["s3://adapters/french", "https://a/b.tar.gz", "s3://adapters/*.tar.gz"])
def test_an_adapter_lies_in_s3(
    shared: dict[str, Any], only_problem: Callable[[], Problem], address: str
) -> None:
    """An artifact is one packed object, and its address no pattern."""
    shared["endpoints"]["shared"]["adapters"]["french"]["artifact"] = address
    problem = only_problem()
    assert problem.path == f"{SHARED}.adapters.french.artifact"
    assert problem.allowed == "s3://<bucket>/<key>.tar.gz, at most 1024 characters"


def test_an_adapter_with_the_name_of_a_component(
    shared: dict[str, Any], only_problem: Callable[[], Problem]
) -> None:
    """SageMaker keeps components and adapters in one space of names."""
    shared["endpoints"]["shared"]["adapters"]["french"]["name"] = "Vision-Shared-Base"
    problem = only_problem()
    assert problem.path == f"{SHARED}.adapters.french"
    assert problem.what == "its name 'Vision-Shared-Base' is also that of the component 'shared.base'"


def test_an_adapter_with_a_long_name(shared: dict[str, Any], only_problem: Callable[[], Problem]) -> None:
    """The default name of an adapter has at most 63 characters, too."""
    shared["endpoints"]["shared"]["adapters"] = {"f" * 60: {"base": "base", "artifact": ARTIFACT}}
    assert only_problem().what.startswith("the adapter's name would be 'vision-shared-fff")


def test_a_metrics_endpoint_of_a_model(shared: dict[str, Any], only_problem: Callable[[], Problem]) -> None:
    """Only a container that the component itself names can say where its metrics are."""
    shared["endpoints"]["shared"]["components"]["base"]["inline_container"] = False
    problem = only_problem()
    assert problem.path == f"{SHARED}.components.base.metrics_endpoint"
    assert problem.what == "a SageMaker Model has no metrics endpoint"


@pytest.mark.parametrize("path", ["metrics", "/a..b", "/", "/a b"])
def test_the_path_of_a_metrics_endpoint(
    shared: dict[str, Any], only_problem: Callable[[], Problem], path: str
) -> None:
    """A path has the form of SageMaker's service model."""
    shared["endpoints"]["shared"]["components"]["base"]["metrics_endpoint"]["path"] = path
    assert only_problem().allowed.startswith("a path such as /metrics, without two dots in a row")


def test_too_many_variables_without_a_model(
    shared: dict[str, Any], only_problem: Callable[[], Problem]
) -> None:
    """CloudFormation takes 16 variables in a component, and one of them names the default model."""
    container = shared["models"]["classifier"].setdefault("container", {})
    container["environment"] = {f"A{number}": "b" for number in range(15)}
    assert read(shared).component_endpoints["shared"].components["base"].inline_container
    container["environment"]["A15"] = "b"
    problem = only_problem()
    assert problem.path == f"{SHARED}.components.base.inline_container"
    assert problem.what.startswith("the container of 'classifier' has 17 environment variables, with ")
    container["environment"]["SAGEMAKER_TRITON_DEFAULT_MODEL_NAME"] = "classifier"
    assert " 17 " in only_problem().what


def test_an_alarm_that_the_role_does_not_see(
    shared: dict[str, Any], only_problem: Callable[[], Problem]
) -> None:
    """Alarms that roll back have names that begin with the endpoint's, its own name included."""
    shared["endpoints"]["shared"]["endpoint_name"] = "own"
    problem = only_problem()
    assert problem.path == f"{SHARED}.components.base.rolling_update.rollback_alarms[0]"
    assert problem.what == "the endpoint's role does not see the alarm 'vision-shared-slow'"
    assert problem.allowed == "names that begin with own-"


def test_at_most_nine_alarms(shared: dict[str, Any], only_problem: Callable[[], Problem]) -> None:
    """SageMaker watches ten, and one is the component's own."""
    alarms = [f"vision-shared-{number}" for number in range(10)]
    shared["endpoints"]["shared"]["components"]["base"]["rolling_update"]["rollback_alarms"] = alarms
    assert only_problem().path == f"{SHARED}.components.base.rolling_update.rollback_alarms"
