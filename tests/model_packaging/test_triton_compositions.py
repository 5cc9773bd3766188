"""A real Triton serves what packaging makes of several models; its own counters show each feature at work.

Each feature is there twice: on, where the counters move, and off, where they do not. Ensembles are drawn:
Triton loads those that the rules find nothing in, and refuses those they find something in.
"""

import http.client
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from local.triton import TritonRuntime, TritonServer
from local.triton.sagemaker_contract import serving_plan
from model_packaging.artifact import extract_archive, parse_config_pbtxt
from model_packaging.package import PackagedModel, package_deployment
from preflight import inspect_artifact
from spec import Container, parse_deployment
from stacks._container import further_variables
from tests.model_packaging.ensembles import MEMBERS, SOURCES, broken_ensembles, ensembles

pytestmark = pytest.mark.integration

PROJECT_ROOT = Path(__file__).parents[2]
STARTUP_SECONDS = 120.0
CACHE = "--cache-config=local,size=1048576"
DRAWN = 20
X = {"name": "x", "datatype": "FP32", "shape": [1, 2], "data": [3.0, 4.0]}

MODULES = """import torch
from torch import nn


class Times(nn.Module):
    def __init__(self, factor: float) -> None:
        super().__init__()
        self.register_buffer("factor", torch.tensor(factor))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.factor


def times(factor=1.0):
    return Times(factor), lambda batch, generator: {"x": torch.rand(batch, 2, generator=generator)}
"""
CALLER = """import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def execute(self, requests):
        return [self.one(request) for request in requests]

    def one(self, request):
        x = pb_utils.get_input_tensor_by_name(request, "x")
        answer = pb_utils.InferenceRequest(
            model_name="scale", requested_output_names=["y"], inputs=[x]
        ).exec()
        return pb_utils.InferenceResponse([pb_utils.get_output_tensor_by_name(answer, "y")])
"""
STREAMER = """import numpy as np
import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def execute(self, requests):
        for request in requests:
            sender = request.get_response_sender()
            for number in range(int(pb_utils.get_input_tensor_by_name(request, "n").as_numpy()[0])):
                answer = pb_utils.InferenceRequest(
                    model_name="one_by_one",
                    requested_output_names=["left"],
                    inputs=[pb_utils.Tensor("n", np.array([number], np.int32))],
                ).exec()
                left = pb_utils.get_output_tensor_by_name(answer, "left")
                sender.send(pb_utils.InferenceResponse([left]))
            sender.send(flags=pb_utils.TRITONSERVER_RESPONSE_COMPLETE_FINAL)
"""
ONE_BY_ONE = """import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def execute(self, requests):
        tensors = [pb_utils.get_input_tensor_by_name(request, "n").as_numpy() for request in requests]
        return [pb_utils.InferenceResponse([pb_utils.Tensor("left", each)]) for each in tensors]
"""
FP32 = {"data_type": "TYPE_FP32", "dims": [2]}
INT32 = {"data_type": "TYPE_INT32", "dims": [1]}
X_TO_Y = {"max_batch_size": 4, "input": [{"name": "x", **FP32}], "output": [{"name": "y", **FP32}]}
N_TO_LEFT = {"max_batch_size": 0, "input": [{"name": "n", **INT32}], "output": [{"name": "left", **INT32}]}
VERSIONS = {"from": "modules:times", "to": "torchscript", "how": "script"}
TWO_STEPS = [
    {"model_name": "scale", "input_map": {"x": "x"}, "output_map": {"y": "twice"}},
    {"model_name": "count", "input_map": {"x": "twice"}, "output_map": {"y": "y"}},
]
MODELS: dict[str, dict[str, Any]] = {
    **{
        name: {"python": {"from": f"{name}.py"}, "triton": {"max_batch_size": 4, **tensors}}
        for name, tensors in MEMBERS.items()
    },
    "two_steps": {"ensemble": {"step": TWO_STEPS}, "triton": X_TO_Y},
    "kept_steps": {"ensemble": {"step": TWO_STEPS}, "triton": {**X_TO_Y, "response_cache": {"enable": True}}},
    "caller": {"python": {"from": "caller.py", "calls": ["scale"]}, "triton": X_TO_Y},
    "nested": {
        "ensemble": {
            "step": [{"model_name": "two_steps", "input_map": {"x": "x"}, "output_map": {"y": "y"}}]
        },
        "triton": X_TO_Y,
    },
    "outer": {
        "ensemble": {"step": [{"model_name": "caller", "input_map": {"x": "x"}, "output_map": {"y": "y"}}]},
        "triton": X_TO_Y,
    },
    "streamer": {
        "python": {"from": "streamer.py", "calls": ["one_by_one"]},
        "triton": {**N_TO_LEFT, "model_transaction_policy": {"decoupled": True}},
    },
    "one_by_one": {"python": {"from": "one_by_one.py"}, "triton": N_TO_LEFT},
    "cold": {"python": {"from": "one_by_one.py"}, "triton": N_TO_LEFT},
    "warmed": {
        "python": {"from": "one_by_one.py"},
        "triton": {**N_TO_LEFT, "model_warmup": [{"name": "twice", "count": 2}]},
    },
    "both": {
        "export": {**VERSIONS, "versions": {"1": {}, "3": {"arguments": {"factor": 3.0}}}},
        "triton": {"max_batch_size": 4, "version_policy": {"all": {}}},
    },
    "newest": {
        "export": {**VERSIONS, "versions": {"1": {}, "3": {"arguments": {"factor": 3.0}}}},
        "triton": {"max_batch_size": 4},
    },
}
TEXTS = {**SOURCES, "modules": MODULES, "caller": CALLER, "streamer": STREAMER, "one_by_one": ONE_BY_ONE}


