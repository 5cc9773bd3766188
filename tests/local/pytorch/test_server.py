"""A real PyTorch server: AWS's toolkit on a loopback port, a user's code in it."""

import http.client
import io
import json
import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from local.pytorch import PyTorchRuntime, PyTorchServer, PyTorchStartError
from model_packaging.layout.pytorch_archive import DEFAULT_ENTRY_POINT

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[3]
STARTUP_SECONDS = 120

OWN_FUNCTIONS = """
import json
import os

import torch


def model_fn(model_dir):
    return torch.jit.load(os.path.join(model_dir, "model.pt"))


def input_fn(data, content_type):
    assert content_type == "application/json"
    document = json.loads(data)
    return torch.tensor(document["left"]), torch.tensor(document["right"])


def predict_fn(pair, model):
    return model(pair[0]) + pair[1]


def output_fn(prediction, accept):
    return json.dumps({"sum": prediction.tolist(), "from": os.environ["SHOWN"]}), "application/x-own"
"""


class Affine(torch.nn.Module):
    """Twice the input, and one."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return ``2 x + 1``."""
        return 2 * x + 1


StartServer = Callable[..., PyTorchServer]


@pytest.fixture
def runtime(tmp_path: Path) -> PyTorchRuntime:
    """The checkout's environment, with state of its own."""
    (tmp_path / ".venv-triton").symlink_to(ROOT / ".venv-triton")
    return PyTorchRuntime.locate(tmp_path)


@pytest.fixture
def start(runtime: PyTorchRuntime, tmp_path: Path) -> Iterator[StartServer]:
    """Start servers on a model with a given entry point, and stop them at the end."""
    started: list[PyTorchServer] = []

    def run(entry_point: str, **variables: str) -> PyTorchServer:
        model = tmp_path / "model"
        (model / "code").mkdir(parents=True)
        (model / "code" / "inference.py").write_text(entry_point, encoding="utf-8")
        torch.jit.save(torch.jit.trace(Affine(), torch.rand(2, 3)), model / "model.pt")  # type: ignore[no-untyped-call]
        started.append(
            PyTorchServer.start(
                runtime,
                model,
                startup_timeout_seconds=STARTUP_SECONDS,
                log_path=tmp_path / "server.log",
                environment=variables,
            )
        )
        return started[-1]

    yield run
    for server in started:
        server.stop(0)


def ask(
    server: PyTorchServer, body: bytes, content_type: str, accept: str | None = None
) -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.http_port, timeout=30)
    headers = {"content-type": content_type, **({"accept": accept} if accept else {})}
    connection.request("POST", "/invocations", body, headers)
    answer = connection.getresponse()
    return answer.status, answer.headers.get("Content-Type", ""), answer.read()


def test_the_default_functions_take_and_give_every_documented_type(start: StartServer) -> None:
    """.npy, JSON and CSV, by content type and by Accept; JSON where none is asked for."""
    server = start(DEFAULT_ENTRY_POINT)
    buffer = io.BytesIO()
    np.save(buffer, np.array([[1, 2, 3]], np.float32))
    status, kind, body = ask(server, buffer.getvalue(), "application/x-npy", "application/x-npy")
    assert (status, kind) == (200, "application/x-npy")
    assert np.load(io.BytesIO(body)).tolist() == [[3.0, 5.0, 7.0]]
    assert ask(server, b"[[1, 2, 3]]", "application/json") == (
        200,
        "application/json",
        b"[[3.0, 5.0, 7.0]]",
    )
    assert ask(server, b"1,2,3", "text/csv", "text/csv")[2].split() == [b"3.0", b"5.0", b"7.0"]


def test_an_empty_entry_point_asks_for_the_defaults(start: StartServer) -> None:
    """The layout of the posts: the toolkit loads model.pt by itself."""
    assert ask(start(""), b"[[0]]", "application/json", "*/*")[2] == b"[[1.0]]"


def test_own_functions_and_variables_are_used(start: StartServer) -> None:
    """A user's four functions do all the work, in the container's environment."""
    server = start(OWN_FUNCTIONS, SHOWN="the container")
    request = json.dumps({"left": [1.0], "right": [10.0]}).encode()
    status, kind, body = ask(server, request, "application/json")
    assert (status, kind) == (200, "application/x-own")
    assert json.loads(body) == {"sum": [13.0], "from": "the container"}


def test_what_the_toolkit_refuses_is_answered_in_its_words(start: StartServer) -> None:
    """An unknown content type is an error of the model's, and the server lives on."""
    server = start(DEFAULT_ENTRY_POINT)
    status, _, body = ask(server, b"x", "application/unknown")
    assert status == 500
    assert body.startswith(b"Content type application/unknown is not supported by this framework.")
    assert ask(server, b"[[1]]", "application/json")[0] == 200


@pytest.mark.parametrize(
    ("entry_point", "cause"),
    [
        ("import no_such_package", "ModuleNotFoundError: No module named 'no_such_package'"),
        ("def model_fn(model_dir):\n    raise ValueError('no weights')", "ValueError: no weights"),
        ("def transform_fn(m, d, c, a): ...\ndef input_fn(d, c): ...", "ValueError: Cannot use transform_fn"),
    ],
)
def test_a_model_that_does_not_load_tells_why(start: StartServer, entry_point: str, cause: str) -> None:
    """The start fails with the error's own line, and nothing is left of the server."""
    with pytest.raises(PyTorchStartError) as failure:
        start(entry_point)
    assert failure.value.cause.startswith(cause)
    assert failure.value.log_path.read_text(encoding="utf-8")


def test_a_start_has_its_time(runtime: PyTorchRuntime, tmp_path: Path) -> None:
    """A model_fn that hangs is ended."""
    (tmp_path / "model" / "code").mkdir(parents=True)
    entry_point = tmp_path / "model" / "code" / "inference.py"
    entry_point.write_text("import time\ntime.sleep(600)\n", encoding="utf-8")
    with pytest.raises(PyTorchStartError, match="not ready within 1 s"):
        PyTorchServer.start(
            runtime, tmp_path / "model", startup_timeout_seconds=1, log_path=tmp_path / "server.log"
        )
    assert list(runtime.servers_folder.iterdir()) == []


def test_it_listens_on_loopback_alone(start: StartServer) -> None:
    """No other machine reaches a user's code."""
    server = start("")
    with socket.socket() as other:
        other.settimeout(5)
        with pytest.raises(ConnectionRefusedError):
            other.connect(("127.0.0.2", server.http_port))


def test_stopping_leaves_no_process_and_no_folder(start: StartServer, runtime: PyTorchRuntime) -> None:
    """What an endpoint started goes with it."""
    server = start("")
    server.stop(0)
    assert server.wait_dead(0)
    assert list(runtime.servers_folder.iterdir()) == []


def test_a_killed_server_is_seen(start: StartServer) -> None:
    """Whoever watches learns of its end."""
    server = start("")
    os.kill(server.pid, signal.SIGKILL)
    assert server.wait_dead(10)
