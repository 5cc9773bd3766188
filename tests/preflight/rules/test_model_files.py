"""Whether a model's file is what its backend reads."""

from collections.abc import Callable
from dataclasses import replace

from model_packaging.artifact import RecordedFinding
from model_packaging.artifact.inspection import ArtifactInspection
from model_packaging.artifact.model_files import ModelFileReading
from model_packaging.artifact.onnx_signature import OnnxSignature
from model_packaging.artifact.plan_header import PlanHeader
from model_packaging.artifact.torchscript_signature import TorchScriptSignature

FoundIn = Callable[[ArtifactInspection, str], list[RecordedFinding]]
PATH = "classifier/1/model.onnx"


def served(
    artifact: ArtifactInspection, platform: str, reading: ModelFileReading, more: str = ""
) -> ArtifactInspection:
    text = artifact.config_pbtxt.replace("pytorch_libtorch", platform) + more
    return replace(artifact, config_pbtxt=text, model_files=(reading,))


def test_sea221_unreadable(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """The reader's words; a file that the backend does not read may be anything."""
    damaged = ModelFileReading(PATH, None, "is no readable ONNX model (it ends); export it again")
    [finding] = found_in(served(artifact, "onnxruntime_onnx", damaged), "SEA221")
    assert finding.what == "classifier/1/model.onnx is no readable ONNX model (it ends)."
    assert finding.allowed == "export it again."
    assert found_in(served(artifact, "pytorch_libtorch", damaged), "SEA221") == []
    assert found_in(served(artifact, "mine", damaged), "SEA221") == []


def test_sea221_another_format(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """Of a file that was put under the backend's name, and of a name that the configuration gives."""
    plan = ModelFileReading(PATH, PlanHeader((10, 8, 0, 43)))
    [finding] = found_in(served(artifact, "onnxruntime_onnx", plan), "SEA221")
    assert finding.what == (
        "classifier/1/model.onnx is a TensorRT plan, which the backend onnxruntime does not read."
    )
    assert finding.allowed == "an ONNX model."
    script = ModelFileReading("classifier/1/mine.bin", TorchScriptSignature((), "Tensor"))
    [finding] = found_in(
        served(artifact, "tensorrt_plan", script, 'default_model_filename: "mine.bin"'), "SEA221"
    )
    assert finding.what.startswith("classifier/1/mine.bin is TorchScript, which the backend tensorrt")
    assert finding.allowed == "a TensorRT plan."


def test_sea221_fitting(artifact: ArtifactInspection, found_in: FoundIn) -> None:
    """Each backend's own format."""
    graph = ModelFileReading(PATH, OnnxSignature((), (), (), 18, ()))
    assert found_in(served(artifact, "onnxruntime_onnx", graph), "SEA221") == []
    script = ModelFileReading("classifier/1/model.pt", TorchScriptSignature((), "Tensor"))
    assert found_in(served(artifact, "pytorch_libtorch", script), "SEA221") == []
