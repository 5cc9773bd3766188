"""Real files with a few bytes changed: whatever comes in, a report or words come out."""

import gzip
import io
import pickle
import random
import signal
import tarfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from onnx import helper

from model_packaging.artifact.forward_bytes import ForwardBytes
from model_packaging.artifact.zip_stream import ZipStreamError, read_zip_stream
from preflight.bare import ServingContext, check_bare
from spec import DeploymentFileError, load_deployment
from tests.onnx_graphs import tensor, write_graph
from tests.preflight.bare.bare_repositories import config, torchscript

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 600.0
CASE_SECONDS = 10.0
"""Of the processor, for one file."""

CONTEXT = ServingContext(instance_type="ml.g5.xlarge", image_tag="24.09")
WORDS = (
    b"\0",
    b"\xff",
    b"{",
    b"}",
    b"[",
    b'"',
    b"-1",
    b"9223372036854775808",
    b"PK\x03\x04",
    b"PK\x07\x08",
    b"\x80\x04",
)
PYTHON = b"import numpy\n\n\nclass TritonPythonModel:\n    def execute(self, requests):\n        return []\n"


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Return ``content`` with some bytes changed, removed, repeated or put in."""
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        place = chance.randrange(len(changed) + 1)
        end = min(len(changed), place + chance.choice((1, 1, 4, 64, 512)))
        match chance.randrange(5):
            case 0:
                changed[place:end] = chance.randbytes(end - place)
            case 1:
                del changed[place:end]
            case 2:
                changed[place:place] = changed[place:end] * chance.choice((1, 2, 100))
            case 3:
                changed[place:place] = chance.choice(WORDS)
            case _:
                changed[place:end] = chance.choice(WORDS)
    return bytes(changed)


def tarred(files: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as packed:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            packed.addfile(member, io.BytesIO(content))
    return file.getvalue()


class Fuzz:
    """Makes files and checks them."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "model.tar.gz"
        self._deployment = folder / "deployment.yaml"
        node = helper.make_node("Neg", ["x"], ["y"])
        write_graph(folder / "model.onnx", [node], [tensor("x", ["n", 4])], [tensor("y", ["n", 4])])
        onnx = (folder / "model.onnx").read_bytes()
        python = config("p").replace(b'platform: "pytorch_libtorch"', b'backend: "python"')
        self._files = {
            "m/config.pbtxt": config("m", more="instance_group [ { kind: KIND_GPU gpus: [ 0 ] } ]\n"),
            "m/1/model.pt": torchscript(),
            "o/config.pbtxt": config("o", "onnxruntime_onnx"),
            "o/1/model.onnx": onnx,
            "p/config.pbtxt": python,
            "p/1/model.py": PYTHON,
            "t/1/model.plan": b"ftrt" + bytes(20) + bytes([10, 8, 0, 43]),
            "m/weights.pkl": pickle.dumps({"a": [1, 2.5, "x"]}),
        }
        self._yaml = [path.read_bytes() for path in sorted((ROOT / "deployments").glob("*.yaml"))]
        self._kinds: tuple[Callable[[random.Random], None], ...] = (
            self._one_file,
            self._one_file,
            self._tar,
            self._gzip,
            self._zip,
            self._load,
        )

    def case(self, seed: int) -> None:
        """Make the file of ``seed`` and check it."""
        chance = random.Random(seed)  # noqa: S311 - the same file again, nothing secret
        chance.choice(self._kinds)(chance)

    def _one_file(self, chance: random.Random) -> None:
        name = chance.choice(list(self._files))
        self._check(gzip.compress(tarred({**self._files, name: mutated(self._files[name], chance)}), 1))

    def _tar(self, chance: random.Random) -> None:
        self._check(gzip.compress(mutated(tarred(self._files), chance), 1))

    def _gzip(self, chance: random.Random) -> None:
        self._check(mutated(gzip.compress(tarred(self._files), 1), chance))

    def _check(self, content: bytes) -> None:
        self._path.write_bytes(content)
        report = check_bare(self._path, CONTEXT)
        assert report.render_terminal()
        assert report.to_json()

    def _zip(self, chance: random.Random) -> None:
        content = mutated(torchscript(), chance)
        size = chance.choice((1, 100, 1 << 16))
        pieces = (content[start : start + size] for start in range(0, len(content), size))
        try:
            read_zip_stream(ForwardBytes(pieces, len(content)), lambda _: True)
        except ZipStreamError as refused:
            assert str(refused)  # noqa: PT017 - most are refused, some are not

    def _load(self, chance: random.Random) -> None:
        self._deployment.write_bytes(mutated(chance.choice(self._yaml), chance))
        try:
            load_deployment(self._deployment)
        except DeploymentFileError as refused:
            assert refused.problems  # noqa: PT017 - likewise


@contextmanager
def limited() -> Iterator[None]:
    """End what takes too long of the processor."""

    def end(_number: int, _frame: object) -> None:
        raise TimeoutError(f"more than {CASE_SECONDS} s")

    before = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, CASE_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def fuzz(folder: Path, seconds: float, first_seed: int) -> int:
    """Check files until ``seconds`` have passed and return how many there were; a failure names its seed."""
    made, seed, end = Fuzz(folder), first_seed, time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with limited():
                made.case(seed)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {error!r}") from error
        seed += 1
    return seed - first_seed


@pytest.mark.soak
@pytest.mark.timeout(2 * SECONDS)
def test_ten_minutes_of_changed_files(tmp_path: Path) -> None:
    """No crash and no hang; the seed of one makes its file again."""
    first_seed = random.SystemRandom().randrange(1 << 48)
    assert fuzz(tmp_path, SECONDS, first_seed) > 0


@pytest.mark.parametrize("seed", range(40))
def test_a_few_changed_files(tmp_path: Path, seed: int) -> None:
    """The same ones every time, of every kind."""
    Fuzz(tmp_path).case(seed)
