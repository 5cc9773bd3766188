"""Where a model comes from, what goes with it, and what is packed beside it: one test per message."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from spec import Problem, parse_deployment
from spec.schema import deployment_schema

Loads = Callable[[str], tuple[Problem, ...]]

EXPORT = {"from": "examples.vision:classifier", "to": "torchscript", "how": "trace"}
ONNX = {"from": "examples.vision:classifier", "to": "onnx"}
BUILD = {"instance_type": "ml.g5.xlarge"}
PLAN = {"from": "examples.vision:classifier", "to": "tensorrt", "tensorrt": BUILD}
DIGEST = "0" * 64
TENSOR = {"name": "x", "data_type": "TYPE_FP32", "dims": [3]}
TRITON = {"max_batch_size": 8}
DECLARED = {**TRITON, "input": [TENSOR], "output": [{**TENSOR, "name": "y"}]}
PYTHON = {"from": "models/echo.py"}
STEP = {"model_name": "classifier", "input_map": {"x": "x"}, "output_map": {"y": "y"}}


def step(model: str) -> dict[str, Any]:
    return {**STEP, "model_name": model}


@pytest.fixture
def problems_with(valid: dict[str, Any], problems_of: Loads) -> Callable[..., tuple[Problem, ...]]:
    """Return what adds models to the valid document and asks for all problems."""

    def ask(**models: dict[str, Any]) -> tuple[Problem, ...]:
        valid["models"] |= models
        return problems_of(json.dumps(valid))

    return ask


@pytest.fixture
def problem(problems_with: Callable[..., tuple[Problem, ...]]) -> Callable[..., tuple[str, str, str, str]]:
    """Return what adds models and asks for the one problem: its path, what, allowed and fix."""

    def ask(**models: dict[str, Any]) -> tuple[str, str, str, str]:
        problems = problems_with(**models)
        assert len(problems) == 1, [str(each) for each in problems]
        [found] = problems
        return found.path, found.what, found.allowed, found.fix

    return ask


@pytest.mark.parametrize(
    "model",
    [
        {"export": EXPORT, "triton": TRITON},
        {"export": ONNX, "triton": TRITON},
        {"export": PLAN, "triton": TRITON},
        {"export": {**EXPORT, "versions": {"1": {}, "3": {"arguments": {"seed": 1}}}}, "triton": TRITON},
        {"file": {"from": "weights/model.onnx", "sha256": DIGEST}, "triton": TRITON},
        {"file": {"from": "s3://bucket/model.pt", "sha256": DIGEST}, "triton": DECLARED},
        {"repository": {"from": "models/existing"}},
        {"repository": {"from": "s3://bucket/models.tar.gz", "sha256": DIGEST, "model": "m"}},
        {"python": PYTHON, "triton": DECLARED, "reference": {"from": "examples.vision:classifier"}},
        {"python": {**PYTHON, "calls": ["classifier"]}, "triton": DECLARED},
        {"ensemble": {"step": [STEP]}, "triton": DECLARED},
    ],
    ids=[
        "export",
        "onnx",
        "plan",
        "versions",
        "onnx file",
        "file",
        "folder",
        "s3",
        "python",
        "calls",
        "ensemble",
    ],
)
def test_every_source_loads(problems_with: Callable[..., tuple[Problem, ...]], model: dict[str, Any]) -> None:
    """Each is a whole model."""
    assert problems_with(other=model) == ()


def test_no_source(problem: Callable[..., tuple[str, str, str, str]]) -> None:
    """A model comes from somewhere."""
    assert problem(other={"triton": TRITON}) == (
        "models.other",
        "nothing says where the model comes from",
        "exactly one of export, file, repository, python, ensemble",
        "add `export:` for a PyTorch module of a factory, or another of these",
    )


def test_two_sources(problem: Callable[..., tuple[str, str, str, str]]) -> None:
    """And from one place alone."""
    model = {"export": EXPORT, "repository": {"from": "models/existing"}, "triton": TRITON}
    assert problem(other=model) == (
        "models.other.repository",
        "both export and repository say where the model comes from",
        "exactly one of export, file, repository, python, ensemble",
        "remove export, or repository",
    )


def test_torchscript_needs_a_way(problem: Callable[..., tuple[str, str, str, str]]) -> None:
    """Tracing and scripting are a decision."""
    export = {"from": "examples.vision:classifier", "to": "torchscript"}
    assert problem(other={"export": export, "triton": TRITON}) == (
        "models.other.export",
        "nothing says how the module becomes TorchScript",
        "how: trace or script",
        "add how: trace, or how: script where forward() has control flow",
    )


@pytest.mark.parametrize(
    ("export", "key", "formats"),
    [
        ({**EXPORT, "opset": 18}, "opset", "onnx or tensorrt"),
        ({**EXPORT, "tensorrt": BUILD}, "tensorrt", "tensorrt"),
        ({**ONNX, "how": "trace"}, "how", "torchscript"),
        ({**ONNX, "freeze": True}, "freeze", "torchscript"),
        ({**ONNX, "optimize": True}, "optimize", "torchscript"),
        ({**ONNX, "tensorrt": BUILD}, "tensorrt", "tensorrt"),
        ({**PLAN, "how": "trace"}, "how", "torchscript"),
        ({**PLAN, "freeze": True}, "freeze", "torchscript"),
    ],
    ids=lambda value: value if isinstance(value, str) else value["to"],
)
def test_a_key_of_another_format(
    problem: Callable[..., tuple[str, str, str, str]], export: dict[str, Any], key: str, formats: str
) -> None:
    """What says nothing to a format is not passed over."""
    assert problem(other={"export": export, "triton": TRITON}) == (
        f"models.other.export.{key}",
        f"the format is {export['to']}, which has no {key}",
        f"{key} with to: {formats}",
        f"remove {key}, or set to: {formats}",
    )


@pytest.mark.parametrize(
    ("to", "key", "given"),
    [("torchscript", "how", "trace"), ("tensorrt", "tensorrt", BUILD)],
)
def test_the_schema_says_what_a_format_needs(to: str, key: str, given: object) -> None:
    """An editor marks the same as the loader: no key, and an empty one."""
    schema = deployment_schema()
    validator = jsonschema.Draft202012Validator({**schema["$defs"]["Export"], "$defs": schema["$defs"]})
    export = {"from": "examples.vision:classifier", "to": to}
    assert not validator.is_valid(export)
    assert not validator.is_valid({**export, key: None})
    assert validator.is_valid({**export, key: given})
    assert validator.is_valid({**export, "to": "onnx"})


@pytest.mark.parametrize(
    ("files", "index", "other"),
    [
        (["data/model.py"], 0, "python.from"),
        (["a/words.txt", "b/vocab.txt", "c/words.txt"], 2, "a/words.txt"),
    ],
    ids=["model", "files"],
)
def test_files_of_one_name(
    problem: Callable[..., tuple[str, str, str, str]], files: list[str], index: int, other: str
) -> None:
    """They lie in one folder, beside the model's own."""
    name = files[index].rpartition("/")[2]
    assert problem(other={"python": {**PYTHON, "files": files}, "triton": DECLARED}) == (
        f"models.other.python.files[{index}]",
        f"{name!r} is also the name of {other} beside the model",
        "files whose names differ, whatever folders they lie in",
        "rename one of the two",
    )


