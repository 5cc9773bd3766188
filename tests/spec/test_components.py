"""Endpoints with inference components: what they hold, and one test per message about their parts."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import spec
from spec import ComponentEndpoint, Problem, load_deployment, parse_deployment

Problems = Callable[[str], tuple[Problem, ...]]
Change = Callable[..., Problem]

FILE = Path("deployments/test.yaml")
COMPONENTS = Path(spec.__file__).parents[1] / "deployments" / "components.yaml"
SHARED = "endpoints.shared"
CLASSIFIER = f"{SHARED}.components.classifier"
SALE = {
    "schedule": "rate(1 day)",
    "min": 2,
    "start": "2030-01-02T00:00:00Z",
    "end": "2030-01-01T00:00:00Z",
}


@pytest.fixture
def shared(valid: dict[str, Any]) -> dict[str, Any]:
    """Return a valid document with an endpoint of one component."""
    valid["endpoints"] = {
        "shared": {
            "type": "inference-components",
            "instances": {"type": "ml.g5.2xlarge", "min": 0, "max": 4},
            "components": {
                "classifier": {
                    "model": "classifier",
                    "copies": {"min": 0, "max": 3},
                    "compute": {"memory_mib": 4096, "cpus": 2, "accelerators": 1},
                    "scaling": {"invocations_per_copy": 300},
                }
            },
        }
    }
    return valid


@pytest.fixture
def change(shared: dict[str, Any], problems_of: Problems) -> Change:
    """Return what sets values of the one component endpoint and asks for the one problem that this makes."""

    def make(**values: object) -> Problem:
        for dotted, value in values.items():
            target: Any = shared["endpoints"]["shared"]
            *way, last = dotted.split("__")
            for part in way:
                target = target.setdefault("classifier" if part == "it" else part, {})
            if value is None:
                del target[last]
            else:
                target[last] = value
        problems = problems_of(json.dumps(shared))
        assert len(problems) == 1, [str(each) for each in problems]
        return problems[0]

    return make


def test_the_documents_of_these_tests_are_valid(shared: dict[str, Any], problems_of: Problems) -> None:
    """The document that the other tests change has no problem."""
    assert problems_of(json.dumps(shared)) == ()


def test_components_have_names_and_defaults(shared: dict[str, Any]) -> None:
    """A name is made of the three keys; what is left out has the documented default."""
    deployment = parse_deployment(json.dumps(shared), FILE).deployment
    assert deployment.component_name("shared", "classifier") == "vision-shared-classifier"
    endpoint = deployment.component_endpoints["shared"]
    assert (endpoint.shards, endpoint.logs.retention_days, endpoint.variant_name) == (1, 30, "AllTraffic")
    component = endpoint.components["classifier"]
    assert component.scaling is not None
    assert component.scaling.scale_in_cooldown_seconds == 300
    assert component.rolling_update.maximum_batch_size == spec.CapacitySize(type="CAPACITY_PERCENT", value=25)
    assert component.data_cache
    assert component.copies.initial is None


def test_a_component_may_have_a_name_of_its_own(shared: dict[str, Any]) -> None:
    """A given name is taken as it is."""
    shared["endpoints"]["shared"]["components"]["classifier"]["name"] = "own"
    assert (
        parse_deployment(json.dumps(shared), FILE).deployment.component_name("shared", "classifier") == "own"
    )


def test_models_of_components_are_served(shared: dict[str, Any]) -> None:
    """A model that only a component serves is served."""
    assert parse_deployment(json.dumps(shared), FILE).deployment.served_models == {"classifier"}


def test_the_example_has_two_models_on_one_endpoint() -> None:
    """deployments/components.yaml: two models, one of which scales to zero, on instances that may go to 0."""
    deployment = load_deployment(COMPONENTS).deployment
    [endpoint] = deployment.endpoints.values()
    assert isinstance(endpoint, ComponentEndpoint)
    assert {key: each.copies.min for key, each in endpoint.components.items()} == {
        "classifier": 0,
        "encoder": 1,
    }
    assert endpoint.instances.min == 0
    assert deployment.environment.account == "000000000000"


def test_pools_are_taken_by_priority() -> None:
    """The first type name is the one SageMaker tries first."""
    pools = ({"type": "ml.g5.xlarge", "priority": 2}, {"type": "ml.g5.2xlarge", "priority": 1})
    instances = spec.SharedInstances.model_validate({"pools": pools, "max": 1})
    assert instances.type_names == ("ml.g5.2xlarge", "ml.g5.xlarge")


def test_unknown_type_of_endpoint(change: Change) -> None:
    """An endpoint's type is asked after; nothing else is said about the endpoint."""
    problem = change(type="inference-component")
    assert problem.path == f"{SHARED}.type"
    assert problem.what == '"inference-component" is not an allowed value'
    assert problem.allowed == '"inference-components" or "multi-model" or "pipeline" or "realtime"'
    assert problem.fix == "did you mean 'inference-components'?"