def drawn(strategy: st.SearchStrategy[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return examples of ``strategy``, the same ones each time."""
    found: list[dict[str, Any]] = []

    @settings(max_examples=DRAWN, deadline=None, database=None, derandomize=True, phases=[Phase.generate])
    @given(strategy)
    def collect(model: dict[str, Any]) -> None:
        found.append(model)

    collect()
    return found


@dataclass(frozen=True)
class Served:
    """One server with every model of this file, and what packaging found in them."""

    server: TritonServer
    packaged: Mapping[str, PackagedModel]

    def ask(self, path: str, document: object = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.http_port, timeout=30)
        try:
            connection.request("GET" if document is None else "POST", path, json.dumps(document))
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def infer(self, model: str, *inputs: dict[str, Any]) -> list[Any]:
        """Return the only output's data."""
        status, body = self.ask(f"/v2/models/{model}/infer", {"inputs": inputs})
        assert status == 200, body
        data: list[Any] = json.loads(body)["outputs"][0]["data"]
        return data

    def stream(self, model: str, n: int) -> list[Any]:
        """Return the answers of a stream."""
        status, body = self.ask(f"/v2/models/{model}/generate_stream", {"n": n})
        assert status == 200, body
        lines = [line.removeprefix("data: ") for line in body.decode().splitlines() if line]
        return [json.loads(line)["left"] for line in lines]

    def statistics(self, model: str) -> dict[str, dict[str, Any]]:
        """Return what Triton counted, by version."""
        status, body = self.ask(f"/v2/models/{model}/stats")
        assert status == 200, body
        return {each["version"]: each for each in json.loads(body)["model_stats"]}

    def executions(self, model: str) -> int:
        """Return how often the model was executed, all versions together."""
        return sum(each["execution_count"] for each in self.statistics(model).values())

    def errors(self, model: str) -> list[str]:
        """Return the rules that found an error while it was packaged."""
        return [each.rule for each in self.packaged[model].manifest.findings if each.severity == "error"]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root = tmp_path_factory.mktemp("compositions")
    (root / ".venv-triton").symlink_to(PROJECT_ROOT / ".venv-triton")
    for name, text in TEXTS.items():
        (root / f"{name}.py").write_text(text, encoding="utf-8")
    whole = {f"whole_{number}": model for number, model in enumerate(drawn(ensembles()))}
    broken = {f"broken_{number}": model for number, model in enumerate(drawn(broken_ensembles()))}
    document = {
        "name": "compositions",
        "environment": {
            "account": "000000000000",
            "region": "us-east-1",
            "availability_zones": ["us-east-1a", "us-east-1b"],
        },
        "models": {**MODELS, **whole, **broken},
    }
    file = parse_deployment(json.dumps(document), root / "compositions.yaml")
    packaged = package_deployment(file, root / "build", root, inspect=inspect_artifact)
    repository = root / "repository"
    repository.mkdir()
    for each in packaged:
        archive = each.directory / each.manifest.archive.file_name
        extract_archive(archive, root / "unpacked" / each.model)
        (repository / each.model).symlink_to(root / "unpacked" / each.model / each.model)
    server = TritonServer.start(
        TritonRuntime.locate(root),
        repository,
        models=list(MODELS),
        startup_timeout_seconds=STARTUP_SECONDS,
        log_path=root / "triton.log",
        extra_arguments=(CACHE,),
    )
    yield Served(server, {each.model: each for each in packaged})
    server.stop(0)


def test_an_ensemble_executes_its_members(served: Served) -> None:
    """One execution of each member for a request to it; a request to one member executes that alone."""
    before = [served.executions(model) for model in ("scale", "count")]
    assert served.infer("two_steps", X) == [6.0, 8.0]
    through = [served.executions(model) for model in ("scale", "count")]
    assert served.infer("scale", X) == [6.0, 8.0]
    after = [served.executions(model) for model in ("scale", "count")]
    assert [late - early for late, early in zip(through, before, strict=True)] == [1, 1]
    assert [late - early for late, early in zip(after, through, strict=True)] == [1, 0]


def test_an_ensemble_with_a_response_cache_executes_nothing_the_second_time(served: Served) -> None:
    """Its members' counters stand still for an equal request; without a cache they move again."""
    other = {**X, "data": [5.0, 6.0]}
    moved = []
    for model in ("kept_steps", "two_steps"):
        assert served.infer(model, other) == [10.0, 12.0]
        before = served.executions("scale")
        assert served.infer(model, other) == [10.0, 12.0]
        moved.append(served.executions("scale") - before)
    assert moved == [0, 1]


def test_a_called_model_is_executed(served: Served) -> None:
    """By a request to the one that calls it; a request to a model that calls nothing leaves it alone."""
    before = served.executions("scale")
    assert served.infer("caller", X) == [6.0, 8.0]
    called = served.executions("scale")
    served.infer("count", X)
    assert (called - before, served.executions("scale") - called) == (1, 0)


def test_a_warm_up_is_counted_before_the_first_request(served: Served) -> None:
    """Two executions of a model that nobody has asked; without the feature, none."""
    assert [served.executions(model) for model in ("warmed", "cold")] == [2, 0]


def test_an_ensemble_may_be_a_member(served: Served) -> None:
    """Its own members are packed and loaded as well."""
    before = served.executions("count")
    assert served.infer("nested", X) == [6.0, 8.0]
    assert served.executions("count") - before == 1


@pytest.mark.parametrize(("is_told", "answers"), [(True, True), (False, False)], ids=["told", "not told"])
def test_the_container_loads_what_a_member_calls(
    served: Served, tmp_path: Path, *, is_told: bool, answers: bool
) -> None:
    """Of the archive alone, as `serve` starts it: with the variable that stacks give, and without."""
    manifest = served.packaged["outer"].manifest
    variables = further_variables(Container(), manifest) if is_told else {}
    unpacked = served.server.log.path.parent / "unpacked" / "outer"
    plan = serving_plan(unpacked, {"SAGEMAKER_TRITON_DEFAULT_MODEL_NAME": "outer", **variables})
    (tmp_path / ".venv-triton").symlink_to(PROJECT_ROOT / ".venv-triton")
    with TritonServer.start(
        TritonRuntime.locate(tmp_path),
        unpacked,
        models=plan.load_models,
        startup_timeout_seconds=STARTUP_SECONDS,
        log_path=tmp_path / "triton.log",
    ) as server:
        alone = Served(server, served.packaged)
        status, body = alone.ask("/v2/models/outer/infer", {"inputs": [X]})
        assert (status == 200) is answers, body


def test_a_decoupled_model_gives_any_number_of_answers(served: Served) -> None:
    """Each answer comes from another model, whose counter moves as often; a plain model has one a request.

    Triton 2.51 counts nothing of a decoupled Python-backend model itself.
    """
    before = served.executions("one_by_one")
    assert served.stream("streamer", 3) == [0, 1, 2]
    streamed = served.executions("one_by_one")
    assert served.stream("one_by_one", 3) == [3]
    assert (streamed - before, served.executions("one_by_one") - streamed) == (3, 1)
    request = {"inputs": [{"name": "n", "datatype": "INT32", "shape": [1], "data": [1]}]}
    assert served.ask("/v2/models/one_by_one/infer", request)[0] == 200
    status, body = served.ask("/v2/models/streamer/infer", request)
    assert (status, b"decoupled" in body) == (501, True)


def test_every_served_version_answers_and_the_newest_by_itself(served: Served) -> None:
    """The counters of a version move with the requests that name it, and the newest's without a name."""
    assert set(served.statistics("both")) == {"1", "3"}
    assert served.infer("both", X) == [9.0, 12.0]
    assert served.infer("both/versions/1", X) == [3.0, 4.0]
    assert served.infer("both/versions/1", X) == [3.0, 4.0]
    counted = {version: each["inference_count"] for version, each in served.statistics("both").items()}
    assert counted == {"1": 2, "3": 1}


def test_without_a_policy_only_the_newest_version_is_there(served: Served) -> None:
    """The other one is packed, and neither counted nor answered."""
    assert served.infer("newest", X) == [9.0, 12.0]
    assert {version: each["inference_count"] for version, each in served.statistics("newest").items()} == {
        "3": 1
    }
    assert served.ask("/v2/models/newest/versions/1/infer", {"inputs": [X]})[0] == 404


def test_the_features_are_packaged_without_a_finding(served: Served) -> None:
    """No rule has an error to say about what Triton serves."""
    assert {name: served.errors(name) for name in MODELS if served.errors(name)} == {}


@pytest.mark.parametrize("number", range(DRAWN))
def test_a_drawn_ensemble_loads(served: Served, number: int) -> None:
    """No rule finds anything, its configuration parses back, and Triton serves it."""
    name = f"whole_{number}"
    assert served.errors(name) == []
    status, body = served.ask(f"/v2/repository/models/{name}/load", {})
    assert status == 200, body
    status, body = served.ask(f"/v2/models/{name}/config")
    said = served.packaged[name].section.ensemble
    assert said is not None
    assert [each["model_name"] for each in json.loads(body)["ensemble_scheduling"]["step"]] == [
        each.model_name for each in said.step
    ]
    text = (served.server.log.path.parent / "repository" / name / "config.pbtxt").read_text(encoding="utf-8")
    steps = parse_config_pbtxt(text).ensemble_scheduling.step
    assert [(dict(each.input_map), dict(each.output_map)) for each in steps] == [
        (each.input_map, each.output_map) for each in said.step
    ]


@pytest.mark.parametrize("number", range(DRAWN))
def test_a_broken_ensemble_is_found_before_triton_refuses_it(served: Served, number: int) -> None:
    """An error of a rule about ensembles, where Triton says no after the deploy."""
    name = f"broken_{number}"
    assert [rule for rule in served.errors(name) if "SEA241" <= rule <= "SEA252"], name
    status, _ = served.ask(f"/v2/repository/models/{name}/load", {})
    assert status != 200