@pytest.mark.parametrize("key", ["input", "output"])
def test_a_tensor_declared_twice(problem: Callable[..., tuple[str, str, str, str]], key: str) -> None:
    """Requests and answers know tensors by their names; an input and an output may share one."""
    shared = {**DECLARED, "output": [TENSOR]}
    twice = {**shared, key: [TENSOR, {**TENSOR, "name": "z"}, {**TENSOR, "dims": [4]}]}
    assert problem(other={"python": PYTHON, "triton": twice}) == (
        f"models.other.triton.{key}[2].name",
        "'x' is declared twice",
        "names that differ",
        "rename one of the two, or remove it",
    )


def test_versions_in_the_pytorch_layout(problem: Callable[..., tuple[str, str, str, str]]) -> None:
    """It has one model file."""
    export = {**EXPORT, "versions": {"1": {}, "2": {}}}
    assert problem(other={"export": export, "pytorch": {"max_batch_size": 1}}) == (
        "models.other.export.versions",
        "the PyTorch images serve one model file, and several versions of the model are declared",
        "versions with `triton`",
        "remove versions, or replace `pytorch` by `triton`",
    )


def test_a_plan_needs_its_gpu(problem: Callable[..., tuple[str, str, str, str]]) -> None:
    """It runs on the model of GPU that it was built on."""
    export = {"from": "examples.vision:classifier", "to": "tensorrt"}
    assert problem(other={"export": export, "triton": TRITON}) == (
        "models.other.export",
        "nothing says on which GPU the plan is built",
        "tensorrt: {instance_type: ...}",
        "add tensorrt with the instance_type of the endpoints that serve the model",
    )


