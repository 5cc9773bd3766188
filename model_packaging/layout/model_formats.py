"""The formats of models: what serves each within Triton, and the name of its file in a version's folder.

Sources: Triton user guide, "Model Repository", model files; "Model Configuration", name, platform and
backend.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from spec import Model

__all__ = ["MODEL_FORMATS", "ModelFormat", "format_of"]


@dataclass(frozen=True, slots=True)
class ModelFormat:
    """How Triton knows a format.

    Attributes:
        key: of config.pbtxt that names what serves it: ``platform`` or ``backend``.
        served_by: what stands there.
        file_name: of the model in a version's folder, unless ``default_model_filename`` gives another.
    """

    key: str
    served_by: str
    file_name: str


MODEL_FORMATS: Mapping[str, ModelFormat] = {
    "torchscript": ModelFormat("platform", "pytorch_libtorch", "model.pt"),
    "onnx": ModelFormat("platform", "onnxruntime_onnx", "model.onnx"),
    "tensorrt": ModelFormat("platform", "tensorrt_plan", "model.plan"),
    "python": ModelFormat("backend", "python", "model.py"),
    "ensemble": ModelFormat("platform", "ensemble", ".keep"),
}
"""By the manifest's word. An ensemble has no model, but Triton loads no model without a version's folder, and
an archive holds no empty one."""


def format_of(model: Model) -> str:
    """Return the format of the model of a section, in the manifest's words."""
    if model.export is not None:
        return model.export.to
    return model.file.format if model.file is not None else model.source
