"""A whole build of ONNX, with a worker process; `deployments/formats.yaml` is rehearsed with all formats."""

from pathlib import Path
from typing import Any

import pytest

from model_packaging.artifact import extract_archive, parse_config_pbtxt
from model_packaging.artifact.onnx_signature import OnnxTensor, read_onnx_signature
from model_packaging.package import PackagedModel, package_model
from spec import Model
from tests.model_packaging.projects import Project

pytestmark = pytest.mark.integration

SOURCE = """
class Scale(nn.Module):
    def __init__(self, width):
        super().__init__()
        torch.manual_seed(0)
        self.linear = nn.Linear(width, 2)

    def forward(self, x):
        return self.linear(x)

def sample(batch, generator):
    return {"x": torch.rand(batch, 3, generator=generator)}

def factory():
    return Scale(3), sample
"""


def build(project: Project, directory: Path, **export: Any) -> PackagedModel:  # noqa: ANN401 - a YAML section
    section = {"export": {"from": f"{project.module}:factory", **export}, "triton": {"max_batch_size": 1}}
    model = Model.model_validate(section)
    return package_model("scale", model, directory, project.root, inspect=lambda _: [])


def unpacked(packaged: PackagedModel, destination: Path) -> Path:
    extract_archive(packaged.directory / packaged.manifest.archive.file_name, destination)
    return destination / "scale"


def test_onnx_is_packed_with_its_configuration(project: Project, tmp_path: Path) -> None:
    """Even at a maximum of 1 the batch is dynamic, as Triton's backend wants it; the exporters are pinned."""
    project.write(SOURCE)
    packaged = build(project, tmp_path / "build", to="onnx", opset=20)
    assert packaged.manifest.format == "onnx"
    assert {"onnx", "onnxscript"} <= dict(packaged.manifest.build_inputs.pins).keys()
    folder = unpacked(packaged, tmp_path / "unpacked")
    signature = read_onnx_signature(folder / "1" / "model.onnx")
    assert signature.inputs == (OnnxTensor("x", "FP32", (-1, 3)),)
    assert signature.outputs == (OnnxTensor("OUTPUT__0", "FP32", (-1, 2)),)
    assert signature.opset == 20
    config = parse_config_pbtxt((folder / "config.pbtxt").read_text())
    assert config.platform == "onnxruntime_onnx"
