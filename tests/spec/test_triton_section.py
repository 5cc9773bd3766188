"""What the parts of a ``triton`` section say about each other: one test per message."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from spec import Model, Problem

Problems = Callable[[str], tuple[Problem, ...]]
Said = Callable[..., Problem]

START: dict[str, object] = {"kind": "CONTROL_SEQUENCE_START", "fp32_false_true": [0.0, 1.0]}


@pytest.fixture
def problems_with(valid: dict[str, Any], problems_of: Problems) -> Callable[..., tuple[Problem, ...]]:
    """Return what asks for all problems of a model of max_batch_size 8 whose section says this alone."""

    def ask(**triton: object) -> tuple[Problem, ...]:
        valid["models"]["classifier"]["triton"] = {"max_batch_size": 8, **triton}
        return problems_of(json.dumps(valid))

    return ask


@pytest.fixture
def said(problems_with: Callable[..., tuple[Problem, ...]]) -> Said:
    """Return the only problem of such a model."""

    def ask(**triton: object) -> Problem:
        (problem,) = problems_with(**triton)
        return problem

    return ask


def at(problem: Problem) -> str:
    return problem.path.removeprefix("models.classifier.triton.")


def controls(*given: dict[str, object]) -> dict[str, object]:
    return {"control_input": [{"name": "START", "control": list(given)}]}


@pytest.mark.parametrize(
    "section",
    [
        {"dynamic_batching": {"priority_levels": 2, "default_priority_level": 2}},
        {"dynamic_batching": {"priority_levels": 1, "default_priority_level": 1, "preserve_ordering": True}},
        {"sequence_batching": controls(START)},
        {"model_warmup": [{"name": "w", "batch_size": 8}]},
        {"model_warmup": [{"name": "w", "batch_size": 1}], "max_batch_size": 0},
        {"version_policy": {"all": {}}},
        {"version_policy": {"specific": {"versions": [1]}}},
        {"response_cache": {"enable": True}, "dynamic_batching": {}},
        {"response_cache": {"enable": False}, "sequence_batching": {}},
        {"instance_group": [{"passive": True}, {}]},
        {"label_filename": {"OUTPUT__0": "data/a.txt", "OUTPUT__1": "data/a.txt"}},
    ],
)
def test_sections_without_a_problem(
    problems_with: Callable[..., tuple[Problem, ...]], section: dict[str, object]
) -> None:
    """What Triton loads is not refused."""
    assert problems_with(**section) == ()


@pytest.mark.parametrize("name", ["a:b", "a.b", "a-b", "_a", "0a", ""])
def test_metric_tags_that_prometheus_does_not_take(said: Said, name: str) -> None:
    """Triton ends with "Invalid label name" as it loads the model."""
    problem = said(metric_tags={name: "x"})
    assert at(problem).startswith("metric_tags")
    assert problem.allowed.startswith("the name of a metric's label: letters, digits and _, a letter first")


def test_two_batchers(said: Said) -> None:
    """A model has one batcher at most."""
    problem = said(dynamic_batching={}, sequence_batching={})
    assert at(problem) == "sequence_batching"
    assert problem.what == "both dynamic_batching and sequence_batching say how requests are batched"


def test_preferred_sizes_of_the_oldest_sequences(said: Said) -> None:
    """As those of the dynamic batcher."""
    problem = said(
        sequence_batching={"oldest": {"max_candidate_sequences": 4, "preferred_batch_size": [4, 9]}}
    )
    assert at(problem) == "sequence_batching.oldest.preferred_batch_size[1]"
    assert problem.what == "the preferred batch size 9 is above max_batch_size 8"


def test_two_strategies(said: Said) -> None:
    """Sequences are scheduled in one way."""
    problem = said(sequence_batching={"direct": {}, "oldest": {"max_candidate_sequences": 4}})
    assert at(problem) == "sequence_batching.oldest"
    assert problem.what == "both direct and oldest say how sequences are scheduled"


@pytest.mark.parametrize(
    ("levels", "default", "allowed"),
    [(2, 0, "from 1 to 2"), (2, 3, "from 1 to 2"), (0, 1, "none, since there are no priority_levels")],
)
def test_default_priority_out_of_range(said: Said, levels: int, default: int, allowed: str) -> None:
    """With levels it is one of them, without levels there is none."""
    problem = said(dynamic_batching={"priority_levels": levels, "default_priority_level": default})
    assert at(problem) == "dynamic_batching.default_priority_level"
    assert problem.what == f"the default priority is {default}, and there are {levels} levels"
    assert problem.allowed == allowed


def test_queue_of_a_priority_out_of_range(said: Said) -> None:
    """A queue is that of a level."""
    batching = {"priority_levels": 2, "default_priority_level": 1, "priority_queue_policy": {"3": {}}}
    problem = said(dynamic_batching=batching)
    assert at(problem) == "dynamic_batching.priority_queue_policy.3"
    assert problem.what == "a queue has the priority 3, and there are 2 levels"


def test_order_with_priorities(said: Said) -> None:
    """Who may overtake does not keep the order."""
    batching = {"priority_levels": 2, "default_priority_level": 1, "preserve_ordering": True}
    problem = said(dynamic_batching=batching)
    assert at(problem) == "dynamic_batching.preserve_ordering"
    assert problem.what == "answers can't keep the order of requests with 2 priorities"


def test_a_control_twice(said: Said) -> None:
    """One input carries the start of a sequence."""
    problem = said(sequence_batching=controls(START, START))
    assert at(problem) == "sequence_batching.control_input[0].control[1].kind"
    assert problem.what == "a second input carries CONTROL_SEQUENCE_START"


@pytest.mark.parametrize(
    ("values", "count"), [({}, "no"), ({"fp32_false_true": [0.0, 1.0], "int32_false_true": [0, 1]}, "2")]
)
def test_pairs_of_a_control(said: Said, values: dict[str, object], count: str) -> None:
    """Exactly one pair says what no and yes are."""
    problem = said(sequence_batching=controls({"kind": "CONTROL_SEQUENCE_READY", **values}))
    assert at(problem) == "sequence_batching.control_input[0].control[0]"
    assert problem.what == f"CONTROL_SEQUENCE_READY has {count} pairs of values for no and yes"


def test_half_a_pair(said: Said) -> None:
    """A pair is two values."""
    problem = said(sequence_batching=controls({**START, "fp32_false_true": [1.0]}))
    assert at(problem) == "sequence_batching.control_input[0].control[0].fp32_false_true"
    assert problem.allowed == "two values"


@pytest.mark.parametrize("values", [{}, {"data_type": "TYPE_UINT64", "int32_false_true": [0, 1]}])
def test_the_number_of_a_sequence(said: Said, values: dict[str, object]) -> None:
    """It has a type, and is no yes or no."""
    problem = said(sequence_batching=controls({"kind": "CONTROL_SEQUENCE_CORRID", **values}))
    assert at(problem) == "sequence_batching.control_input[0].control[0]"
    assert problem.allowed == "data_type, without a pair of values"


@pytest.mark.parametrize(("key", "value"), [("dims", [3]), ("dims", [2, 1]), ("data_type", "TYPE_FP16")])
def test_initial_state_that_does_not_fit(said: Said, key: str, value: object) -> None:
    """It has the type and the dims of its state."""
    initial = {"name": "zeros", "data_type": "TYPE_FP32", "dims": [2], key: value}
    state = {"input_name": "i", "output_name": "o", "data_type": "TYPE_FP32", "dims": [2]}
    problem = said(sequence_batching={"state": [{**state, "initial_state": [initial]}]})
    assert at(problem) == f"sequence_batching.state[0].initial_state[0].{key}"
    assert problem.what.startswith(f"the initial state has {key} {value}, and the state ")


@pytest.mark.parametrize(("size", "maximum", "allowed"), [(9, 8, "from 1 to 8"), (2, 1, "1"), (2, 0, "1")])
def test_warm_up_batch(said: Said, size: int, maximum: int, allowed: str) -> None:
    """As of any request; 1 of a model without a batch dimension."""
    problem = said(max_batch_size=maximum, model_warmup=[{"name": "w", "batch_size": size}])
    assert at(problem) == "model_warmup[0].batch_size"
    assert problem.what == f"a warm-up of batch size {size}, and max_batch_size is {maximum}"
    assert problem.allowed == allowed


def test_warm_up_of_batch_size_0(said: Said) -> None:
    """Triton would skip it."""
    problem = said(model_warmup=[{"name": "w", "batch_size": 0}])
    assert (at(problem), problem.allowed) == (
        "model_warmup[0].batch_size",
        "a whole number from 1 to 2147483647",
    )


def test_warm_up_of_zeros_and_random_numbers(said: Said) -> None:
    """Data is of one kind."""
    data = {"zero_data": True, "random_data": True}
    problem = said(model_warmup=[{"name": "w", "inputs": {"x": data}}])
    assert at(problem) == "model_warmup[0].inputs.x.random_data"
    assert problem.what == "both zero_data and random_data say what the input holds"


@pytest.mark.parametrize(
    ("policy", "what"),
    [({}, "no policy is named"), ({"all": {}, "latest": {}}, "latest and all say which versions are served")],
)
def test_version_policies(said: Said, policy: dict[str, object], what: str) -> None:
    """There is exactly one."""
    problem = said(version_policy=policy)
    assert (at(problem), problem.what) == ("version_policy", what)


def test_a_version_that_is_not_packed(said: Said) -> None:
    """Only what is in the artifact can be served."""
    problem = said(version_policy={"specific": {"versions": [1, 7]}})
    assert at(problem) == "version_policy.specific.versions[1]"
    assert problem.what == "there is no version 7: an artifact holds version 1"
    assert problem.fix == "remove it, or declare it under export.versions"


def test_versions_that_are_declared_are_packed(
    problems_with: Callable[..., tuple[Problem, ...]], valid: dict[str, Any]
) -> None:
    """And then version 1 is one of them or not there."""
    valid["models"]["classifier"]["export"]["versions"] = {"2": {}, "7": {}}
    assert problems_with(version_policy={"specific": {"versions": [2, 7]}}) == ()
    [problem] = problems_with(version_policy={"specific": {"versions": [1, 7]}})
    assert problem.what == "there is no version 1: an artifact holds version 2, 7"
    assert problem.allowed == "2, 7"


@pytest.mark.parametrize(
    ("other", "value"),
    [("sequence_batching", {}), ("model_transaction_policy", {"decoupled": True})],
)
def test_answers_that_cannot_be_kept(said: Said, other: str, value: object) -> None:
    """Triton refuses the cache for sequences and decoupled models."""
    name = "decoupled" if other == "model_transaction_policy" else other
    problem = said(response_cache={"enable": True}, **{other: value})
    assert at(problem) == "response_cache"
    assert problem.what == f"Triton keeps no answers of a model with {name}"


def test_gpus_of_the_models_own_kind(said: Said) -> None:
    """KIND_MODEL leaves the devices to the model."""
    problem = said(instance_group=[{"kind": "KIND_MODEL", "gpus": [0]}])
    assert at(problem) == "instance_group[0].gpus"
    assert problem.what == "GPUs are named for a group of KIND_MODEL"


def test_profile_without_tensorrt(said: Said) -> None:
    """Triton refuses it for every other backend."""
    problem = said(instance_group=[{"profile": ["0"]}])
    assert at(problem) == "instance_group[0].profile"
    assert problem.what == "an optimization profile is named for a model that is no TensorRT plan"


def test_a_profile_that_a_built_plan_lacks(valid: dict[str, Any], problems_of: Problems) -> None:
    """It is built with one, "0"; a plan made elsewhere may have others."""
    section = {"max_batch_size": 8, "instance_group": [{"profile": ["0", "1"]}]}
    model = valid["models"]["classifier"]
    model["export"], model["triton"] = {"from": "examples.tabular:scorer", "to": "tensorrt"}, section
    [problem] = [each for each in problems_of(json.dumps(valid)) if "profile" in each.path]
    assert at(problem) == "instance_group[0].profile[1]"
    assert problem.what == "an optimization profile is named that the plan lacks: it is built with one"
    assert (problem.allowed, problem.fix) == ('"0"', "remove profile")
    model.pop("export")
    model["file"] = {"from": "models/m.plan", "sha256": "0" * 64}
    assert [each for each in problems_of(json.dumps(valid)) if "profile" in each.path] == []


def test_nothing_but_passive_instances(said: Said) -> None:
    """Triton loads such a model, and no request is answered."""
    problem = said(instance_group=[{"passive": True}])
    assert (at(problem), problem.what) == (
        "instance_group",
        "every group is passive, so that no instance answers",
    )


@pytest.mark.parametrize(
    ("files", "other"),
    [
        (["a/labels.txt", "b/labels.txt"], "a/labels.txt"),
        (["data/config.pbtxt"], "config.pbtxt"),
        (["data/1"], "the folder of version 1"),
    ],
)
def test_labels_of_one_name(said: Said, files: list[str], other: str) -> None:
    """In the model's folder a name stands once."""
    problem = said(label_filename={f"OUTPUT__{index}": file for index, file in enumerate(files)})
    assert at(problem) == f"label_filename.OUTPUT__{len(files) - 1}"
    assert problem.what == f"{files[-1].split('/')[1]!r} is also the name of {other} in the model's folder"


