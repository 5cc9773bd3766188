"""Requests and answers against a real Triton: what it reads is what was meant."""

import http.client
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest

from invocation import (
    EndpointError,
    RequestBody,
    binary_request,
    check_outputs,
    generate_request,
    json_request,
    read_answer,
    read_generated,
)
from invocation.server_sent_events import ServerSentEvents
from local.triton import TritonRuntime, TritonServer
from local.triton.sagemaker_contract.frontend import answer_content_type
from model_packaging.artifact import Signature, TensorSpec

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
_HEADER_BYTES = "Inference-Header-Content-Length"
_ECHO = """
import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def execute(self, requests):
        return [
            pb_utils.InferenceResponse([
                pb_utils.Tensor("out_" + each.name(), each.as_numpy()) for each in request.inputs()
            ])
            for request in requests
        ]
"""
_SHAPES = """
import numpy
import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def execute(self, requests):
        return [
            pb_utils.InferenceResponse([
                pb_utils.Tensor("out_" + each.name(), numpy.array([each.as_numpy().shape], "int64"))
                for each in request.inputs()
            ])
            for request in requests
        ]
"""
_DECOUPLED = """
import numpy
import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def execute(self, requests):
        for request in requests:
            sender = request.get_response_sender()
            text = pb_utils.get_input_tensor_by_name(request, "text").as_numpy()[0].decode()
            for word in text.split():
                said = pb_utils.Tensor("word", numpy.array([word.encode()], object))
                answer = pb_utils.InferenceResponse([said])
                if word == "fail":
                    answer = pb_utils.InferenceResponse(error=pb_utils.TritonError("it was told to"))
                sender.send(answer)
            sender.send(flags=pb_utils.TRITONSERVER_RESPONSE_COMPLETE_FINAL)
"""
DTYPES = {
    "BOOL": np.bool_,
    "INT8": np.int8,
    "INT16": np.int16,
    "INT32": np.int32,
    "INT64": np.int64,
    "UINT8": np.uint8,
    "UINT16": np.uint16,
    "UINT32": np.uint32,
    "UINT64": np.uint64,
    "FP16": np.float16,
    "FP32": np.float32,
    "FP64": np.float64,
    "BYTES": object,
}


def signature_of(
    inputs: Mapping[str, tuple[str, tuple[int, ...]]], *, batched: bool, shapes: bool = False
) -> Signature:
    """Every input ``x`` has an output ``out_x``: itself, or its shape."""
    return Signature(
        inputs=tuple(TensorSpec(name, *spec) for name, spec in inputs.items()),
        outputs=tuple(
            TensorSpec(f"out_{name}", *(("INT64", (-1,)) if shapes else spec))
            for name, spec in inputs.items()
        ),
        batched=batched,
    )


ECHO = signature_of({datatype.lower(): (datatype, (2, -1)) for datatype in DTYPES}, batched=True)
PLAIN = signature_of(
    {datatype.lower(): (datatype, (2, -1)) for datatype in DTYPES if datatype != "FP16"}, batched=True
)
BATCHED = signature_of({"fixed": ("FP32", (2, 3)), "ids": ("INT64", (-1,))}, batched=True, shapes=True)
UNBATCHED = signature_of({"rows": ("FP32", (-1, 2)), "any": ("INT64", (-1, -1))}, batched=False, shapes=True)
TEXT = Signature((TensorSpec("text", "BYTES", (1,)),), (TensorSpec("word", "BYTES", (1,)),), batched=False)


def write_model(repository: Path, name: str, signature: Signature, source: str, more: str = "") -> None:
    def tensors(field: str, specs: tuple[TensorSpec, ...]) -> str:
        return "\n".join(
            f'{field} {{ name: "{each.name}" data_type: TYPE_{each.datatype.replace("BYTES", "STRING")} '
            f"dims: {list(each.dims)} }}"
            for each in specs
        )

    folder = repository / name / "1"
    folder.mkdir(parents=True)
    (folder / "model.py").write_text(source, encoding="utf-8")
    config = f'backend: "python"\nmax_batch_size: {4 * signature.batched}\n{more}\n'
    config += f"{tensors('input', signature.inputs)}\n{tensors('output', signature.outputs)}\n"
    config += "instance_group { kind: KIND_CPU }\n"
    (repository / name / "config.pbtxt").write_text(config, encoding="utf-8")


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Of a Triton with all the models."""
    root = tmp_path_factory.mktemp("project")
    (root / ".venv-triton").symlink_to(ROOT / ".venv-triton")
    repository = root / "repository"
    write_model(repository, "echo", ECHO, _ECHO)
    write_model(repository, "plain", PLAIN, _ECHO)
    write_model(repository, "batched", BATCHED, _SHAPES)
    write_model(repository, "unbatched", UNBATCHED, _SHAPES)
    write_model(repository, "text", TEXT, _DECOUPLED, "model_transaction_policy { decoupled: true }")
    server = TritonServer.start(
        TritonRuntime.locate(root),
        repository,
        models=["echo", "plain", "batched", "unbatched", "text"],
        startup_timeout_seconds=60,
        log_path=root / "triton.log",
    )
    yield server.http_port
    server.stop()


def ask(port: int, path: str, request: RequestBody) -> tuple[int, str, bytes]:
    """Send what SageMaker's frontend would make of it; return status, content type and body of the answer."""
    headers = {"Content-Type": request.content_type}
    if "json-header-size=" in request.content_type:
        headers = {_HEADER_BYTES: request.content_type.rpartition("=")[2]}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST", f"/v2/models/{path}", request.body, headers)
        response = connection.getresponse()
        content_type = answer_content_type(
            response.getheader("Content-Type"), response.getheader(_HEADER_BYTES)
        )
        return response.status, content_type, response.read()
    finally:
        connection.close()


