"""The stand-in's entry point, with a double of the module that Triton's stub gives it."""

import importlib.util
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import numpy as np
import pytest

import local.triton.backends.pytorch

FOLDER = Path(local.triton.backends.pytorch.__file__).parent


class StubModel(Protocol):
    """What Triton's stub calls."""

    def auto_complete_config(self, auto_complete_model_config: object) -> object: ...
    def initialize(self, args: dict[str, str]) -> None: ...
    def execute(self, requests: list[dict[str, np.ndarray[Any, Any]]]) -> list["Response"]: ...


class ModelError(Exception):
    """Triton's ``TritonModelException``."""


@dataclass
class Tensor:
    name: str
    array: np.ndarray[Any, Any]

    def as_numpy(self) -> np.ndarray[Any, Any]:
        return self.array


@dataclass
class Response:
    output_tensors: list[Tensor] = field(default_factory=list)
    error: str | None = None


@pytest.fixture
def said() -> list[str]:
    """What the model has logged."""
    return []


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch, said: list[str]) -> Iterator[StubModel]:
    """A ``TritonPythonModel`` as the stub makes one: its folder on the path, Triton's module there."""
    utils: Any = ModuleType("triton_python_backend_utils")
    utils.TritonModelException = ModelError
    utils.Tensor, utils.InferenceResponse, utils.TritonError = Tensor, Response, str
    utils.get_input_tensor_by_name = lambda request, name: Tensor(name, request[name])
    utils.Logger = type("Logger", (), {"log_info": staticmethod(said.append)})
    monkeypatch.setitem(sys.modules, "triton_python_backend_utils", utils)
    monkeypatch.syspath_prepend(str(FOLDER))
    specification = importlib.util.spec_from_file_location("model", FOLDER / "model.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    yield module.TritonPythonModel()
    for name in [name for name in sys.modules if name.partition(".")[0] == "libtorch"]:
        del sys.modules[name]


@pytest.fixture
def arguments(tmp_path: Path, write_model: Callable[..., Path]) -> dict[str, str]:
    """What Triton passes to ``initialize`` for a model that doubles."""
    import torch  # noqa: PLC0415 - takes seconds

    class Double(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x * 2

    folder = write_model(tmp_path, "m", "", module=Double())
    config = {
        "name": "m",
        "max_batch_size": 2,
        "input": [{"name": "x", "data_type": "TYPE_FP32", "dims": [1]}],
        "output": [{"name": "y", "data_type": "TYPE_FP32", "dims": [1]}],
    }
    return {"model_config": json.dumps(config), "model_repository": str(folder), "model_version": "1"}


def test_requests_are_answered_with_the_configurations_names(
    model: StubModel, arguments: dict[str, str], said: list[str]
) -> None:
    """One response each; the convention that the inputs follow is logged."""
    model.initialize(arguments)
    responses = model.execute([{"x": np.array([[1]], np.float32)}, {"x": np.array([[2]], np.float32)}])
    assert [(each.output_tensors[0].name, each.output_tensors[0].array.tolist()) for each in responses] == [
        ("y", [[2]]),
        ("y", [[4]]),
    ]
    assert said == ["inputs of 'm' go by the names of forward's arguments"]


def test_a_failed_batch_is_an_error_to_every_request(model: StubModel, arguments: dict[str, str]) -> None:
    """No exception leaves ``execute``, which would cost the stub."""
    config = json.loads(arguments["model_config"])
    config["output"][0]["data_type"] = "TYPE_INT8"
    model.initialize({**arguments, "model_config": json.dumps(config)})
    responses = model.execute([{"x": np.array([[1]], np.float32)}, {"x": np.array([[2]], np.float32)}])
    message = "configuration expects datatype TYPE_INT8 for output 'y', model provides TYPE_FP32"
    assert [each.error for each in responses] == [message, message]


def test_another_file_name_is_heeded(model: StubModel, arguments: dict[str, str]) -> None:
    """``default_model_filename``, and a failure to load is Triton's kind of exception."""
    config = {**json.loads(arguments["model_config"]), "default_model_filename": "other.pt"}
    with pytest.raises(ModelError, match=r"unable to find '.*/1/other\.pt'"):
        model.initialize({**arguments, "model_config": json.dumps(config)})


def test_nothing_is_completed(model: StubModel) -> None:
    """LibTorch knows nothing that the configuration lacks."""
    config = object()
    assert model.auto_complete_config(config) is config
