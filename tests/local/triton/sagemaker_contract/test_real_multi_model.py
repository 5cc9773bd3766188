"""Triton's own SageMaker frontend as a multi-model container, beside ours: same statuses, same bytes."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local.triton import DynamicModels, ModelLoadError, TritonRuntime, TritonServer
from local.triton._marked_processes import kill_marked_processes
from local.triton._supervisor import (
    MARK_VARIABLE,
    remove_shared_memory,
    shared_memory_prefix,
)
from local.triton.sagemaker_contract import (
    failure_status,
    loaded_model_plan,
    map_invocation,
    multi_model_plan,
)
from tests.local.triton.conftest import Answer, infer_body

pytestmark = pytest.mark.integration

UNSHARE = ["unshare", "--map-root-user", "--net"]
SAGEMAKER_PORT, KSERVE_PORT = 8080, 8000
SERVER_ID = f"multimodel{os.getpid()}"
GOOD = infer_body(x=("FP32", [1, 1], [1.0]))
BODIES = {
    "JSON": GOOD,
    "wrong name": GOOD.replace(b'"x"', b'"y"'),
    "wrong datatype": GOOD.replace(b"FP32", b"INT64"),
    "broken JSON": b"{",
}
_CONFIG = """name: "{name}"
backend: "python"
max_batch_size: 4
input [ {{ name: "x" data_type: TYPE_FP32 dims: [ 1 ] }} ]
output [ {{ name: "x" data_type: TYPE_FP32 dims: [ 1 ] }} ]
"""
_SOURCE = """import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def initialize(self, args):
        {initialize}

    def execute(self, requests):
        arrays = [pb_utils.get_input_tensor_by_name(request, "x").as_numpy() for request in requests]
        return [pb_utils.InferenceResponse([pb_utils.Tensor("x", 2 * array)]) for array in arrays]