def test_a_field_that_the_release_does_not_know(said: Said) -> None:
    """The default release, 24.09, does not know model_metrics."""
    problem = said(model_metrics={})
    assert at(problem) == "model_metrics"
    assert problem.what == "Triton 24.09 does not know model_metrics"
    assert problem.allowed == "model_metrics with triton_release 25.04 or 25.09 or 26.05"


@pytest.mark.parametrize(
    "container",
    [{"triton_release": "25.04"}, {"image_uri": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/triton:1"}],
)
def test_a_field_that_the_image_knows_or_may_know(
    valid: dict[str, Any], problems_of: Problems, container: dict[str, str]
) -> None:
    """Nothing is known of an image of one's own."""
    valid["models"]["classifier"] |= {
        "triton": {"max_batch_size": 8, "model_metrics": {}},
        "container": container,
    }
    assert problems_of(json.dumps(valid)) == ()


def test_a_new_key_leaves_the_canonical_document_of_others_alone(valid: dict[str, Any]) -> None:
    """A key that says nothing but its default changes no build key; one that says something does."""
    plain = Model.model_validate(valid["models"]["classifier"])
    default = {"preserve_ordering": False, "priority_queue_policy": {}}
    valid["models"]["classifier"]["triton"] |= {"dynamic_batching": default, "model_warmup": []}
    assert (
        Model.model_validate(valid["models"]["classifier"]).canonical_document() == plain.canonical_document()
    )
    valid["models"]["classifier"]["triton"]["model_warmup"] = [{"name": "w"}]
    assert (
        Model.model_validate(valid["models"]["classifier"]).canonical_document() != plain.canonical_document()
    )
