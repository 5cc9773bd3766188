"""SEA295 to SEA297: ``execution_accelerators``, which some backends read, of some instances."""

from collections.abc import Iterator
from typing import Any

from model_packaging.artifact.inspection import ArtifactInspection
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import ARTIFACT, Enforcer, SeenAfter, Violation
from preflight.rules._config_message import enum_name, message_of
from preflight.rules._triton_config import config_of

__all__ = ["accelerator_of_no_instance", "accelerator_passed_over", "accelerator_unknown"]

_NOT_LOADED = "and the endpoint fails after its start-up time-out."
_FIELD = ("optimization", "execution_accelerators")
_ONNX_RUNTIME = "onnxruntime"
_ACCELERATORS = ("tensorrt", "cuda")
"""That ONNX Runtime's backend takes on GPUs; of others on CPUs it says a word in its log."""
_PRECISIONS = ("FP32", "FP16", "BF16", "INT8")
_READ_NONE = ("pytorch", "tensorrt")
"""Backends without any: what they run is built beforehand. A Python model may read the field itself."""


@rule(
    "SEA295",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="an accelerator that ONNX Runtime's backend does not know",
    scope=ARTIFACT,
    source="onnxruntime_backend, src/onnxruntime.cc, ModelState::LoadModel; README, ONNX Runtime with "
    "TensorRT optimization",
    symptom=f"Triton says 'unknown Execution Accelerator' or 'unsupported precision mode', {_NOT_LOADED}",
    fix='Name "tensorrt" or "cuda", and a precision_mode of FP32, FP16, BF16 or INT8.',
)
def accelerator_unknown(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Of instances on GPUs each accelerator is added, or refused; on CPUs alone nobody asks for it."""
    config = message_of(artifact)
    if config is None or _backend(artifact) != _ONNX_RUNTIME or _kinds(config) == {"KIND_CPU"}:
        return
    for each in config.optimization.execution_accelerators.gpu_execution_accelerator:
        if each.name not in _ACCELERATORS:
            yield Violation(
                f"The GPU execution accelerator is {each.name!r}.",
                f"{' or '.join(map(repr, _ACCELERATORS))}.",
                field=_FIELD,
            )
        precision = each.parameters.get("precision_mode")
        if each.name == "tensorrt" and precision is not None and precision not in _PRECISIONS:
            yield Violation(f"precision_mode is {precision!r}.", f"{', '.join(_PRECISIONS)}.", field=_FIELD)


@rule(
    "SEA296",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="an accelerator of GPUs for instances on the CPU",
    scope=ARTIFACT,
    source="onnxruntime_backend, src/onnxruntime.cc, ModelState::LoadModel (GPU accelerators are added to "
    "instances of KIND_GPU)",
    symptom="The endpoint works, without the acceleration.",
    fix="Give the instances KIND_GPU, or leave the accelerator out.",
)
def accelerator_of_no_instance(artifact: ArtifactInspection) -> Iterator[Violation]:
    """What no instance uses is of no use; without instance_group Triton chooses the kind."""
    config = message_of(artifact)
    if config is None or _backend(artifact) != _ONNX_RUNTIME:
        return
    named = config.optimization.execution_accelerators.gpu_execution_accelerator
    if named and _kinds(config) == {"KIND_CPU"}:
        yield Violation(
            f"The GPU execution accelerator is {named[0].name!r}, and every instance_group is KIND_CPU.",
            "an instance_group of KIND_GPU, or no such accelerator.",
            field=_FIELD,
        )


@rule(
    "SEA297",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="accelerators for a backend that reads none",
    scope=ARTIFACT,
    source="Triton user guide, optimization, framework-specific optimization (ONNX Runtime and TensorFlow); "
    "pytorch_backend, README, parameters",
    symptom="The endpoint works, without the acceleration.",
    fix="Leave execution_accelerators out. Compile the model itself, or serve it as ONNX, which TensorRT "
    "accelerates.",
)
def accelerator_passed_over(artifact: ArtifactInspection) -> Iterator[Violation]:
    """The field is read by backends, and most have no use for it."""
    config, backend = message_of(artifact), _backend(artifact)
    if config is None or backend not in _READ_NONE:
        return
    accelerators = config.optimization.execution_accelerators
    named = [*accelerators.gpu_execution_accelerator, *accelerators.cpu_execution_accelerator]
    if named:
        yield Violation(
            f"The backend is {backend}, and its execution accelerators are "
            f"{', '.join(repr(each.name) for each in named)}.",
            "none.",
            field=_FIELD,
        )


def _kinds(config: Any) -> set[str]:  # noqa: ANN401 - protobuf's classes ship no types
    return {enum_name(each, "kind") for each in config.instance_group}


def _backend(artifact: ArtifactInspection) -> str:
    config = config_of(artifact)
    return config.serving_backend if config is not None else ""
