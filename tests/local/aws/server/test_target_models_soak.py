"""Target models that come and go all the time, under requests, on a real Triton."""

import http.client
import io
import json
import random
import tarfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.aws.server.target_models import TargetModels
from local.triton import DynamicModels, TritonRuntime, TritonServer
from tests.local.aws.tiny_models import scaling_model_archive

pytestmark = pytest.mark.soak

_PROJECT_ROOT = Path(__file__).resolve().parents[4]
_TARGETS, _THREADS, _REQUESTS = 6, 4, 12


class _Source:
    """Target ``mN`` multiplies by N."""

    def fetch(self, target: str, destination: Path) -> None:
        with tarfile.open(fileobj=io.BytesIO(scaling_model_archive(int(target[1:])))) as archive:
            archive.extractall(destination, filter="data")


@dataclass(frozen=True)
class _Server:
    """Stays up."""

    http_port: int
    pid: int = 0

    def stop(self, timeout_seconds: float) -> None:
        """The test does."""


def test_every_request_is_answered_by_its_model(tmp_path: Path) -> None:
    """With room for none, each model goes as soon as another is asked; no request finds it half gone."""
    repository = tmp_path / "repository"
    repository.mkdir()
    targets = TargetModels(
        "it", _Source(), DynamicModels(repository), tmp_path / "models", memory_limit_bytes=0
    )
    body = json.dumps({"inputs": [{"name": "x", "shape": [1, 1], "datatype": "FP32", "data": [1.0]}]})

    def ask(thread: int) -> list[tuple[int, float]]:
        chance, seen = random.Random(thread), []  # noqa: S311 - guards nothing
        for _ in range(_REQUESTS):
            number = chance.randrange(1, _TARGETS + 1)
            loaded = targets.find(f"m{number}") or targets.load(f"m{number}").result(120)
            connection = http.client.HTTPConnection("127.0.0.1", server.http_port, timeout=60)
            connection.request("POST", f"/v2/models/{loaded.model.name}/infer", body)
            answer = json.loads(connection.getresponse().read())
            connection.close()
            targets.release(loaded)
            seen.append((number, answer["outputs"][0]["data"][0]))
        return seen

    with TritonServer.start(
        TritonRuntime.locate(_PROJECT_ROOT),
        repository,
        models=(),
        startup_timeout_seconds=60,
        log_path=tmp_path / "triton.log",
    ) as server:
        targets.serve_by(_Server(server.http_port))
        with ThreadPoolExecutor(_THREADS) as pool:
            answers = [each for thread in pool.map(ask, range(_THREADS)) for each in thread]
        assert len(targets.loaded) <= _THREADS
        targets.close()
    assert len(answers) == _THREADS * _REQUESTS
    assert [answer for number, answer in answers] == [float(number) for number, _ in answers]
