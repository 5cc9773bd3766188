"""ONNX models of an unmodified repository in the real Triton."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from onnx import helper, numpy_helper

from local.triton import TritonRuntime, TritonServer, TritonStartError
from tests.onnx_graphs import tensor, write_graph

pytestmark = pytest.mark.integration

CONFIG = """name: "linear"
platform: "onnxruntime_onnx"
max_batch_size: 8
input [ { name: "x" data_type: TYPE_FP32 dims: [ 3 ] } ]
output [ { name: "y" data_type: TYPE_FP32 dims: [ 5 ] } ]
instance_group [ { kind: KIND_GPU } ]  # as on an endpoint
dynamic_batching { max_queue_delay_microseconds: 100000 preferred_batch_size: [ 8 ] }
"""


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``linear``, whose weights lie in a file of their own."""
    folder = tmp_path_factory.mktemp("onnx") / "linear"
    (folder / "1").mkdir(parents=True)
    weights = np.random.default_rng(0).random((3, 5), dtype=np.float32)
    write_graph(
        folder / "1" / "model.onnx",
        [helper.make_node("MatMul", ["x", "weights"], ["y"])],
        [tensor("x", ["batch", 3])],
        [tensor("y", ["batch", 5])],
        [numpy_helper.from_array(weights, "weights")],
        external_data="model.onnx.data",
    )
    (folder / "config.pbtxt").write_text(CONFIG, encoding="utf-8")
    return folder.parent


@pytest.fixture(scope="module")
def start(runtime: TritonRuntime, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], TritonServer]:
    def started(folder: Path) -> TritonServer:
        return TritonServer.start(
            runtime,
            folder,
            models=["linear"],
            startup_timeout_seconds=60,
            log_path=tmp_path_factory.mktemp("log") / "triton.log",
        )

    return started


@pytest.fixture(scope="module")
def server(start: Callable[[Path], TritonServer], repository: Path) -> Iterator[TritonServer]:
    running = start(repository)
    yield running
    running.stop(0)


def test_answers_are_onnx_runtimes_own_in_batches(
    server: TritonServer, repository: Path, asking: Callable[..., Any]
) -> None:
    """Eight requests at once are fewer executions, and not one bit differs from ONNX Runtime's answer."""
    assert (repository / "linear" / "1" / "model.onnx.data").is_file()
    rows = np.random.default_rng(1).random((8, 1, 3), dtype=np.float32)

    def infer(row: np.ndarray[Any, Any]) -> list[float]:
        body = (
            '{"inputs": [{"name": "x", "datatype": "FP32", "shape": [1, 3], "data": '
            f"{row.astype(np.float64).tolist()}}}]}}"
        )
        answer = asking(server.http_port, "POST", "/v2/models/linear/infer", body.encode())
        assert answer.status == 200, answer.body
        data: list[float] = answer.output("y")
        return data

    with ThreadPoolExecutor(8) as pool:
        answers = np.array(list(pool.map(infer, rows)), dtype=np.float32)
    session = onnxruntime.InferenceSession(str(repository / "linear" / "1" / "model.onnx"))
    (expected,) = session.run(["y"], {"x": rows[:, 0]})
    assert np.max(np.abs(answers - expected)) == 0.0
    stats = asking(server.http_port, "GET", "/v2/models/linear/stats").document["model_stats"][0]
    assert stats["inference_count"] == 8
    assert stats["execution_count"] < 8


def test_a_configuration_of_other_dims_does_not_load(
    start: Callable[[Path], TritonServer], repository: Path, tmp_path: Path
) -> None:
    """The reason is the native backend's."""
    folder = tmp_path / "linear"
    folder.mkdir()
    (folder / "1").symlink_to(repository / "linear" / "1")
    wrong = CONFIG.replace("dims: [ 3 ]", "dims: [ 4 ]")
    (folder / "config.pbtxt").write_text(wrong, encoding="utf-8")
    with pytest.raises(TritonStartError, match="the model expects 2 dimensions") as refused:
        start(tmp_path)
    assert "making complete shape [-1,4]" in str(refused.value)


def test_a_configuration_without_tensors_is_completed_from_the_model(
    start: Callable[[Path], TritonServer], repository: Path, tmp_path: Path, asking: Callable[..., Any]
) -> None:
    """As the native backend does."""
    folder = tmp_path / "linear"
    folder.mkdir()
    (folder / "1").symlink_to(repository / "linear" / "1")
    (folder / "config.pbtxt").write_text('backend: "onnxruntime"', encoding="utf-8")
    with start(tmp_path) as server:
        config = asking(server.http_port, "GET", "/v2/models/linear/config").document
    assert (config["max_batch_size"], config["dynamic_batching"]["preferred_batch_size"]) == (4, [4])
    assert [(each["name"], each["data_type"], each["dims"]) for each in config["input"]] == [
        ("x", "TYPE_FP32", [3])
    ]
    assert [(each["name"], each["dims"]) for each in config["output"]] == [("y", [5])]