def arrays(datatypes: list[str]) -> dict[str, np.ndarray]:
    values = np.arange(12).reshape(3, 2, 2)
    texts = np.vectorize(lambda value: f"é{value}".encode(), otypes=[object])(values)
    found = {
        datatype.lower(): (values % 2 if datatype == "BOOL" else values).astype(DTYPES[datatype])
        for datatype in datatypes
    }
    return found | {"bytes": texts}


def test_every_data_type_comes_back_in_binary(port: int) -> None:
    """Booleans, integers, floats of all sizes and strings, bit for bit."""
    inputs = arrays(list(DTYPES))
    status, content_type, body = ask(port, "echo/infer", binary_request(ECHO, inputs, max_batch_size=4))
    assert status == 200, body
    outputs = read_answer(content_type, body)
    check_outputs(ECHO, outputs, batch_size=3)
    for name, array in inputs.items():
        assert outputs[f"out_{name}"].dtype == array.dtype
        assert np.array_equal(outputs[f"out_{name}"], array), name


def test_every_data_type_but_half_floats_comes_back_in_json(port: int) -> None:
    """The same arrays from the readable form."""
    inputs = arrays([datatype for datatype in DTYPES if datatype != "FP16"])
    status, content_type, body = ask(port, "plain/infer", json_request(PLAIN, inputs))
    assert status == 200, body
    outputs = read_answer(content_type, body)
    check_outputs(PLAIN, outputs, batch_size=3)
    for name, array in inputs.items():
        assert outputs[f"out_{name}"].dtype == array.dtype
        assert np.array_equal(outputs[f"out_{name}"], array), name


@pytest.mark.parametrize(
    ("model", "signature", "inputs"),
    [
        ("batched", BATCHED, {"fixed": (1, 2, 3), "ids": (1, 5)}),
        ("batched", BATCHED, {"fixed": (1, 2, 3), "ids": (1, 1)}),
        ("unbatched", UNBATCHED, {"rows": (3, 2), "any": (1, 4)}),
        ("unbatched", UNBATCHED, {"rows": (1, 2), "any": (1, 1)}),
    ],
)
def test_generate_reads_the_shapes_that_were_meant(
    port: int, model: str, signature: Signature, inputs: dict[str, tuple[int, ...]]
) -> None:
    """Values travel without shapes; what our check lets pass Triton reads as it was."""
    specs = {spec.name: spec for spec in signature.inputs}
    request = generate_request(
        signature, {name: np.ones(shape, DTYPES[specs[name].datatype]) for name, shape in inputs.items()}
    )
    status, _, body = ask(port, f"{model}/generate", request)
    assert status == 200, body
    outputs = read_generated(signature, body, 1 if signature.batched else None)
    assert {name: tuple(outputs[f"out_{name}"].ravel().tolist()) for name in inputs} == inputs


def test_a_stream_gives_every_word(port: int) -> None:
    """The events of generate_stream, read as they are."""
    request = generate_request(TEXT, {"text": np.array(["eins zwei fünf"], dtype=object)}, {"anything": 1})
    status, content_type, body = ask(port, "text/generate_stream", request)
    assert status == 200, body
    assert content_type.startswith("text/event-stream")
    events = ServerSentEvents()
    words = [read_generated(TEXT, data)["word"][0].decode() for data in events.feed(body)]
    events.end()
    assert words == ["eins", "zwei", "fünf"]


def test_an_error_inside_a_stream_is_the_models(port: int) -> None:
    """It comes as an event, with status 200, after a good answer."""
    request = generate_request(TEXT, {"text": np.array(["good fail"], dtype=object)})
    _, _, body = ask(port, "text/generate_stream", request)
    first, second = ServerSentEvents().feed(body)
    assert read_generated(TEXT, first)["word"].tolist() == [b"good"]
    with pytest.raises(EndpointError, match="the model says: it was told to"):
        read_generated(TEXT, second)