def test_missing_type_of_endpoint(change: Change) -> None:
    """An endpoint without a type is told both."""
    problem = change(type=None)
    assert (problem.path, problem.what) == (f"{SHARED}.type", "the key 'type' is missing")


def test_an_endpoint_that_is_no_mapping(valid: dict[str, Any], problems_of: Problems) -> None:
    """Where an endpoint should stand and text does, its types are told."""
    valid["endpoints"] = {"shared": "realtime"}
    [problem] = problems_of(json.dumps(valid))
    assert problem.what == 'a mapping is needed, this is "realtime"'
    kinds = "inference-components or multi-model or pipeline or realtime"
    assert problem.allowed == f"a mapping whose type is {kinds}"


def test_errors_inside_an_endpoint_name_the_file_s_path(change: Change) -> None:
    """The path is the file's, without pydantic's name of the endpoint's type; allowed is that type's."""
    problem = change(instances__maximum=3)
    assert problem.path == f"{SHARED}.instances.maximum"
    assert problem.allowed == "max, type, pools, min, scale_in, scaling"


@pytest.mark.parametrize(
    ("values", "path", "what"),
    [
        (
            {"components__it__model": "other"},
            f"{CLASSIFIER}.model",
            "there is no model 'other'",
        ),
        (
            {"components__it__copies__min": 4},
            f"{CLASSIFIER}.copies.min",
            "the fewest copies, 4, are more than the most, 3",
        ),
        (
            {"components__it__scaling": None},
            f"{CLASSIFIER}.copies",
            "copies range from 0 to 3, and nothing scales them",
        ),
        (
            {"components__it__scaling": None, "components__it__copies": {"min": 2, "max": 2, "initial": 2}},
            f"{CLASSIFIER}.copies.initial",
            "initial has a meaning only where scaling decides on the copies",
        ),
        (
            {"components__it__copies__initial": 4},
            f"{CLASSIFIER}.copies.initial",
            "4 copies to begin with are outside of 0 to 3",
        ),
        (
            {"components__it__scaling__concurrent_requests_per_copy": 5},
            f"{CLASSIFIER}.scaling",
            "invocations_per_copy and concurrent_requests_per_copy would pull against each other",
        ),
        ({"components__it__scaling": {}}, f"{CLASSIFIER}.scaling", "scaling follows nothing"),
        (
            {"components__it__scaling__scheduled": {"night": {"schedule": "cron(0 22 * * ? *)"}}},
            f"{CLASSIFIER}.scaling.scheduled.night",
            "the action changes nothing",
        ),
        (
            {"components__it__scaling__scheduled": {"sale": SALE}},
            f"{CLASSIFIER}.scaling.scheduled.sale.end",
            "the action ends at 2030-01-01T00:00:00Z, and begins at 2030-01-02T00:00:00Z",
        ),
        (
            {"components__it__scaling__scheduled": {"sale": {**SALE, "end": "2030-01-03"}}},
            f"{CLASSIFIER}.scaling.scheduled.sale.end",
            '"2030-01-03" does not have the right form',
        ),
        (
            {"components__it__scaling__scheduled": {"sale": {**SALE, "end": "2030-02-31T00:00:00Z"}}},
            f"{CLASSIFIER}.scaling.scheduled.sale.end",
            "no calendar has 2030-02-31T00:00:00Z",
        ),
        (
            {"components__it__scaling__scheduled": {"day": {"schedule": "rate(1 day)", "min": 4}}},
            f"{CLASSIFIER}.scaling.scheduled.day.min",
            "the action asks for at least 4, and there are never more than 3",
        ),
        (
            {
                "components__it__copies__min": 2,
                "components__it__scaling__scheduled": {"night": {"schedule": "rate(1 day)", "max": 1}},
            },
            f"{CLASSIFIER}.scaling.scheduled.night.max",
            "the action allows 1, and there are never fewer than 2",
        ),
        (
            {
                "instances__min": 1,
                "instances__scaling": {
                    "invocations_per_instance": 100,
                    "scheduled": {"night": {"schedule": "rate(1 day)", "min": 0}},
                },
            },
            f"{SHARED}.instances.scaling.scheduled.night.min",
            "a scheduled action never takes instances to 0",
        ),
        (
            {
                "components__it__rolling_update__rollback_maximum_batch_size": {
                    "type": "CAPACITY_PERCENT",
                    "value": 101,
                }
            },
            f"{CLASSIFIER}.rolling_update.rollback_maximum_batch_size.value",
            "a rollback brings back 101 % of the copies at a time, and there are 100 %",
        ),
        (
            {"components__it__rolling_update__maximum_batch_size": {"type": "CAPACITY_PERCENT", "value": 51}},
            f"{CLASSIFIER}.rolling_update.maximum_batch_size.value",
            "a batch of 51 % of the copies is refused",
        ),
        (
            {"components__it__compute__memory_maximum_mib": 4095},
            f"{CLASSIFIER}.compute.memory_maximum_mib",
            "a copy may grow to 4095 MiB and is given 4096 MiB",
        ),
        ({"instances__type": None}, f"{SHARED}.instances", "neither type nor pools is given"),
        (
            {"instances__pools": [{"type": "ml.g5.xlarge", "priority": 1}]},
            f"{SHARED}.instances",
            "type and pools both say which instances",
        ),
        (
            {
                "instances__type": None,
                "instances__pools": [
                    {"type": "ml.g5.xlarge", "priority": 1},
                    {"type": "ml.g5.2xlarge", "priority": 1},
                ],
            },
            f"{SHARED}.instances.pools",
            "two pools have the priority 1",
        ),
        (
            {"instances__min": 5},
            f"{SHARED}.instances.min",
            "the fewest instances, 5, are more than the most, 4",
        ),
        (
            {"instances__scaling": {"invocations_per_instance": 100}},
            f"{SHARED}.instances.min",
            "Application Auto Scaling on the variant never goes to 0 instances",
        ),
        (
            {
                "instances__min": 1,
                "instances__scaling": {"invocations_per_instance": 100},
                "instances__scale_in": {"strategy": "IDLE_RELEASE"},
            },
            f"{SHARED}.instances.scale_in",
            "scale_in belongs to SageMaker's managed instance scaling, and scaling replaces that",
        ),
        (
            {"routing": "PREFIX_AWARE"},
            f"{SHARED}.prefix_aware",
            "PREFIX_AWARE routing has no prefix_length and concurrency_threshold",
        ),
        (
            {"prefix_aware": {"prefix_length": 1024, "concurrency_threshold": 8}},
            f"{SHARED}.prefix_aware",
            "prefix_aware is given, and routing is not PREFIX_AWARE",
        ),
        ({"components__it__compute__cpus": 0.2}, f"{CLASSIFIER}.compute.cpus", "0.2 is too small"),
        (
            {"components__it__compute__memory_mib": 127},
            f"{CLASSIFIER}.compute.memory_mib",
            "127 is too small",
        ),
        (
            {"components__it__compute__memory_mib": None},
            f"{CLASSIFIER}.compute.memory_mib",
            "the key 'memory_mib' is missing",
        ),
        ({"components__it__copies__initial": 0}, f"{CLASSIFIER}.copies.initial", "0 is too small"),
        (
            {"components__it__scaling__invocations_per_copy": 0},
            f"{CLASSIFIER}.scaling.invocations_per_copy",
            "0 is too small",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
def test_one_contradiction_is_one_problem(
    change: Change, values: dict[str, object], path: str, what: str
) -> None:
    """Each contradiction is told once, at its place, with what is allowed and what to do."""
    problem = change(**values)
    assert (problem.path, problem.what) == (path, what)
    assert problem.allowed
    assert problem.fix


@pytest.mark.parametrize(
    "schedule",
    [
        "cron(0 8 * * *)",
        "cron(0 8 * * ? * *)",
        "rate(0 hours)",
        "rate(1.5 hours)",
        "rate(1 week)",
        "at(tomorrow)",
        "at(2030-01-31T08:00:00Z)",
    ],
)
def test_a_schedule_that_application_auto_scaling_refuses(change: Change, schedule: str) -> None:
    """Cron has six fields, a rate a whole number of minutes, hours or days, at() no zone of its own."""
    action = {"night": {"schedule": schedule, "min": 1}}
    problem = change(components__it__scaling__scheduled=action)
    assert problem.path == f"{CLASSIFIER}.scaling.scheduled.night.schedule"
    assert problem.what == f'"{schedule}" does not have the right form'
    assert "six fields" in problem.allowed


@pytest.mark.parametrize(
    "schedule",
    ["cron(0 8 * * ? *)", "cron(0/15 8-17 ? * MON-FRI 2030)", "rate(12 hours)", "at(2030-01-31T08:00:00)"],
)
def test_a_schedule_in_each_form(shared: dict[str, Any], problems_of: Problems, schedule: str) -> None:
    """The forms that PutScheduledAction documents are taken."""
    scaling = shared["endpoints"]["shared"]["components"]["classifier"]["scaling"]
    scaling["scheduled"] = {"night": {"schedule": schedule, "min": 1}}
    assert problems_of(json.dumps(shared)) == ()


@pytest.mark.parametrize(
    ("time_zone", "fix"),
    [("Mars/Olympus", "take such a name"), ("europe/paris", "did you mean 'Europe/Paris'?")],
)
def test_a_time_zone_that_nobody_has(change: Change, time_zone: str, fix: str) -> None:
    """Application Auto Scaling takes IANA's names alone, in their own case."""
    action = {"schedule": "cron(0 8 * * ? *)", "min": 1, "time_zone": time_zone}
    problem = change(components__it__scaling__scheduled={"night": action})
    assert problem.path == f"{CLASSIFIER}.scaling.scheduled.night.time_zone"
    assert problem.what == f"there is no time zone {time_zone!r}"
    assert problem.allowed == "a name of IANA's Time Zone Database, such as UTC or Europe/Paris"
    assert problem.fix == fix


@pytest.mark.parametrize("time_zone", ["UTC", "Europe/Paris", "Etc/GMT+9", "Pacific/Tahiti"])
def test_a_time_zone_of_ianas(shared: dict[str, Any], problems_of: Problems, time_zone: str) -> None:
    """Names of zones are taken, those that the API reference gives as examples among them."""
    scaling = shared["endpoints"]["shared"]["components"]["classifier"]["scaling"]
    scaling["scheduled"] = {"day": {"schedule": "cron(0 8 * * ? *)", "min": 1, "time_zone": time_zone}}
    assert problems_of(json.dumps(shared)) == ()


def test_scheduled_actions_build_on_each_other(shared: dict[str, Any], problems_of: Problems) -> None:
    """A new minimum may lie above the file's maximum where another action has raised that before."""
    scaling = shared["endpoints"]["shared"]["components"]["classifier"]["scaling"]
    scaling["scheduled"] = {
        "sale": {"schedule": "cron(0 7 * * ? *)", "max": 4},
        "rush": {"schedule": "cron(0 8 * * ? *)", "min": 4},
    }
    assert problems_of(json.dumps(shared)) == ()


def test_component_name_too_long(shared: dict[str, Any], problems_of: Problems) -> None:
    """A name made of three keys must still be at most 63 characters."""
    components = shared["endpoints"]["shared"]["components"]
    components["c" * 50] = components.pop("classifier")
    [problem] = problems_of(json.dumps(shared))
    assert problem.what == f"the component's name would be 'vision-shared-{'c' * 50}', 64 characters"
    assert problem.allowed == "at most 63 characters"


def test_component_names_differ_whatever_the_case(shared: dict[str, Any], problems_of: Problems) -> None:
    """Names are unique in account and region, so components of two endpoints must differ too."""
    shared["endpoints"]["second"] = json.loads(json.dumps(shared["endpoints"]["shared"]))
    shared["endpoints"]["second"]["components"]["classifier"]["name"] = "Vision-Shared-Classifier"
    [problem] = problems_of(json.dumps(shared))
    assert problem.path == "endpoints.second.components.classifier"
    assert problem.what == (
        "its name 'Vision-Shared-Classifier' is also that of the component 'shared.classifier'"
    )


def test_stack_names_of_components_are_taken(shared: dict[str, Any], problems_of: Problems) -> None:
    """An endpoint can't have the key that makes its stack's name one of another's components."""
    shared["endpoints"]["shared-components-1"] = {
        "type": "realtime",
        "model": "classifier",
        "instances": {"type": "ml.g5.xlarge"},
    }
    [problem] = problems_of(json.dumps(shared))
    assert problem.path == "endpoints.shared-components-1"
    assert problem.fix == "rename the endpoint"


def test_stack_name_too_long(shared: dict[str, Any], problems_of: Problems) -> None:
    """The stacks of components have at most 128 characters in their names."""
    shared["name"] = "d" * 62
    endpoint = shared["endpoints"].pop("shared")
    endpoint["endpoint_name"] = "short"
    endpoint["components"]["classifier"]["name"] = "short"
    shared["endpoints"]["e" * 62] = endpoint
    [problem] = problems_of(json.dumps(shared))
    assert problem.what.endswith("-components-1', 138 characters")


@pytest.mark.parametrize(
    ("scaling", "path", "what"),
    [
        (
            {"min": 3, "max": 2},
            "endpoints.dedicated.scaling.min",
            "the fewest instances, 3, are more than the most, 2",
        ),
        (
            {"min": 2, "max": 4},
            "endpoints.dedicated.instances.count",
            "1 instances to begin with are outside of 2 to 4, which scaling keeps to",
        ),
    ],
)
def test_scaling_of_an_ordinary_endpoint(
    valid: dict[str, Any], problems_of: Problems, scaling: dict[str, int], path: str, what: str
) -> None:
    """Instances begin within the range that scaling keeps to."""
    valid["endpoints"]["dedicated"]["scaling"] = {**scaling, "invocations_per_instance": 100}
    [problem] = problems_of(json.dumps(valid))
    assert (problem.path, problem.what) == (path, what)