@pytest.mark.parametrize("export", [ONNX, PLAN], ids=["onnx", "tensorrt"])
def test_other_formats_in_the_pytorch_layout(
    problem: Callable[..., tuple[str, str, str, str]], export: dict[str, Any]
) -> None:
    """Its images load TorchScript."""
    assert problem(other={"export": export, "pytorch": {"max_batch_size": 1}}) == (
        "models.other.export.to",
        f"the PyTorch images serve TorchScript, and the format is {export['to']}",
        "torchscript with `pytorch`; onnx and tensorrt with `triton`",
        "set to: torchscript, or replace `pytorch` by `triton`",
    )


@pytest.mark.parametrize("key", ["triton", "pytorch"])
def test_a_repository_says_itself_how_it_is_served(
    problem: Callable[..., tuple[str, str, str, str]], key: str
) -> None:
    """Its config.pbtxt files are its own."""
    assert problem(other={"repository": {"from": "models/existing"}, key: TRITON}) == (
        f"models.other.{key}",
        f"the repository is packed as it is: its own files say what {key} would",
        f"repository without {key}",
        f"remove {key}",
    )


def test_other_sources_in_the_pytorch_layout(problem: Callable[..., tuple[str, str, str, str]]) -> None:
    """The PyTorch images know no Python backend."""
    assert problem(other={"python": PYTHON, "pytorch": {"max_batch_size": 1}}) == (
        "models.other.pytorch",
        "the PyTorch images serve exported modules alone, and the source is python",
        "`triton` with python",
        "replace `pytorch` by `triton`",
    )


def test_an_export_has_its_reference(problem: Callable[..., tuple[str, str, str, str]]) -> None:
    """It is compared with the module itself."""
    model = {"export": EXPORT, "triton": TRITON, "reference": {"from": "examples.vision:classifier"}}
    assert problem(other=model) == (
        "models.other.reference",
        "an exported model is compared with the module that it was exported from",
        "reference with another source than export",
        "remove reference",
    )


@pytest.mark.parametrize(
    ("repository", "what", "fix"),
    [
        (
            {"from": "s3://bucket/models.tar.gz"},
            "an archive in Amazon S3 is held to no digest",
            "add the sha256 that sha256sum prints",
        ),
        ({"from": "models/existing", "sha256": DIGEST}, "a folder has no digest", "remove sha256"),
    ],
    ids=["s3", "folder"],
)
def test_archives_are_held_to_a_digest(
    problem: Callable[..., tuple[str, str, str, str]], repository: dict[str, str], what: str, fix: str
) -> None:
    """And folders to none: their files are read for the build key."""
    allowed = "sha256 exactly where from is an s3:// address"
    assert problem(other={"repository": repository}) == ("models.other.repository", what, allowed, fix)


@pytest.mark.parametrize("key", ["input", "output"])
def test_observed_tensors_are_not_declared(
    problem: Callable[..., tuple[str, str, str, str]], key: str
) -> None:
    """An exported module shows them."""
    assert problem(other={"export": EXPORT, "triton": {**TRITON, key: [TENSOR]}}) == (
        f"models.other.triton.{key}",
        f"{key} is observed on the module, and declared as well",
        f"{key} with python, ensemble, file",
        f"remove {key}",
    )


@pytest.mark.parametrize(
    ("source", "model"),
    [
        ("python", {"python": PYTHON}),
        ("ensemble", {"ensemble": {"step": [STEP]}}),
        ("file", {"file": {"from": "weights/model.pt", "sha256": DIGEST}}),
        ("file", {"file": {"from": "weights/model.plan", "sha256": DIGEST}}),
    ],
    ids=["python", "ensemble", "pt", "plan"],
)
@pytest.mark.parametrize(("key", "other"), [("input", "output"), ("output", "input")])
def test_tensors_that_nothing_says(
    problem: Callable[..., tuple[str, str, str, str]],
    source: str,
    model: dict[str, Any],
    key: str,
    other: str,
) -> None:
    """Such a source does not show them."""
    assert problem(other={**model, "triton": {**TRITON, other: [TENSOR]}}) == (
        "models.other.triton",
        f"nothing says the {key}s of the model: a source of the kind `{source}` does not say them",
        f"{key}: a list of name, data_type and dims",
        f"add {key}",
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("instance_group", [{"kind": "KIND_CPU"}]),
        ("optimization", {}),
        ("model_warmup", [{"name": "w"}]),
        ("dynamic_batching", {}),
        ("sequence_batching", {"control_input": []}),
    ],
)
def test_an_ensemble_executes_nothing(
    problems_with: Callable[..., tuple[Problem, ...]], key: str, value: object
) -> None:
    """What belongs to executions belongs to its members."""
    found = problems_with(other={"ensemble": {"step": [STEP]}, "triton": {**DECLARED, key: value}})
    told = [(each.path, each.what, each.allowed, each.fix) for each in found]
    assert (
        f"models.other.triton.{key}",
        f"an ensemble executes nothing itself, and has no {key}",
        f"{key} with its members",
        f"remove {key}, or say it of a member",
    ) in told


