"""The job's script, run as SageMaker runs it, with the stand-in for trtexec."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from model_packaging.artifact.plan_header import read_plan_header
from model_packaging.remote.job import build_plan

_PROJECT = Path(__file__).resolve().parents[3]
_STAND_IN = _PROJECT / "local" / "tensorrt" / "trtexec.py"
_ONNX = b"\x08\x0a\x12\x07pytorch"


def _root(folder: Path, onnx: bytes = _ONNX, *arguments: str) -> Path:
    source = folder / "input"
    source.mkdir()
    (source / "model.onnx").write_bytes(onnx)
    job = {"key": "k" * 64, "onnx": "model.onnx", "arguments": ["--skipInference", *arguments]}
    (source / "job.json").write_text(json.dumps(job), encoding="utf-8")
    return folder


def _start(root: Path, trtexec: Path = _STAND_IN, **variables: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-I", build_plan.__file__, str(root)],
        env={"PATH": os.environ["PATH"], "SEATRIAL_TRTEXEC": str(trtexec), **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _run(root: Path, trtexec: Path = _STAND_IN, **variables: str) -> tuple[int, str]:
    with _start(root, trtexec, **variables) as process:
        said, _ = process.communicate(timeout=60)
    return process.returncode, said


def _program(folder: Path, body: str) -> Path:
    path = folder / "trtexec"
    path.write_text(f"#!{sys.executable}\n{body}", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_plan_is_built_and_described(tmp_path: Path) -> None:
    """The plan and what is known of it lie in the output, and the log holds trtexec's own lines."""
    root = _root(tmp_path, _ONNX, "--fp16")

    code, said = _run(root, SEATRIAL_TRITON_RELEASE="24.09")

    assert code == 0, said
    plan = root / "output" / "model.plan"
    result = json.loads((root / "output" / "result.json").read_text(encoding="utf-8"))
    assert read_plan_header(plan).version_text == result["tensorrt_version"] == "10.4.0.26"
    assert result["plan_sha256"] == hashlib.sha256(plan.read_bytes()).hexdigest()
    assert result["plan_bytes"] == plan.stat().st_size
    assert result["key"] == "k" * 64
    assert "&&&& RUNNING TensorRT.trtexec [TensorRT v100400]" in said
    assert "--fp16" in said
    assert "&&&& PASSED" in said


def test_failure_of_trtexec_is_relayed(tmp_path: Path) -> None:
    """Its lines stay in the log, the script's last one says which, and nothing passes for a plan."""
    code, said = _run(_root(tmp_path, b"no onnx at all"))

    assert code == 1
    assert "[E] [TRT] ModelImporter.cpp: Failed to parse ONNX model" in said
    assert said.splitlines()[-1] == ("SEATRIAL-ERROR trtexec exited with 1; its lines above say why")
    assert list((tmp_path / "output").iterdir()) == []


def test_plan_of_another_version_is_refused(tmp_path: Path) -> None:
    """A plan that another TensorRT wrote than trtexec says it is of would not load beside it."""
    code, said = _run(
        _root(tmp_path),
        SEATRIAL_TRITON_RELEASE="24.09",
        SEATRIAL_STAND_IN_PLAN_VERSION="10.9.0.34",
    )

    assert code == 1
    assert said.splitlines()[-1] == (
        "SEATRIAL-ERROR trtexec is of TensorRT 10.4.0 and left a plan of 10.9.0.34: "
        "the image holds two versions"
    )
    assert list((tmp_path / "output").iterdir()) == []


def test_old_numbering_of_tensorrt_8_is_read(tmp_path: Path) -> None:
    """v8601 is 8.6.1, as the images of 23.12 and 24.01 print it."""
    code, said = _run(_root(tmp_path), SEATRIAL_TRITON_RELEASE="23.12")

    assert code == 0, said
    assert "[TensorRT v8601]" in said


def test_image_without_trtexec_is_said(tmp_path: Path) -> None:
    """Where trtexec is looked for is in the message."""
    code, said = _run(_root(tmp_path), tmp_path / "nothing")

    assert code == 1
    assert said.strip() == (
        "SEATRIAL-ERROR this image has no trtexec on PATH and none at /usr/src/tensorrt/bin/trtexec"
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("import os; os.kill(os.getpid(), 9)", "trtexec was killed by signal 9; 9 is most often too little"),
        ("print('hello')", "trtexec did not say which TensorRT it is of"),
        ("print('[TensorRT v100400]')", "trtexec ended well and left no plan"),
        (
            "import sys; print('[TensorRT v100400]'); open(sys.argv[2].split('=')[1], 'w').write('PK')",
            "what trtexec left is no TensorRT plan",
        ),
    ],
)
def test_every_other_end_of_trtexec_is_said(tmp_path: Path, body: str, words: str) -> None:
    """However trtexec ends, the job fails in one line, and nothing passes for a plan."""
    code, said = _run(_root(tmp_path), _program(tmp_path, body))

    assert code == 1
    assert said.splitlines()[-1].startswith(f"SEATRIAL-ERROR {words}")
    assert list((tmp_path / "output").iterdir()) == []


def test_killed_job_leaves_nothing_that_passes_for_a_plan(tmp_path: Path) -> None:
    """A job that is stopped while trtexec writes has neither a plan nor a result in its output."""
    body = (
        "import sys, time\n"
        "path = next(a for a in sys.argv if a.startswith('--saveEngine=')).split('=')[1]\n"
        "open(path, 'wb').write(b'ftrt' + bytes(24))\n"
        "print('[TensorRT v100400]', flush=True)\n"
        "time.sleep(5)\n"
    )
    root = _root(tmp_path)
    with _start(root, _program(tmp_path, body)) as process:
        assert process.stdout is not None
        while "v100400" not in process.stdout.readline():
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)

    assert list((root / "output").iterdir()) == []
