"""A real Triton with a few tiny models, shared by the tests of this folder that need one."""

import http.client
import json
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local.triton import TritonRuntime, TritonServer

PROJECT_ROOT = Path(__file__).parents[3]
STARTUP_SECONDS = 60.0


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.body)
        return document

    def output(self, name: str) -> list[Any]:
        data: list[Any] = next(each["data"] for each in self.document["outputs"] if each["name"] == name)
        return data


Infer = Callable[..., Answer]
WriteModel = Callable[..., Path]


def ask(
    port: int, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body, dict(headers or {}))
        response = connection.getresponse()
        return Answer(response.status, dict(response.getheaders()), response.read())
    finally:
        connection.close()


def infer_body(**tensors: tuple[str, Sequence[int], Sequence[Any]]) -> bytes:
    inputs = [
        {"name": name, "datatype": datatype, "shape": list(shape), "data": list(data)}
        for name, (datatype, shape, data) in tensors.items()
    ]
    return json.dumps({"inputs": inputs}).encode()


@pytest.fixture(scope="session")
def asking() -> Callable[..., Answer]:
    """``(port, method, path, body, headers) -> Answer``."""
    return ask


@pytest.fixture(scope="session")
def project_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of its own, so that no test touches the user's state, with the real Triton environment."""
    root = tmp_path_factory.mktemp("project")
    (root / ".venv-triton").symlink_to(PROJECT_ROOT / ".venv-triton")
    return root


@pytest.fixture(scope="session")
def runtime(project_root: Path) -> TritonRuntime:
    return TritonRuntime.locate(project_root)


@pytest.fixture(scope="session")
def write_model() -> WriteModel:
    """``(repository, name, config text, module and example inputs, or source of a model.py) -> folder``."""

    def write(
        repository: Path,
        name: str,
        config: str,
        *,
        module: object = None,
        examples: object = None,
        source: str = "",
    ) -> Path:
        import torch  # noqa: PLC0415 - only tests that make a TorchScript model pay for it

        folder = repository / name
        (folder / "1").mkdir(parents=True)
        text = config if config.startswith("name:") else f'name: "{name}"\n{config}'
        (folder / "config.pbtxt").write_text(text, encoding="utf-8")
        if source:
            (folder / "1" / "model.py").write_text(source, encoding="utf-8")
        if isinstance(module, torch.nn.Module):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                jit: Any = torch.jit
                traced = jit.trace(module, examples) if examples else jit.script(module)
            traced.save(str(folder / "1" / "model.pt"))
        return folder

    return write


@pytest.fixture(scope="session")
def shared_repository(tmp_path_factory: pytest.TempPathFactory, write_model: WriteModel) -> Path:
    """``affine``, ``picky`` and ``types``, as an unmodified ``pytorch_libtorch`` repository for a GPU."""
    import torch  # noqa: PLC0415 - only tests that need the real server pay for it

    class Affine(torch.nn.Module):
        def forward(self, left: torch.Tensor, right: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            return left * 2 - right, (left + right).sum(-1, keepdim=True)

    class Picky(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            if bool((x < 0).any()):
                raise ValueError("negative values are not for me")
            return x * 2

    class Types(torch.nn.Module):
        def forward(
            self, flag: torch.Tensor, whole: torch.Tensor, half: torch.Tensor, byte: torch.Tensor
        ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
            return ~flag, whole + 1, half * 2, byte + 1

    repository = tmp_path_factory.mktemp("repository")
    write_model(
        repository,
        "affine",
        """platform: "pytorch_libtorch"
max_batch_size: 8
input [
  { name: "right" data_type: TYPE_FP32 dims: [ 4 ] }, { name: "left" data_type: TYPE_FP32 dims: [ 4 ] }
]
output [
  { name: "SUM__1" data_type: TYPE_FP32 dims: [ 1 ] }, { name: "OUT__0" data_type: TYPE_FP32 dims: [ 4 ] }
]
instance_group [ { count: 1 kind: KIND_GPU gpus: [ 0 ] } ]  # as on an endpoint
dynamic_batching { max_queue_delay_microseconds: 100000 preferred_batch_size: [ 8 ] }
""",
        module=Affine(),
        examples=(torch.zeros(2, 4), torch.zeros(2, 4)),
    )
    write_model(
        repository,
        "picky",
        """backend: "pytorch"
max_batch_size: 4
input [ { name: "x" data_type: TYPE_FP32 dims: [ -1 ] } ]
output [ { name: "y" data_type: TYPE_FP32 dims: [ -1 ] } ]
instance_group [ { kind: KIND_CPU } ]
dynamic_batching { }
""",
        module=Picky(),
    )
    write_model(
        repository,
        "types",
        """platform: "pytorch_libtorch"
input [
  { name: "INPUT__3" data_type: TYPE_UINT8 dims: [ 2 ] },
  { name: "INPUT__2" data_type: TYPE_FP16 dims: [ 2 ] },
  { name: "INPUT__1" data_type: TYPE_INT64 dims: [ 2 ] },
  { name: "INPUT__0" data_type: TYPE_BOOL dims: [ 2 ] }
]
output [
  { name: "flag" data_type: TYPE_BOOL dims: [ 2 ] }, { name: "whole" data_type: TYPE_INT64 dims: [ 2 ] },
  { name: "half" data_type: TYPE_FP16 dims: [ 2 ] }, { name: "byte" data_type: TYPE_UINT8 dims: [ 2 ] }
]
instance_group [ { kind: KIND_CPU } ]
""",
        module=Types(),
    )
    return repository


@pytest.fixture(scope="session")
def shared_server(
    runtime: TritonRuntime, shared_repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TritonServer]:
    server = TritonServer.start(
        runtime,
        shared_repository,
        models=["affine", "picky", "types"],
        startup_timeout_seconds=STARTUP_SECONDS,
        log_path=tmp_path_factory.mktemp("log") / "triton.log",
    )
    yield server
    server.stop(0)


@pytest.fixture(scope="session")
def infer(shared_server: TritonServer) -> Infer:
    """``(model, name=(datatype, shape, data), ...) -> Answer`` of the shared server."""

    def send(model: str, **tensors: tuple[str, Sequence[int], Sequence[Any]]) -> Answer:
        return ask(shared_server.http_port, "POST", f"/v2/models/{model}/infer", infer_body(**tensors))

    return send


@pytest.fixture(scope="session")
def small_repository(tmp_path_factory: pytest.TempPathFactory, write_model: WriteModel) -> Path:
    """``echo``, a model that starts in a moment: no torch."""
    repository = tmp_path_factory.mktemp("small")
    write_model(
        repository,
        "echo",
        """backend: "python"
max_batch_size: 4
input [ { name: "x" data_type: TYPE_FP32 dims: [ 2 ] } ]
output [ { name: "y" data_type: TYPE_FP32 dims: [ 2 ] } ]
instance_group [ { kind: KIND_CPU } ]
""",
        source="""import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def execute(self, requests):
        arrays = [pb_utils.get_input_tensor_by_name(request, "x").as_numpy() for request in requests]
        return [pb_utils.InferenceResponse([pb_utils.Tensor("y", array)]) for array in arrays]
""",
    )
    return repository