"""
_ENSEMBLE = """name: "pair"
platform: "ensemble"
max_batch_size: 4
input [ { name: "x" data_type: TYPE_FP32 dims: [ 1 ] } ]
output [ { name: "y" data_type: TYPE_FP32 dims: [ 1 ] } ]
ensemble_scheduling { step [ {
  model_name: "same" model_version: -1
  input_map { key: "x" value: "x" } output_map { key: "x" value: "y" }
} ] }
"""


@dataclass(frozen=True)
class _Both:
    """What the frontend answered to each request, by name, and our server with its models."""

    frontend: dict[str, dict[str, Any]]
    archives: Path
    server: TritonServer
    models: DynamicModels
    asking: Callable[..., Answer]


def _archives(folder: Path) -> Path:
    failing = {
        "broken": "raise ValueError('never')",
        "short": "raise MemoryError('CUDA out of memory')",
    }
    for name in ("single", "ensemble", *failing):
        model = folder / name / "same"
        (model / "1").mkdir(parents=True)
        (model / "config.pbtxt").write_text(_CONFIG.format(name="same"))
        (model / "1" / "model.py").write_text(_SOURCE.format(initialize=failing.get(name, "pass")))
    (folder / "ensemble" / "pair" / "1").mkdir(parents=True)
    (folder / "ensemble" / "pair" / "config.pbtxt").write_text(_ENSEMBLE)
    return folder


def _requests(archives: Path) -> dict[str, list[Any]]:
    def request(method: str, path: str, target: str, body: bytes = b"") -> list[Any]:
        headers = {"X-Amzn-SageMaker-Target-Model": f"{target}.tar.gz", "Content-Type": "application/json"}
        return [SAGEMAKER_PORT, method, path, headers, base64.b64encode(body).decode()]

    def load(target: str) -> list[Any]:
        document = {"model_name": f"hash-{target}", "url": str(archives / target)}
        return request("POST", "/models", target, json.dumps(document).encode())

    return {
        "ping": request("GET", "/ping", "none"),
        "invoke before": request("POST", "/models/hash-single/invoke", "single", GOOD),
        **{f"load {name}": load(name) for name in ("single", "ensemble", "broken", "short")},
        "load again": load("single"),
        **{
            f"{target}, {name}": request("POST", f"/models/hash-{target}/invoke", target, body)
            for target in ("single", "ensemble")
            for name, body in BODIES.items()
        },
        "unload": request("DELETE", "/models/hash-single", "single"),
        "invoke after": request("POST", "/models/hash-single/invoke", "single", GOOD),
        "unload again": request("DELETE", "/models/hash-single", "single"),
    }


@pytest.fixture(scope="module")
def both(
    runtime: TritonRuntime, tmp_path_factory: pytest.TempPathFactory, asking: Callable[..., Answer]
) -> Any:  # noqa: ANN401 - a generator
    allowed = subprocess.run([*UNSHARE, "true"], capture_output=True, text=True, check=False, timeout=30)
    if allowed.returncode != 0:
        pytest.skip(
            f"this machine allows no network namespace, so the real frontend can't run: {allowed.stderr}"
        )
    archives = _archives(tmp_path_factory.mktemp("archives"))
    requests = _requests(archives)
    asked = {
        "command": [
            str(runtime.server_path),
            f"--model-repository={tmp_path_factory.mktemp('empty')}",
            "--model-control-mode=explicit",
            "--model-namespacing=true",
            f"--backend-directory={runtime.backend_folder}",
            f"--backend-config=python,shm-region-prefix-name={shared_memory_prefix(SERVER_ID)}",
            "--allow-sagemaker=true",
            f"--sagemaker-port={SAGEMAKER_PORT}",
            "--http-address=127.0.0.1",
            f"--http-port={KSERVE_PORT}",
            "--allow-grpc=false",
            "--allow-metrics=false",
        ],
        "environment": {**runtime.variables(), "SAGEMAKER_MULTI_MODEL": "true", MARK_VARIABLE: SERVER_ID},
        "ports": [SAGEMAKER_PORT, KSERVE_PORT],
        "requests": list(requests.values()),
    }
    script = str(Path(__file__).with_name("frontend_in_namespace.py"))
    try:
        run = subprocess.run(
            [*UNSHARE, sys.executable, script],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    finally:
        kill_marked_processes(SERVER_ID)
        remove_shared_memory(SERVER_ID)
    assert run.returncode == 0, run.stderr[-2000:]
    frontend = dict(zip(requests, json.loads(run.stdout), strict=True))
    repository = tmp_path_factory.mktemp("repository")
    with TritonServer.start(
        runtime,
        repository,
        models=(),
        startup_timeout_seconds=60,
        log_path=tmp_path_factory.mktemp("log") / "triton.log",
        extra_arguments=multi_model_plan({}).arguments,
    ) as server:
        yield _Both(frontend, archives, server, DynamicModels(repository), asking)


def test_models_answer_as_the_frontends(both: _Both) -> None:
    """Status and body are the same to the byte, of a model and of an ensemble; so is the model's name."""
    for target in ("single", "ensemble"):
        loaded = both.models.load(both.server.http_port, f"{target}.tar.gz", both.archives / target, 60)
        assert both.frontend[f"load {target}"]["status"] == 200
        for name, body in BODIES.items():
            request = map_invocation(loaded_model_plan(loaded.name), "application/json")
            ours = both.asking(both.server.http_port, "POST", request.path, body, dict(request.headers))  # type: ignore[union-attr] # none is refused
            theirs = both.frontend[f"{target}, {name}"]
            status = 200 if ours.status == 200 else failure_status(ours.body.decode())
            assert (name, status, ours.body) == (name, theirs["status"], base64.b64decode(theirs["body"]))


@pytest.mark.parametrize(("target", "status"), [("broken", 400), ("short", 507)])
def test_a_failed_load_has_the_frontends_status(both: _Both, target: str, status: int) -> None:
    """And its words begin alike, but for the namespace: the archive's folder."""
    theirs = both.frontend[f"load {target}"]
    message = json.loads(base64.b64decode(theirs["body"]))["error"]
    message = message.replace(f"{both.archives / target}::", "")
    with pytest.raises(ModelLoadError) as caught:
        both.models.load(both.server.http_port, f"{target}.tar.gz", both.archives / target, 60)
    assert (caught.value.status, theirs["status"]) == (status, status)
    assert caught.value.message.splitlines()[0] == message.splitlines()[0]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("ping", 200),
        ("invoke before", 404),
        ("load again", 409),
        ("unload", 200),
        ("invoke after", 404),
        ("unload again", 404),
    ],
)
def test_the_frontend_answers_as_we_say(both: _Both, name: str, status: int) -> None:
    """It lives without a model, knows what is loaded, and loads nothing twice."""
    assert both.frontend[name]["status"] == status
