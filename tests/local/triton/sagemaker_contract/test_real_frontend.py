"""Our mapping against Triton's own SageMaker frontend: same status, same content type, same bytes."""

import base64
import json
import os
import struct
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local.triton import TritonRuntime
from local.triton._marked_processes import kill_marked_processes
from local.triton._supervisor import (
    MARK_VARIABLE,
    remove_shared_memory,
    shared_memory_prefix,
)
from local.triton.overlay import overlay_repository
from local.triton.sagemaker_contract import (
    BINARY_CONTENT_TYPE,
    RefusedInvocation,
    ServingPlan,
    answer_content_type,
    map_invocation,
    map_ping,
)

pytestmark = pytest.mark.integration

UNSHARE = ["unshare", "--map-root-user", "--net"]
SAGEMAKER_PORT, KSERVE_PORT = 8080, 8000
SERVER_ID = f"frontend{os.getpid()}"
PLAN = ServingPlan(default_model="affine", load_models=("affine",), arguments=())


@dataclass(frozen=True)
class Case:
    """One request to the frontend."""

    path: str = "/invocations"
    method: str = "POST"
    content_type: str | None = "application/json"
    body: bytes = b""
    headers: Mapping[str, str] | None = None


def tensors_json(batch: int = 1, left: str = "left", **more: object) -> bytes:
    inputs = [
        {"name": name, "shape": [batch, 4], "datatype": "FP32", "data": [1.5] * 4 * batch}
        for name in (left, "right")
    ]
    return json.dumps({"inputs": inputs, **more}).encode()


def tensors_binary(*, output_as_bytes: bool) -> tuple[bytes, bytes]:
    head = json.dumps(
        {
            "inputs": [
                {"name": name, "shape": [2, 4], "datatype": "FP32", "parameters": {"binary_data_size": 32}}
                for name in ("left", "right")
            ],
            "parameters": {"binary_data_output": output_as_bytes},
        }
    ).encode()
    return head, struct.pack("<16f", *range(16))


HEAD, TAIL = tensors_binary(output_as_bytes=True)
PLAIN_HEAD, _ = tensors_binary(output_as_bytes=False)
BINARY = f"{BINARY_CONTENT_TYPE}{len(HEAD)}"
GOOD_BODY = tensors_json()

CASES = {
    "JSON": Case(body=GOOD_BODY),
    "JSON with an id": Case(body=tensors_json(id='"quoted" é')),
    "JSON, one output": Case(body=tensors_json(outputs=[{"name": "OUT__0"}])),
    "binary": Case(content_type=BINARY, body=HEAD + TAIL),
    "binary in, JSON out": Case(
        content_type=f"{BINARY_CONTENT_TYPE}{len(PLAIN_HEAD)}", body=PLAIN_HEAD + TAIL
    ),
    "no content type": Case(content_type=None, body=GOOD_BODY),
    "unknown content type": Case(content_type="text/csv", body=GOOD_BODY),
    "octet stream": Case(content_type="application/octet-stream", body=GOOD_BODY),
    "compression is not heeded": Case(
        body=GOOD_BODY, headers={"Content-Encoding": "gzip", "Accept-Encoding": "gzip"}
    ),
    "KServe's header is not heeded": Case(body=GOOD_BODY, headers={"Inference-Header-Content-Length": "3"}),
    "no JSON at all": Case(content_type="text/csv", body=b"1,2,3"),
    "broken JSON": Case(body=b"{"),
    "empty body": Case(),
    "wrong name": Case(body=tensors_json(left="up")),
    "too big batch": Case(body=tensors_json(batch=9)),
    "wrong datatype": Case(body=GOOD_BODY.replace(b"FP32", b"INT64")),
    "unknown output": Case(body=tensors_json(outputs=[{"name": "nope"}])),
    "JSON header longer than the body": Case(content_type=f"{BINARY_CONTENT_TYPE}9999", body=HEAD + TAIL),
    "negative JSON header": Case(content_type=f"{BINARY_CONTENT_TYPE}-1", body=HEAD + TAIL),
    "JSON header cut off": Case(content_type=f"{BINARY_CONTENT_TYPE}10", body=HEAD + TAIL),
    "JSON header of no number": Case(content_type=f"{BINARY_CONTENT_TYPE}many", body=HEAD + TAIL),
    "JSON header of size 0": Case(content_type=f"{BINARY_CONTENT_TYPE}0", body=TAIL),
    "JSON header with a tail": Case(content_type=f"{BINARY}; charset=utf-8", body=HEAD + TAIL),
    "binary type not at the start": Case(content_type=f"x {BINARY}", body=HEAD + TAIL),
    "GET": Case(method="GET"),
    "PUT": Case(method="PUT", body=GOOD_BODY),
    "ping": Case(path="/ping", method="GET", content_type=None),
    "ping by POST": Case(path="/ping", content_type=None),
}


