"""Models made elsewhere run in a process that can do nothing else."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest
import torch
from torch import nn

from model_packaging.errors import SandboxError, TorchScriptError
from model_packaging.untrusted import _sandbox_answer, sandbox
from model_packaging.untrusted.sandbox import SandboxLimits, run_torchscript

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

REPOSITORY_ROOT = Path(__file__).parents[3]
LIMITS = SandboxLimits(memory_bytes=4 << 30)


def scripted(module: object, path: Path) -> Path:
    torch.jit.script(module).save(str(path))
    return path


class Two(nn.Module):
    """Two outputs of two types; a second dimension of 2 is not its input's."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(3, 2)

    def forward(self, x: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return self.linear(x), (y + 1).sum()


@pytest.mark.integration
def test_it_says_what_a_model_takes_and_answers(tmp_path: Path) -> None:
    """Its schema, the arrays of each call, and of one that fails why; what the kernel withheld from it."""
    module = Two()
    x, y = np.ones((4, 3), np.float32), np.arange(3)
    answer = run_torchscript(scripted(module, tmp_path / "m.pt"), "m.pt", [[x, y], [x[:, :2], y]], LIMITS)
    assert answer.arguments == (("x", "Tensor"), ("y", "Tensor"))
    assert answer.returns == ("Tuple[Tensor, Tensor]",)
    done, failed = answer.runs
    assert done.error == ""
    assert [each.dtype for each in done.outputs] == [np.float32, np.int64]
    np.testing.assert_allclose(done.outputs[0], module(torch.tensor(x), torch.tensor(y))[0].detach(), 1e-6)
    assert done.outputs[1] == 6
    assert failed.outputs == ()
    assert "mat1 and mat2 shapes cannot be multiplied (4x2 and 3x2)" in failed.error
    assert answer.confined <= {"network", "files"}


def test_what_the_scan_refuses_is_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No process is started for it."""
    monkeypatch.setattr(subprocess, "Popen", None)
    torch.save(nn.Linear(2, 3), tmp_path / "m.pt")
    with pytest.raises(TorchScriptError, match=r"^m\.pt is a pickle of torch\.save"):
        run_torchscript(tmp_path / "m.pt", "m.pt")


def reads_a_file(x: torch.Tensor) -> torch.Tensor:
    return x + torch.from_file("/etc/passwd", size=8, dtype=torch.uint8)


def writes_a_file(x: torch.Tensor) -> torch.Tensor:
    torch.save(x, "PATH")
    return x


@pytest.mark.integration
@pytest.mark.parametrize("function", [reads_a_file, writes_a_file])
def test_what_the_scan_might_miss_is_held_by_the_kernel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: Callable[[torch.Tensor], torch.Tensor]
) -> None:
    """Where it has Landlock; without that the answer says so, and a written file stays empty."""
    monkeypatch.setattr(sandbox, "scan_torchscript", lambda *_: None)
    file = scripted(function, tmp_path / "m.pt")
    target = tmp_path / "written"
    with zipfile.ZipFile(file) as read, zipfile.ZipFile(tmp_path / "n.pt", "w") as written:
        for name in read.namelist():
            written.writestr(name, read.read(name).replace(b"PATH", str(target).encode()))
    answer = run_torchscript(tmp_path / "n.pt", "m.pt", [[np.ones(2, np.float32)]], LIMITS)
    if "files" in answer.confined:
        assert not target.exists()  # torch.save itself says nothing of it
        assert function is writes_a_file or "Permission denied" in answer.runs[0].error
    assert not target.exists() or target.stat().st_size == 0


def hangs(x: torch.Tensor) -> torch.Tensor:
    while bool(x.sum() > 0):
        x = x + 1
    return x


def grows(x: torch.Tensor) -> torch.Tensor:
    return x + torch.ones(1 << 34, dtype=torch.uint8)


@pytest.mark.integration
@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (SandboxLimits(4 << 30, wall_seconds=4.0), "took longer than 4 s"),
        (SandboxLimits(4 << 30, cpu_seconds=3), "took longer than 3 s"),
    ],
)
def test_a_model_that_hangs_is_ended(tmp_path: Path, limits: SandboxLimits, words: str) -> None:
    """By the clock, and by the processor's time."""
    started = time.monotonic()
    with pytest.raises(SandboxError) as raised:
        run_torchscript(scripted(hangs, tmp_path / "m.pt"), "m.pt", [[np.ones(2, np.float32)]], limits)
    assert raised.value.cause == f"m.pt: loading and running it {words}."
    assert raised.value.fix == "look for what hangs in it."
    assert time.monotonic() - started < 60


@pytest.mark.integration
def test_a_model_that_fills_the_memory_fails_alone(tmp_path: Path) -> None:
    """Its call fails; this machine keeps its memory."""
    limits = SandboxLimits(memory_bytes=2 << 30)
    answer = run_torchscript(scripted(grows, tmp_path / "m.pt"), "m.pt", [[np.ones(2, np.float32)]], limits)
    assert "can't allocate memory" in answer.runs[0].error


@pytest.mark.integration
def test_a_file_that_torch_cannot_load_is_told(tmp_path: Path) -> None:
    """With torch's own words."""
    file = scripted(nn.Linear(2, 3), tmp_path / "m.pt")
    with zipfile.ZipFile(file) as read, zipfile.ZipFile(tmp_path / "n.pt", "w") as written:
        for name in read.namelist():
            if "/data/" not in name:
                written.writestr(name, read.read(name))
    with pytest.raises(SandboxError) as raised:
        run_torchscript(tmp_path / "n.pt", "m.pt", limits=LIMITS)
    assert raised.value.cause.startswith(f"m.pt can't be loaded by torch {torch.__version__} (")
    assert "file not found" in raised.value.cause
    assert raised.value.fix == "save it with a release of torch that is not newer than this one."


@pytest.mark.integration
def test_it_ends_when_told(tmp_path: Path) -> None:
    """By another thread, as at Ctrl-C."""
    cancelled = threading.Event()
    threading.Timer(1, cancelled.set).start()
    with pytest.raises(SandboxError, match=r"^m\.pt: its process was cancelled\. Fix: run the command again"):
        run_torchscript(
            scripted(hangs, tmp_path / "m.pt"), "m.pt", [[np.ones(2, np.float32)]], LIMITS, cancelled
        )


@pytest.mark.integration
def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    """However that ends."""
    file = scripted(hangs, tmp_path / "m.pt")
    program = f"""
import numpy as np
from pathlib import Path
from model_packaging.untrusted.sandbox import run_torchscript
run_torchscript(Path({str(file)!r}), "m.pt", [[np.ones(2, np.float32)]])
"""
    process = subprocess.Popen([sys.executable, "-c", program], cwd=REPOSITORY_ROOT)
    try:
        child = wait_for(lambda: children_of(process.pid))[0]
    finally:
        process.kill()
        process.wait()
    wait_for(lambda: not is_running(child))


def children_of(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(each) for each in path.read_text().split()]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


T = TypeVar("T")


def wait_for(found: Callable[[], T]) -> T:
    deadline = time.monotonic() + 30
    while not (result := found()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return result


PROBE = """
import json, os, resource, socket, sys
from pathlib import Path
from model_packaging.untrusted._confinement import confine_files, isolate_network, limit_resources

mine, other = Path(sys.argv[1]), Path(sys.argv[2])
network = isolate_network()
limit_resources(1 << 30, 7)
confined = [network, confine_files([mine, Path(sys.prefix), Path(sys.base_prefix)])]

def attempt(what):
    try:
        what()
    except OSError as error:
        return error.errno
    return 0

print(json.dumps({
    "confined": confined,
    "read mine": attempt(lambda: (mine / "a").read_bytes()),
    "read other": attempt(lambda: (other / "a").read_bytes()),
    "write": attempt(lambda: (mine / "b").write_bytes(b"b")),
    "remove": attempt(lambda: (mine / "a").unlink()),
    "run": attempt(lambda: os.execv("/bin/true", ["true"])),
    "connect": attempt(lambda: socket.create_connection(("127.0.0.1", int(sys.argv[3])), 1)),
    "limits": [resource.getrlimit(each)[0] for each in (
        resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE, resource.RLIMIT_NOFILE)],
    "memory": resource.getrlimit(resource.RLIMIT_AS)[0],
}))
"""


def test_what_is_withheld_is_withheld(tmp_path: Path) -> None:
    """Every right that is said to be gone is gone; the limits hold on every kernel."""
    for name in ("mine", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a").touch()
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                PROBE,
                tmp_path / "mine",
                tmp_path / "other",
                str(server.getsockname()[1]),
            ],
            cwd=REPOSITORY_ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    found = json.loads(done.stdout)
    network, files = found["confined"]
    assert found["limits"] == [7, 0, 0, 64]
    assert 1 << 30 < found["memory"] < 4 << 30
    assert found["read mine"] == 0
    assert (found["connect"] != 0) or not (network or files)
    if files:
        denied = {found[each] for each in ("read other", "write", "remove", "run")}
        assert denied == {13}


def answer_of(header: dict[str, Any], content: bytes = b"") -> bytes:
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + content


def call_of(datatype: str, shape: list[Any]) -> dict[str, Any]:
    return {
        "arguments": [],
        "returns": [],
        "confined": [],
        "runs": [{"outputs": [[datatype, shape]]}],
    }


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "Expecting value"),
        (b"\xff" * 64, ""),
        (answer_of({}), "'runs'"),
        (answer_of(call_of("|O", [1]), bytes(8)), "an output of the data type |O"),
        (answer_of(call_of("<f4", [-1]), bytes(8)), "an output of the shape [-1]"),
        (answer_of(call_of("<f4", [1 << 40]), bytes(8)), "it ends inside of an output"),
        (answer_of(call_of("<f4", ["1"]), bytes(8)), ""),
        (answer_of(call_of("<f4", [0, 1 << 80]), bytes(8)), ""),
        ((1 << 17).to_bytes(8, "little") + b"[" * (1 << 17), "recursion"),
        (answer_of(call_of("<f4", [1]) | {"runs": []}), "0 answers to 1 calls"),
        (answer_of(call_of("<f4", [1]) | {"runs": [3]}), ""),
    ],
)
def test_an_answer_is_believed_in_nothing(content: bytes, reason: str) -> None:
    """The process may be in the hands of the file that it loaded."""
    with pytest.raises(SandboxError) as raised:
        _sandbox_answer.parsed(content, "m.pt", LIMITS, 1)
    assert raised.value.cause.startswith("m.pt: its process answered what can't be read (")
    assert reason in raised.value.cause
    assert raised.value.fix.endswith("a file that makes it happen again is not to be trusted.")


