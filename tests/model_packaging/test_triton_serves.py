"""A real Triton loads what sections say, heeds it by its own counters, and leaves it where nothing is said.

The models are of Triton's Python backend and without torch, so that many start in seconds: what a section
says is read by Triton's core, whatever the backend.
"""

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings

from local.triton import TritonRuntime, TritonServer
from model_packaging.artifact.signature import Signature, TensorSpec
from model_packaging.layout.triton_config import config_pbtxt_of
from spec import TritonModelConfig
from tests.model_packaging.triton_sections import SIGNATURE, triton_sections

pytestmark = pytest.mark.integration

PROJECT_ROOT = Path(__file__).parents[2]
STARTUP_SECONDS = 120.0
CACHE = "--cache-config=local,size=1048576"
DRAWN_MODELS = 16
EXECUTIONS = "OUTPUT__1"
SOURCE = """import numpy as np
import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    executions = 0

    def execute(self, requests):
        self.executions += 1
        answers = []
        for request in requests:
            x = pb_utils.get_input_tensor_by_name(request, "x").as_numpy()
            count = np.full((len(x), 3), self.executions, np.float32)
            tensors = [pb_utils.Tensor("OUTPUT__0", x), pb_utils.Tensor("OUTPUT__1", count)]
            answers.append(pb_utils.InferenceResponse(tensors))
        return answers
"""
ONE_INPUT = Signature(
    inputs=(TensorSpec("x", "FP32", (2,)),),
    outputs=(TensorSpec("OUTPUT__0", "FP32", (2,)), TensorSpec("OUTPUT__1", "FP32", (3,))),
    batched=True,
)


def write_model(repository: Path, name: str, section: dict[str, Any], signature: Signature) -> None:
    folder = repository / name
    (folder / "1").mkdir(parents=True)
    (folder / "1" / "model.py").write_text(SOURCE, encoding="utf-8")
    text = config_pbtxt_of(name, TritonModelConfig.model_validate(section), signature)
    served = text.replace('platform: "pytorch_libtorch"', 'backend: "python"')
    assert served != text
    (folder / "config.pbtxt").write_text(served, encoding="utf-8")


def drawn_sections(count: int) -> list[dict[str, Any]]:
    """Return sections as the property-based tests draw them, the same ones each time."""
    sections: list[dict[str, Any]] = []

    @settings(max_examples=count, deadline=None, database=None, derandomize=True, phases=[Phase.generate])
    @given(triton_sections())
    def collect(section: dict[str, Any]) -> None:
        sections.append(section)

    collect()
    return sections


@dataclass(frozen=True)
class Served:
    """One server with every model of this file."""

    server: TritonServer
    drawn: tuple[str, ...]

    def ask(self, path: str, document: object = None) -> Any:  # noqa: ANN401 - JSON
        connection = http.client.HTTPConnection("127.0.0.1", self.server.http_port, timeout=30)
        try:
            connection.request("GET" if document is None else "POST", path, json.dumps(document))
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        assert response.status == 200, body
        return json.loads(body)

    def output(self, model: str, name: str, **parameters: int) -> list[Any]:
        """Return one output of the same request."""
        tensor = {"name": "x", "datatype": "FP32", "shape": [1, 2], "data": [3.0, 4.0]}
        request = {"inputs": [tensor], "outputs": [{"name": name, "parameters": parameters}]}
        (found,) = self.ask(f"/v2/models/{model}/infer", request)["outputs"]
        data: list[Any] = found["data"]
        return data

    def counters(self, model: str) -> tuple[int, int, int]:
        """Return executions, hits and misses of the cache."""
        (found,) = self.ask(f"/v2/models/{model}/stats")["model_stats"]
        stats = found["inference_stats"]
        return (
            found["execution_count"],
            stats.get("cache_hit", {}).get("count", 0),
            stats.get("cache_miss", {}).get("count", 0),
        )


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root = tmp_path_factory.mktemp("project")
    (root / ".venv-triton").symlink_to(PROJECT_ROOT / ".venv-triton")
    repository = root / "repository"
    drawn = {f"drawn_{number}": section for number, section in enumerate(drawn_sections(DRAWN_MODELS))}
    for name, section in drawn.items():
        write_model(repository, name, section, SIGNATURE)
    cpu = {"max_batch_size": 4, "instance_group": [{"kind": "KIND_CPU"}]}
    warmup = {"name": "twice", "count": 2, "inputs": {"x": {"random_data": True}}}
    named = {
        "plain": cpu,
        "cold": cpu,
        "warmed": cpu | {"model_warmup": [warmup]},
        "cached": cpu | {"response_cache": {"enable": True}},
        "labelled": cpu | {"label_filename": {"OUTPUT__0": "data/labels.txt"}},
    }
    for name, section in named.items():
        write_model(repository, name, section, ONE_INPUT)
    (repository / "labelled" / "labels.txt").write_text("cat\ndog\n", encoding="utf-8")
    server = TritonServer.start(
        TritonRuntime.locate(root),
        repository,
        models=[*drawn, *named],
        startup_timeout_seconds=STARTUP_SECONDS,
        log_path=root / "triton.log",
        extra_arguments=(CACHE,),
    )
    yield Served(server, tuple(drawn))
    server.stop(0)


def test_every_drawn_section_loads(served: Served) -> None:
    """The server started with all of them, and each model is ready."""
    assert len(served.drawn) == DRAWN_MODELS
    index = {each["name"]: each["state"] for each in served.ask("/v2/repository/index", {})}
    assert {index[name] for name in served.drawn} == {"READY"}


def test_warm_up_runs_before_the_first_request(served: Served) -> None:
    """The model itself has counted two executions before; without the feature, none."""
    assert served.output("warmed", EXECUTIONS) == [3.0, 3.0, 3.0]
    assert served.output("cold", EXECUTIONS) == [1.0, 1.0, 1.0]


def test_the_response_cache_answers_the_second_of_two_equal_requests(served: Served) -> None:
    """One execution and one hit; without the feature, two executions and no hit."""
    before = {model: served.counters(model) for model in ("cached", "plain")}
    cached = [served.output("cached", EXECUTIONS) for _ in range(2)]
    plain = [served.output("plain", EXECUTIONS) for _ in range(2)]
    after = {model: served.counters(model) for model in ("cached", "plain")}
    moved = {
        model: tuple(late - early for late, early in zip(after[model], before[model], strict=True))
        for model in after
    }
    assert moved == {"cached": (1, 1, 1), "plain": (2, 0, 0)}
    assert cached[0] == cached[1]
    assert plain[0] != plain[1]


def test_classification_answers_with_labels(served: Served) -> None:
    """The largest value's label; without a file of labels, its index alone."""
    assert served.output("labelled", "OUTPUT__0", classification=1) == ["4.000000:1:dog"]
    assert served.output("plain", "OUTPUT__0", classification=1) == ["4.000000:1"]
