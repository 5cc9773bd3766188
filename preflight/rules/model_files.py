"""SEA221: whether a model's file is what its backend reads; nothing of it is run, and no GPU is needed."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from model_packaging.artifact.inspection import ArtifactInspection
from model_packaging.artifact.onnx_signature import OnnxSignature
from model_packaging.artifact.plan_header import PlanHeader
from model_packaging.artifact.torchscript_signature import TorchScriptSignature
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import ARTIFACT, Enforcer, SeenAfter, Violation
from preflight.rules._triton_config import config_of

__all__ = ["unreadable_model_file"]

_READ_BY: Mapping[str, tuple[type, str]] = {
    "onnxruntime": (OnnxSignature, "model.onnx"),
    "pytorch": (TorchScriptSignature, "model.pt"),
    "tensorrt": (PlanHeader, "model.plan"),
}
"""What each backend reads, and the file's name where config.pbtxt gives none."""
_FORMATS: Mapping[type, str] = {
    OnnxSignature: "an ONNX model",
    TorchScriptSignature: "TorchScript",
    PlanHeader: "a TensorRT plan",
}


@rule(
    "SEA221",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a model file that its backend can't read",
    scope=ARTIFACT,
    source="Triton user guide, model repository, model files; ONNX, onnx/onnx.proto; PyTorch, TorchScript "
    "serialization; TensorRT, trtexec --getPlanVersionOnly",
    symptom="Triton refuses the model, and the endpoint fails after its start-up time-out.",
    fix="Put a model of the backend's format there: an eager pickle, a state dictionary or a damaged file is "
    "none.",
)
def unreadable_model_file(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A backend goes by what is in the file, whatever its name."""
    config = config_of(artifact)
    if config is None or config.serving_backend not in _READ_BY:
        return
    kind, default_name = _READ_BY[config.serving_backend]
    for file in artifact.model_files:
        if PurePosixPath(file.path).name != (config.default_model_filename or default_name):
            continue
        if file.found is None and not file.problem:
            continue  # it was not looked into, which another rule says
        if file.found is None:
            problem, _, allowed = file.problem.partition("; ")
            yield Violation(f"{file.path} {problem}.", f"{allowed or 'a readable file'}.")
        elif not isinstance(file.found, kind):
            yield Violation(
                f"{file.path} is {_FORMATS[type(file.found)]}, which the backend {config.serving_backend} "
                "does not read.",
                f"{_FORMATS[kind]}.",
            )
