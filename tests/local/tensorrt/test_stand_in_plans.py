"""Plans for the laptop's account."""

import threading
from pathlib import Path

import pytest

from local.tensorrt import stand_in_plans
from local.tensorrt.stand_in_plans import StandInPlans
from local.tensorrt.trtexec import STAND_IN_MARK
from model_packaging.artifact.plan_header import read_plan_header
from model_packaging.artifact.signature import Signature, TensorSpec
from model_packaging.remote.errors import JobFailedError
from model_packaging.remote.plan_request import PlanRequest
from spec.tensorrt import TensorRT

_SIGNATURE = Signature((TensorSpec("x", "FP32", (3,)),), (TensorSpec("y", "FP32", (3,)),), batched=True)


def _request(folder: Path, onnx: bytes, image_uri: str) -> PlanRequest:
    (folder / "onnx").mkdir()
    (folder / "onnx" / "model.onnx").write_bytes(onnx)
    tensorrt = TensorRT(instance_type="ml.g4dn.xlarge")
    return PlanRequest("m", folder / "onnx" / "model.onnx", _SIGNATURE, 4, tensorrt, image_uri)


@pytest.mark.parametrize(
    ("image", "version"), [("r/t:25.04-py3", "10.9.0.34"), ("r/own:latest", "10.4.0.26")]
)
def test_plan_is_of_the_images_release(tmp_path: Path, image: str, version: str) -> None:
    """An image of the user's own stands for the default release; the plan says that it is none."""
    StandInPlans("us-east-1").build_plan(
        _request(tmp_path, b"\x08\x0a\x12\x07pytorch", image), tmp_path / "model.plan", threading.Event()
    )

    assert read_plan_header(tmp_path / "model.plan").version_text == version
    assert (tmp_path / "model.plan").read_bytes()[28:].startswith(STAND_IN_MARK)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.plan", "onnx"]


def test_file_that_is_no_onnx_is_refused(tmp_path: Path) -> None:
    """The script's last words are the error's, and nothing is left."""
    request = _request(tmp_path, b"no onnx", "r/t:24.09-py3")

    with pytest.raises(JobFailedError, match="failed: SEATRIAL-ERROR trtexec exited with 1; its lines above"):
        StandInPlans("us-east-1").build_plan(request, tmp_path / "model.plan", threading.Event())

    assert sorted(path.name for path in tmp_path.iterdir()) == ["onnx"]


def test_script_that_takes_too_long_is_an_error_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing is left of it."""
    script = tmp_path / "onnx.py"
    script.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(stand_in_plans, "PLAN_SCRIPT", script)
    monkeypatch.setattr(stand_in_plans, "_TIMEOUT_SECONDS", 0.2)
    request = _request(tmp_path, b"\x08\x0a\x12\x07pytorch", "r/t:24.09-py3")

    with pytest.raises(JobFailedError, match=r"the stand-in for its plan's job took over 0\.2 s"):
        StandInPlans("us-east-1").build_plan(request, tmp_path / "model.plan", threading.Event())

    assert sorted(path.name for path in tmp_path.iterdir()) == ["onnx", "onnx.py"]
