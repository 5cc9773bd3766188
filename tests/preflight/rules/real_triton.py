"""A real Triton on a repository of examples, of which it may refuse any."""

import http.client
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.triton import TritonRuntime, TritonServer
from tests.preflight.rules.echo_configs import ECHO

__all__ = ["GOES_ON", "Loaded", "load", "runtime_in", "write_model"]

PROJECT_ROOT = Path(__file__).parents[3]
GOES_ON = ("--exit-on-error=false", "--strict-readiness=false", "--model-load-thread-count=2")
"""What lets it serve the other models where it refuses one, and load them two at a time."""
REQUEST = {"inputs": [{"name": "x", "datatype": "FP32", "shape": [1, 4], "data": [1, 2, 3, 4]}]}


@dataclass(frozen=True)
class Loaded:
    """A server, and the state of each of its models; none for those whose configuration it refused."""

    server: TritonServer
    states: dict[str, str]

    def ask(
        self, model: str, body: object = None, *, timeout_seconds: float = 30
    ) -> tuple[int, dict[str, Any]]:
        """Send a model one request; return the answer's status and document."""
        path = f"/v2/models/{model}/infer"
        return _ask(self.server.http_port, path, REQUEST if body is None else body, timeout_seconds)


def _ask(port: int, path: str, body: object, timeout_seconds: float = 30) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_seconds)
    try:
        connection.request("POST", path, json.dumps(body))
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def write_model(
    repository: Path, name: str, config: str, files: dict[str, int] | None = None, text: str = ECHO
) -> None:
    """Write a Python model and further files of these sizes, by their paths in the model's folder."""
    (repository / name / "1").mkdir(parents=True)
    (repository / name / "config.pbtxt").write_text(config, encoding="utf-8")
    (repository / name / "1" / "model.py").write_text(text, encoding="utf-8")
    for path, size in (files or {}).items():
        (repository / name / path).parent.mkdir(exist_ok=True)
        (repository / name / path).write_bytes(b"x" * size)


def runtime_in(folder: Path) -> TritonRuntime:
    """Return a Triton whose state is in ``folder``."""
    (folder / "project").mkdir()
    (folder / "project" / ".venv-triton").symlink_to(PROJECT_ROOT / ".venv-triton")
    return TritonRuntime.locate(folder / "project")


def load(folder: Path) -> Loaded:
    """Start a server on every model of ``<folder>/repository``, and see what it makes of each."""
    server = TritonServer.start(
        runtime_in(folder),
        folder / "repository",
        models=sorted(path.name for path in (folder / "repository").iterdir()),
        startup_timeout_seconds=120,
        log_path=folder / "triton.log",
        extra_arguments=GOES_ON,
    )
    try:
        _, index = _ask(server.http_port, "/v2/repository/index", {})
    except BaseException:
        server.stop(0)
        raise
    return Loaded(server, {each["name"]: each.get("state", "") for each in index})