def test_an_answer_that_is_too_long_is_refused() -> None:
    """Before it is taken apart."""
    limits = SandboxLimits(1 << 30, answer_bytes=1 << 20)
    with pytest.raises(SandboxError) as raised:
        _sandbox_answer.parsed(answer_of(call_of("<f4", [1 << 19]), bytes(1 << 21)), "m.pt", limits, 1)
    assert raised.value.cause == "m.pt answers with more than 1 MiB."
    assert raised.value.fix == "declare a smaller max_batch_size, or look for what grows in it."


def test_a_file_that_needs_too_much_memory_is_told() -> None:
    """What it had, and that it was not enough."""
    content = answer_of({"error": "DefaultCPUAllocator: can't allocate memory", "runtime": "torch 2"})
    with pytest.raises(SandboxError) as raised:
        _sandbox_answer.parsed(content, "m.pt", LIMITS, 0)
    assert raised.value.cause.startswith("m.pt needs more than 4096 MiB to be loaded (DefaultCPUAllocator")


@pytest.mark.parametrize(
    ("code", "words"),
    [(-11, "was killed by SIGSEGV"), (-40, "was killed by the signal 40"), (1, "exited with 1")],
)
def test_a_process_that_dies_is_told(code: int, words: str) -> None:
    """How it ended."""
    error = _sandbox_answer.died("m.pt", code, LIMITS)
    assert error.cause == f"m.pt: the process that loaded it {words}."
    assert error.fix == "look whether torch loads it at all, and with 4096 MiB of memory."


