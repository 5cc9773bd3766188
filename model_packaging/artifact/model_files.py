"""What the model files of a packed folder say of themselves, whoever made them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from model_packaging.artifact.errors import ArtifactError
from model_packaging.artifact.onnx_signature import OnnxSignature, read_onnx_signature
from model_packaging.artifact.plan_header import PlanHeader, read_plan_header
from model_packaging.artifact.torchscript_signature import TorchScriptSignature, read_torchscript_signature

__all__ = ["ModelFileReading", "read_model_files"]

_READERS: Mapping[str, Callable[[Path], OnnxSignature | TorchScriptSignature | PlanHeader]] = {
    ".onnx": read_onnx_signature,
    ".pt": read_torchscript_signature,
    ".plan": read_plan_header,
}
"""By the suffix of Triton's own file names (Triton user guide, "Model Repository", model files)."""


@dataclass(frozen=True, slots=True)
class ModelFileReading:
    """One model file of the archive.

    Attributes:
        path: in the archive, such as ``classifier/1/model.onnx``.
        found: what it says; None where it can't be read.
        problem: why it can't be read; empty where it can.
    """

    path: str
    found: OnnxSignature | TorchScriptSignature | PlanHeader | None
    problem: str = ""


def read_model_files(folder: Path) -> tuple[ModelFileReading, ...]:
    """Read every model file in the versions of ``folder``, a model's in the repository; nothing is run.

    Returns:
        One for each TorchScript, ONNX or TensorRT file, by path.
    """
    versions = (path for path in folder.iterdir() if path.is_dir() and path.name.isdecimal())
    files = sorted(file for version in versions for file in version.iterdir() if file.suffix in _READERS)
    return tuple(_read(file, file.relative_to(folder.parent).as_posix()) for file in files)


def _read(file: Path, path: str) -> ModelFileReading:
    """Read ``file`` as what its name says; failing that as whatever else it is: backends go by content."""
    own = _READERS[file.suffix]
    problem = ""
    for reader in (own, *(each for each in _READERS.values() if each is not own)):
        try:
            return ModelFileReading(path, reader(file))
        except ArtifactError as error:
            problem = problem or str(error).removeprefix(f"{file}: ")
    return ModelFileReading(path, None, problem)