def frontend_request(case: Case) -> list[Any]:
    headers = dict(case.headers or {})
    if case.content_type is not None:
        headers["Content-Type"] = case.content_type
    return [SAGEMAKER_PORT, case.method, case.path, headers, base64.b64encode(case.body).decode()]


def mapped_request(case: Case) -> list[Any] | RefusedInvocation:
    mapped = map_ping(PLAN) if case.path == "/ping" else map_invocation(PLAN, case.content_type)
    if isinstance(mapped, RefusedInvocation):
        return mapped
    return [KSERVE_PORT, case.method, mapped.path, dict(mapped.headers), base64.b64encode(case.body).decode()]


@pytest.fixture(scope="module")
def answers(
    runtime: TritonRuntime, shared_repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """What the frontend answers to each case, and what our mapping gives."""
    allowed = subprocess.run([*UNSHARE, "true"], capture_output=True, text=True, check=False, timeout=30)
    if allowed.returncode != 0:
        pytest.skip(
            f"this machine allows no network namespace, so the real frontend can't run: {allowed.stderr}"
        )
    repository = tmp_path_factory.mktemp("overlay") / "repository"
    overlay_repository(shared_repository, repository)
    ours = {name: mapped_request(case) for name, case in CASES.items()}
    asked = {
        "command": [
            str(runtime.server_path),
            f"--model-repository={repository}",
            "--model-control-mode=explicit",
            "--load-model=affine",
            "--model-namespacing=true",
            f"--backend-directory={runtime.backend_folder}",
            f"--backend-config=python,shm-region-prefix-name={shared_memory_prefix(SERVER_ID)}",
            "--disable-auto-complete-config",
            "--allow-sagemaker=true",
            f"--sagemaker-port={SAGEMAKER_PORT}",
            "--http-address=127.0.0.1",
            f"--http-port={KSERVE_PORT}",
            "--allow-grpc=false",
            "--allow-metrics=false",
        ],
        "environment": {
            **runtime.variables(),
            "SAGEMAKER_TRITON_DEFAULT_MODEL_NAME": "affine",
            MARK_VARIABLE: SERVER_ID,
        },
        "ports": [SAGEMAKER_PORT, KSERVE_PORT],
        "requests": [
            *(frontend_request(case) for case in CASES.values()),
            *(request for request in ours.values() if isinstance(request, list)),
        ],
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
    given = json.loads(run.stdout)
    frontend, mapped = given[: len(CASES)], iter(given[len(CASES) :])
    return {
        name: (frontend[index], refused(ours[name]) or answered(next(mapped)))
        for index, name in enumerate(CASES)
    }


def refused(mapped: list[Any] | RefusedInvocation) -> dict[str, Any] | None:
    if not isinstance(mapped, RefusedInvocation):
        return None
    body = base64.b64encode(mapped.body).decode()
    return {"status": mapped.status, "headers": {"Content-Type": mapped.content_type}, "body": body}


def answered(answer: dict[str, Any]) -> dict[str, Any]:
    headers = answer["headers"]
    content_type = answer_content_type(
        headers.get("Content-Type"), headers.get("Inference-Header-Content-Length")
    )
    return {**answer, "headers": {"Content-Type": content_type}}


@pytest.mark.parametrize("name", CASES)
def test_our_answer_is_the_frontends(
    answers: dict[str, tuple[dict[str, Any], dict[str, Any]]], name: str
) -> None:
    """Status, Content-Type and body are the same to the byte."""
    frontend, ours = answers[name]
    assert ours["status"] == frontend["status"]
    assert base64.b64decode(ours["body"]) == base64.b64decode(frontend["body"])
    assert ours["headers"]["Content-Type"] == frontend["headers"]["Content-Type"]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("JSON", 200),
        ("binary", 200),
        ("unknown content type", 200),
        ("wrong name", 400),
        ("too big batch", 400),
        ("broken JSON", 500),
        ("GET", 405),
        ("ping", 200),
    ],
)
def test_the_frontend_answers_as_we_say(
    answers: dict[str, tuple[dict[str, Any], dict[str, Any]]], name: str, status: int
) -> None:
    """The statuses that the module's words name are the real frontend's."""
    assert answers[name][0]["status"] == status