def test_a_process_that_answers_and_stays_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wait for its end is bounded, and it is ended."""
    stays = tmp_path / "stays"
    stays.write_text("#!/bin/sh\nexec 1>&-\nexec sleep 60\n", encoding="utf-8")
    stays.chmod(0o755)
    (tmp_path / "m.onnx").touch()
    monkeypatch.setattr(sys, "executable", str(stays))
    monkeypatch.setattr(sandbox, "_ENDING_SECONDS", 0.2)
    with pytest.raises(SandboxError) as raised:
        sandbox.run_onnx(tmp_path / "m.onnx", "m.onnx", limits=LIMITS)
    assert raised.value.cause == "m.onnx: its process answered and did not end."
    assert raised.value.fix == "look for what hangs in it."


def test_its_environment_has_nothing_of_the_users() -> None:
    """No credentials, no home, no proxy."""
    assert not {"HOME", "PATH", "AWS_ACCESS_KEY_ID", "https_proxy"} & sandbox._ENVIRONMENT.keys()
    assert os.environ.keys() - sandbox._ENVIRONMENT.keys()


def test_limits_follow_the_file(tmp_path: Path) -> None:
    """A model needs its weights, a copy of them, and room to compute."""
    (tmp_path / "m.pt").write_bytes(bytes(1 << 20))
    assert SandboxLimits.for_file(tmp_path / "m.pt").memory_bytes == (4 << 30) + (4 << 20)