@pytest.mark.parametrize(
    ("model", "place"),
    [
        ({"ensemble": {"step": [step("clasifier")]}}, "ensemble.step[0].model_name"),
        ({"python": {**PYTHON, "calls": ["clasifier"]}}, "python.calls[0]"),
    ],
    ids=["ensemble", "calls"],
)
def test_a_member_that_is_not_there(
    problem: Callable[..., tuple[str, str, str, str]], model: dict[str, Any], place: str
) -> None:
    """Members are models of the file; a near name is offered."""
    found = problem(other={**model, "triton": DECLARED})
    assert found[:3] == (
        f"models.other.{place}",
        "there is no model 'clasifier'",
        "a key under models: classifier, other",
    )
    assert "classifier" in found[3]


@pytest.mark.parametrize(
    "member",
    [
        {"export": EXPORT, "pytorch": {"max_batch_size": 1}},
        {"repository": {"from": "models/existing"}},
    ],
    ids=["pytorch", "repository"],
)
def test_a_member_that_triton_does_not_serve(
    problem: Callable[..., tuple[str, str, str, str]], member: dict[str, Any]
) -> None:
    """A member becomes a folder of its own name, with a configuration from its section."""
    assert problem(other={"ensemble": {"step": [step("member")]}, "triton": DECLARED}, member=member) == (
        "models.other.ensemble.step[0].model_name",
        "'member' has no `triton` section, and Triton has to serve it within 'other'",
        "models with `triton`",
        "give 'member' a `triton` section, or name another model",
    )


def test_a_model_of_itself(problem: Callable[..., tuple[str, str, str, str]]) -> None:
    """It could never be packed."""
    assert problem(other={"python": {**PYTHON, "calls": ["other"]}, "triton": DECLARED}) == (
        "models.other.python.calls[0]",
        "'other' is part of itself",
        "models that do not need the one they are part of",
        "remove one of the two references",
    )


def test_models_of_each_other(problems_with: Callable[..., tuple[Problem, ...]]) -> None:
    """Neither could be packed first; both places are told, whatever lies between."""
    found = problems_with(
        one={"ensemble": {"step": [step("two")]}, "triton": DECLARED},
        two={"python": {**PYTHON, "calls": ["three"]}, "triton": DECLARED},
        three={"python": {**PYTHON, "calls": ["one"]}, "triton": DECLARED},
    )
    assert [each.what for each in found] == [
        "'one' is part of 'two', which is part of it",
        "'two' is part of 'three', which is part of it",
        "'three' is part of 'one', which is part of it",
    ]


def test_a_model_may_be_part_of_several(problems_with: Callable[..., tuple[Problem, ...]]) -> None:
    """A diamond is no circle."""
    assert (
        problems_with(
            left={"python": {**PYTHON, "calls": ["classifier"]}, "triton": DECLARED},
            right={"python": {**PYTHON, "calls": ["classifier"]}, "triton": DECLARED},
            top={"python": {**PYTHON, "calls": ["left", "right", "classifier"]}, "triton": DECLARED},
        )
        == ()
    )


def test_members_are_found_once_however_many_ways_lead_to_them(valid: dict[str, Any]) -> None:
    """Forty diamonds on top of each other are eighty models, each after its own members."""
    below: tuple[str, ...] = ()
    for level in range(40):
        pair = f"left{level}", f"right{level}"
        valid["models"] |= {
            name: {"python": {**PYTHON, "calls": list(below)}, "triton": DECLARED} for name in pair
        }
        below = pair
    members = list(parse_deployment(json.dumps(valid), Path("t.yaml")).deployment.members_of("left39"))
    assert len(members) == len(set(members)) == 78
    assert members[:2] == ["left0", "right0"]
    assert members[-2:] == ["left38", "right38"]
