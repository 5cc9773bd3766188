"""Endpoints with several models: what may be said, and what their models say about each other."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spec import HostedEndpoint, MultiModelEndpoint, PipelineEndpoint, Problem, parse_deployment

Problems = Callable[[str], tuple[Problem, ...]]
OnlyProblem = Callable[[str], Problem]

INSTANCES = {"type": "ml.m5.large"}
ROLES = ("arn:aws:iam::123456789012:role/a", "arn:aws:iam::123456789012:role/b")


@pytest.fixture
def several(valid: dict[str, Any]) -> dict[str, Any]:
    """Return a valid document with two models, and an endpoint of each type that serves both."""
    model = {**valid["models"]["classifier"], "triton": {"max_batch_size": 4}}
    valid["models"] = {"one": model, "two": json.loads(json.dumps(model))}
    containers = {"first": {"model": "one"}, "second": {"model": "two"}}
    valid["endpoints"] = {
        "many": {"type": "multi-model", "models": ["one", "two"], "instances": INSTANCES},
        "row": {"type": "pipeline", "containers": containers, "instances": INSTANCES},
    }
    return valid


def endpoint(document: dict[str, Any], key: str) -> HostedEndpoint:
    return parse_deployment(json.dumps(document), Path("d.yaml")).deployment.hosted_endpoints[key]


def test_every_type_serves_its_models(several: dict[str, Any]) -> None:
    """In the order of the file, and each type with its own section of the deployment."""
    deployment = parse_deployment(json.dumps(several), Path("d.yaml")).deployment
    assert [each.served for each in deployment.hosted_endpoints.values()] == [("one", "two")] * 2
    assert list(deployment.multi_model_endpoints) == ["many"]
    assert list(deployment.pipeline_endpoints) == ["row"]
    assert deployment.realtime_endpoints == {}
    assert deployment.served_models == {"one", "two"}
    assert [each.accelerator for each in deployment.hosted_endpoints.values()] == [None, None]


def test_defaults(several: dict[str, Any]) -> None:
    """Those of AWS, but for routing."""
    many, row = endpoint(several, "many"), endpoint(several, "row")
    assert isinstance(many, MultiModelEndpoint)
    assert isinstance(row, PipelineEndpoint)
    assert many.model_cache == "Enabled"
    assert row.inference_execution_mode == "Serial"
    assert {each.routing for each in (many, row)} == {"LEAST_OUTSTANDING_REQUESTS"}


def test_containers_keep_their_order(several: dict[str, Any]) -> None:
    """It is the order they answer in; a model may be there twice."""
    several["endpoints"]["row"]["containers"] = {
        "z": {"model": "two"},
        "a": {"model": "one"},
        "m": {"model": "two"},
    }
    assert endpoint(several, "row").served == ("two", "one", "two")


@pytest.mark.parametrize(
    ("models", "allowed"),
    [
        ([], "a list of at least 1 and at most 150, no two alike"),
        (["one", "one"], "a list of at least 1 and at most 150, no two alike"),
    ],
)
def test_a_list_of_models_that_is_none(
    several: dict[str, Any], only_problem_of: OnlyProblem, models: list[str], allowed: str
) -> None:
    """At least one, none twice."""
    several["endpoints"]["many"]["models"] = models
    problem = only_problem_of(json.dumps(several))
    assert problem.path == "endpoints.many.models"
    assert problem.allowed.startswith(allowed)


@pytest.mark.parametrize("count", [1, 16])
def test_a_wrong_number_of_containers(
    several: dict[str, Any], only_problem_of: OnlyProblem, count: int
) -> None:
    """2 to 15."""
    several["endpoints"]["row"]["containers"] = {f"c{each}": {"model": "one"} for each in range(count)}
    problem = only_problem_of(json.dumps(several))
    assert problem.path == "endpoints.row.containers"
    assert problem.allowed == "a mapping of at least 2 at most 15 entries"


@pytest.mark.parametrize("hostname", ["a_b", "-a", "a" * 64])
def test_a_hostname_that_is_none(
    several: dict[str, Any], only_problem_of: OnlyProblem, hostname: str
) -> None:
    """As SageMaker takes it."""
    several["endpoints"]["row"]["containers"][hostname] = {"model": "one"}
    problem = only_problem_of(json.dumps(several))
    assert problem.path.startswith("endpoints.row.containers")
    assert "letters, digits and hyphens, with a letter or digit at both ends" in problem.allowed


def test_models_that_are_not_there(several: dict[str, Any], problems_of: Problems) -> None:
    """Each where it is named, with the near name."""
    several["endpoints"]["many"]["models"] = ["one", "tow"]
    several["endpoints"]["row"]["containers"]["second"]["model"] = "zzz"
    first, second = problems_of(json.dumps(several))
    assert (first.path, first.what) == ("endpoints.many.models[1]", "there is no model 'tow'")
    assert first.fix == "did you mean 'two'?"
    assert second.path == "endpoints.row.containers.second.model"
    assert second.allowed == "a key under models: one, two"


def test_several_models_with_an_accelerator(several: dict[str, Any], only_problem_of: OnlyProblem) -> None:
    """Elastic Inference was for single models."""
    several["endpoints"]["many"]["instances"] = {**INSTANCES, "accelerator": "ml.eia2.medium"}
    assert only_problem_of(json.dumps(several)).path == "endpoints.many.instances.accelerator"


def test_one_container_for_two_layouts(several: dict[str, Any], only_problem_of: OnlyProblem) -> None:
    """What serves one model of a multi-model endpoint serves all; containers of a pipeline differ."""
    model = several["models"]["two"]
    del model["triton"]
    model["pytorch"] = {"max_batch_size": 4}
    problem = only_problem_of(json.dumps(several))
    assert problem.path == "endpoints.many.models[1]"
    assert problem.what == "two is served by `pytorch`, and one by `triton`"
    assert problem.allowed == "models that one container serves"
    assert problem.fix == "give each kind an endpoint of its own"


def test_one_container_with_two_sections(several: dict[str, Any], only_problem_of: OnlyProblem) -> None:
    """Image, variables and role of the one container are those of all its models."""
    several["models"]["two"]["container"] = {
        "triton_release": "24.03",
        "environment": {"SAGEMAKER_TRITON_LOG_INFO": "false"},
    }
    problem = only_problem_of(json.dumps(several))
    assert problem.path == "endpoints.many.models[1]"
    assert problem.what == "two and one have another triton_release and environment under container"
    assert problem.allowed == "one container section for all models of the endpoint"
    assert problem.fix == "write the same for both, or give one of them an endpoint of its own"


def test_one_role_for_all_containers(several: dict[str, Any], only_problem_of: OnlyProblem) -> None:
    """A SageMaker model has one."""
    del several["endpoints"]["many"]
    for name, role in zip(("one", "two"), ROLES, strict=True):
        several["models"][name]["container"] = {"execution_role": role}
    problem = only_problem_of(json.dumps(several))
    assert problem.path == "endpoints.row.containers.second.model"
    assert problem.what == f"two has {ROLES[1]}, and one {ROLES[0]}"
    assert problem.allowed == "one execution_role for all containers of the endpoint, or none"
    del several["models"]["one"]["container"]
    assert only_problem_of(json.dumps(several)).what == f"two has {ROLES[1]}, and one none"


def test_instances_outside_of_what_scaling_keeps_to(
    several: dict[str, Any], only_problem_of: OnlyProblem
) -> None:
    """Scaling is checked for every type with instances of its own."""
    several["endpoints"]["many"]["scaling"] = {"min": 2, "max": 3, "invocations_per_instance": 100}
    assert only_problem_of(json.dumps(several)).path == "endpoints.many.instances.count"


def test_an_uncompressed_model_of_many(several: dict[str, Any], only_problem_of: OnlyProblem) -> None:
    """A multi-model endpoint loads archives."""
    several["publish"] = {"prefix": "models/"}
    for name in ("one", "two"):
        several["models"][name]["artifact"] = "published"
    assert endpoint(several, "many").served == ("one", "two")
    del several["endpoints"]["row"]
    several["models"]["two"]["artifact"] = "uncompressed"
    problem = only_problem_of(json.dumps(several))
    assert problem.path == "endpoints.many.models[1]"
    assert problem.what == "the artifact of two is uncompressed"
    assert problem.allowed == (
        "artifact: asset or published, since a multi-model endpoint loads .tar.gz archives"
    )


def test_one_prefix_for_all_models(several: dict[str, Any], only_problem_of: OnlyProblem) -> None:
    """An asset and what is published lie in several places."""
    several["publish"] = {"prefix": "models/"}
    several["models"]["two"]["artifact"] = "published"
    problem = only_problem_of(json.dumps(several))
    assert problem.what == "the artifact of two is published, and that of one asset"
    assert problem.allowed == "one prefix for all models of the endpoint"


def test_models_that_are_published_without_a_prefix(several: dict[str, Any], problems_of: Problems) -> None:
    """Everybody's archives would be the endpoint's."""
    for name in ("one", "two"):
        several["models"][name]["artifact"] = "published"
    found = problems_of(json.dumps(several))
    assert [each.path for each in found] == ["endpoints.many.models[0]", "endpoints.many.models[1]"]
    assert found[0].what == (
        "one is published at its bucket's root, and the endpoint could be asked for all that is there"
    )
    assert found[0].allowed == "a publish.prefix"
    assert found[0].fix == "add prefix under publish, and run `seatrial publish`"
