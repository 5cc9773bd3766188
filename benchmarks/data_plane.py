"""What the local runtime adds to a request straight to Triton, and how many requests per second it holds.

The latency is measured against a real Triton, by one raw keep-alive client that takes both ways in turn.
The throughput is measured against a fixed responder in Triton's place, which would otherwise be the
bottleneck; the load generator shares the machine.
"""

import contextlib
import json
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks._harness import Measurement
from benchmarks._local_parts import RawClient, part_command, running_part
from local.triton.runtime import TritonRuntime
from local.triton.sagemaker_contract import BINARY_CONTENT_TYPE
from local.triton.server import TritonServer

__all__ = ["measure"]

_ROOT = Path(__file__).resolve().parent.parent
_PARTS = "benchmarks._data_plane_parts"
_IMAGE_FLOATS = 3 * 224 * 224
_REQUESTS = 400
_WARM_UP_REQUESTS = 40
_LOAD_CONNECTIONS = 8
_LOAD_SECONDS = 4.0
_WAIT_SECONDS = 30.0
_CONFIG = """\
name: "first"
backend: "python"
input [ { name: "x" data_type: TYPE_FP32 dims: [ -1 ] } ]
output [ { name: "y" data_type: TYPE_FP32 dims: [ 1 ] } ]
"""
_MODEL = """\
import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def execute(self, requests):
        inputs = [pb_utils.get_input_tensor_by_name(request, "x").as_numpy() for request in requests]
        return [pb_utils.InferenceResponse([pb_utils.Tensor("y", x[:1])]) for x in inputs]
"""


def measure() -> Iterator[Measurement]:
    """Measure latency, then throughput."""
    yield _added_latency()
    with running_part(_PARTS, "responder") as backend_port, _plane(backend_port, "any") as port:
        for name, body_bytes, goal in (("600KB", 4 * _IMAGE_FLOATS, ">= 500"), ("1KB", 1024, ">= 2000")):
            rate = _load(port, body_bytes)
            yield Measurement(f"data_plane.requests_per_second.{name}", rate, "requests/s", goal)


def _added_latency() -> Measurement:
    header = json.dumps(
        {
            "inputs": [
                {
                    "name": "x",
                    "datatype": "FP32",
                    "shape": [_IMAGE_FLOATS],
                    "parameters": {"binary_data_size": 4 * _IMAGE_FLOATS},
                }
            ]
        }
    ).encode()
    body = header + bytes(4 * _IMAGE_FLOATS)
    with _triton() as triton, _plane(triton.http_port, "first") as port:
        straight = RawClient(
            triton.http_port, "/v2/models/first/infer", {"Inference-Header-Content-Length": str(len(header))}
        )
        through = RawClient(
            port, "/endpoints/bench/invocations", {"Content-Type": f"{BINARY_CONTENT_TYPE}{len(header)}"}
        )
        with straight, through:
            # In turn, so that whatever else the machine does meets both alike.
            pairs = [
                (straight.seconds(body), through.seconds(body)) for _ in range(_WARM_UP_REQUESTS + _REQUESTS)
            ]
    medians = [statistics.median(column) for column in zip(*pairs[_WARM_UP_REQUESTS:], strict=True)]
    return Measurement("data_plane.added_latency.600KB", 1000 * (medians[1] - medians[0]), "ms", "<= 1")


@contextlib.contextmanager
def _triton() -> Iterator[TritonServer]:
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder, "repository", "first")
        (model / "1").mkdir(parents=True)
        (model / "config.pbtxt").write_text(_CONFIG, encoding="utf-8")
        (model / "1" / "model.py").write_text(_MODEL, encoding="utf-8")
        with TritonServer.start(
            TritonRuntime.locate(_ROOT),
            model.parent,
            models=["first"],
            startup_timeout_seconds=_WAIT_SECONDS,
            log_path=Path(folder, "triton.log"),
        ) as server:
            yield server


@contextlib.contextmanager
def _plane(backend_port: int, model: str) -> Iterator[int]:
    with running_part(_PARTS, "plane", str(backend_port), model) as port:
        yield port


def _load(port: int, body_bytes: int) -> float:
    command = part_command(
        _PARTS,
        "load",
        str(port),
        "/endpoints/bench/invocations",
        str(body_bytes),
        str(_LOAD_CONNECTIONS),
        str(_LOAD_SECONDS),
    )
    return float(subprocess.run(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout)
