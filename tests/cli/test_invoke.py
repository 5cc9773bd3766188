"""`seatrial invoke` of containers that answer by Triton's generate extension."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import cli._clients
import cli.invoke
from cli import main
from cli._project import Project
from model_packaging.artifact import MANIFEST_FILE_NAME, Signature, TensorSpec, write_manifest
from tests.invocation.event_streams import Service, failure, part, served
from tests.invocation.manifests import manifest_of

DEPLOYMENT = """
name: streamed
environment: {account: "000000000000", region: us-east-1, availability_zones: [us-east-1a, us-east-1b]}
models:
  writer:
    python: {from: examples/writer/model.py}
    container: {environment: {SAGEMAKER_TRITON_INFERENCE_TYPE: generate_stream}}
    triton:
      max_batch_size: 0
      input: [{name: text_input, data_type: TYPE_STRING, dims: [1]}]
      output: [{name: text_output, data_type: TYPE_STRING, dims: [1]}]
endpoints:
  chat:
    type: realtime
    model: writer
    instances: {type: ml.g4dn.xlarge, count: 1}
"""
SIGNATURE = Signature(
    (TensorSpec("text_input", "BYTES", (1,)),), (TensorSpec("text_output", "BYTES", (1,)),), batched=False
)
REQUEST = {"inputs": [{"name": "text_input", "shape": [1], "datatype": "BYTES", "data": ["a b"]}]}

Invoke = Callable[..., int]


def event(word: str) -> bytes:
    return part(f"data: {json.dumps({'text_output': word})}\n\n".encode())


@pytest.fixture
def invoke(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Invoke:
    """Runs the command for a model that was packaged, against what a service answers."""
    monkeypatch.setattr(cli.invoke, "PROJECT", Project(tmp_path))
    folder = tmp_path / "build" / "streamed" / "writer"
    folder.mkdir(parents=True)
    write_manifest(manifest_of("writer", SIGNATURE), folder / MANIFEST_FILE_NAME)
    (tmp_path / "streamed.yaml").write_text(DEPLOYMENT, encoding="utf-8")
    (tmp_path / "request.json").write_text(json.dumps(REQUEST), encoding="utf-8")

    def run(service: Service, *options: str) -> int:
        with served(service) as runtime:
            monkeypatch.setattr(cli._clients, "runtime_client_of", lambda _deployment: runtime)
            data = str(tmp_path / "request.json")
            return main(["invoke", str(tmp_path / "streamed.yaml"), "chat", "--data", data, *options])

    return run


def test_each_answer_is_a_line(invoke: Invoke, capsys: pytest.CaptureFixture[str]) -> None:
    """As they come, and how many at the end."""
    service = Service([event("one"), event("two")])
    assert invoke(service) == 0
    first, second, last = capsys.readouterr().out.splitlines()
    assert first.endswith("ms  text_output [1]: one")
    assert second.endswith("ms  text_output [1]: two")
    assert last == "2 answers, by AllTraffic"
    ((path, _, body),) = service.requests
    assert path == "/endpoints/streamed-chat/invocations-response-stream"
    assert json.loads(body) == {"text_input": "a b"}


def test_in_json_all_answers_are_one_document(invoke: Invoke, capsys: pytest.CaptureFixture[str]) -> None:
    """And nothing else is on stdout."""
    assert invoke(Service([event("one"), event("two")]), "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["ok"], document["variant"]) == (True, "AllTraffic")
    assert [each["outputs"] for each in document["answers"]] == [
        {"text_output": ["one"]},
        {"text_output": ["two"]},
    ]


def test_a_stream_that_breaks_off_is_one_document(invoke: Invoke, capsys: pytest.CaptureFixture[str]) -> None:
    """That says so: half an answer is none."""
    broken = failure("ModelStreamError", b'{"Message": "no memory", "ErrorCode": "ModelStreamError"}')
    assert invoke(Service([event("one"), broken]), "--json") == 1
    document = json.loads(capsys.readouterr().out)
    assert document["ok"] is False
    assert "the answer broke off: " in document["error"]
    assert "no memory" in document["error"]
