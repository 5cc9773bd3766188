"""SEA290 to SEA294: ``parameters``, which are handed to the backend."""

from collections.abc import Iterator, Mapping
from typing import Any

from model_packaging.artifact.inspection import ArtifactInspection
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import ARTIFACT, Enforcer, SeenAfter, Violation
from preflight.rules._config_message import message_of
from preflight.rules._packed_path import packed_path
from preflight.rules._triton_config import config_of

__all__ = [
    "cpu_tensors_neither_yes_nor_no",
    "environment_beside_the_server",
    "environment_missing",
    "parameter_of_another_spelling",
    "parameter_unreadable",
]

_NOT_LOADED = "and the endpoint fails after its start-up time-out."
_PYTHON = "Triton Python backend, README, creating custom execution environments"
_ENVIRONMENT = "EXECUTION_ENV_PATH"
_MODEL_FOLDER = "$$TRITON_MODEL_DIRECTORY"
_CPU_TENSORS = "FORCE_CPU_ONLY_INPUT_TENSORS"
_TRUE_OR_FALSE = ("true", "on", "1", "false", "off", "0")
"""In any case (Triton backend repository, src/backend_common.cc, ParseBoolValue)."""
_BOOLEANS: Mapping[str, tuple[str, ...]] = {
    "onnxruntime": ("enable_mem_arena", "enable_mem_pattern", "share_session_between_instances"),
    "pytorch": (
        "DISABLE_CUDNN",
        "DISABLE_OPTIMIZED_EXECUTION",
        "ENABLE_CACHE_CLEANING",
        "ENABLE_JIT_EXECUTOR",
        "ENABLE_JIT_PROFILING",
        "ENABLE_TENSOR_FUSER",
        "ENABLE_WEIGHT_SHARING",
        "INFERENCE_MODE",
    ),
}
_NUMBERS: Mapping[str, tuple[str, ...]] = {
    "onnxruntime": ("execution_mode", "inter_op_thread_count", "intra_op_thread_count"),
    "pytorch": ("INTER_OP_THREAD_COUNT", "INTRA_OP_THREAD_COUNT"),
}
"""Parameters by backend (onnxruntime_backend, src/onnxruntime.cc, ModelState; pytorch_backend,
src/libtorch.cc, ParseParameters)."""
_EXECUTION_MODES = ("0", "1")


@rule(
    "SEA290",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="an environment that is not packed",
    scope=ARTIFACT,
    source=f"{_PYTHON}; seen on Triton 2.51",
    symptom=f"Triton says 'Failed to get the canonical path', {_NOT_LOADED}",
    fix="Put the environment into the model's folder, under the name that EXECUTION_ENV_PATH gives it.",
)
def environment_missing(artifact: ArtifactInspection) -> Iterator[Violation]:
    """$$TRITON_MODEL_DIRECTORY is the model's folder; paths of the image are not judged."""
    path = _environment(artifact)
    if path is None or not path.startswith(_MODEL_FOLDER):
        return
    wanted = packed_path(artifact.model, path.removeprefix(_MODEL_FOLDER))
    everything = (artifact, *artifact.beside)
    packed = {record.path for each in everything for record in each.files}
    if wanted and not any(each == wanted or each.startswith(f"{wanted}/") for each in packed):
        yield Violation(
            f"{_ENVIRONMENT} is {path!r}, and the archive has no {wanted}.",
            f"{wanted} in the archive.",
            field=("parameters",),
        )


@rule(
    "SEA291",
    severity=Severity.WARNING,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="an environment looked for beside the server",
    scope=ARTIFACT,
    source=_PYTHON,
    symptom=f"The path starts where the server was started, which is not the model's folder, {_NOT_LOADED}",
    fix=f"Write {_MODEL_FOLDER}/<name>, and pack the file in the model's folder.",
)
def environment_beside_the_server(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A path is absolute, or begins with the model's folder."""
    path = _environment(artifact)
    if path is not None and not path.startswith(("/", _MODEL_FOLDER)):
        yield Violation(
            f"{_ENVIRONMENT} is {path!r}.",
            f"'{_MODEL_FOLDER}/{path}' or an absolute path.",
            field=("parameters",),
        )


@rule(
    "SEA292",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title=f"a {_CPU_TENSORS} that is neither yes nor no",
    scope=ARTIFACT,
    source="Triton Python backend, README, input tensor device placement; seen on Triton 2.51",
    symptom=f"Triton says 'Incorrect value for {_CPU_TENSORS}', {_NOT_LOADED}",
    fix='Write "yes" or "no".',
)
def cpu_tensors_neither_yes_nor_no(artifact: ArtifactInspection) -> Iterator[Violation]:
    """The backend takes these two words alone."""
    value = _parameters(artifact, "python").get(_CPU_TENSORS)
    if value not in (None, "yes", "no"):
        yield Violation(f"{_CPU_TENSORS} is {value!r}.", '"yes" or "no".', field=("parameters",))


@rule(
    "SEA293",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a backend's parameter of an impossible value",
    scope=ARTIFACT,
    source="onnxruntime_backend, src/onnxruntime.cc, ModelState; pytorch_backend, src/libtorch.cc, "
    "ParseParameters; Triton backend repository, src/backend_common.cc",
    symptom=f"Triton says 'failed to convert ... to boolean' or '... to integral number', {_NOT_LOADED}",
    fix='Give flags "true" or "false", and counts a number.',
)
def parameter_unreadable(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Values are texts, which the backend reads as flags and numbers."""
    backend = _backend(artifact)
    for name, value in _parameters(artifact, backend).items():
        if name in _BOOLEANS.get(backend, ()) and value.lower() not in _TRUE_OR_FALSE:
            allowed = '"true" or "false"'
        elif name in _NUMBERS.get(backend, ()) and not _begins_with_a_number(value):
            allowed = "a number"
        elif name == "execution_mode" and value.strip() not in _EXECUTION_MODES:
            allowed = '"0", one operator after the other, or "1"'
        else:
            continue
        yield Violation(f"{name} is {value!r}.", f"{allowed}.", field=("parameters",))


@rule(
    "SEA294",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="a parameter that its backend spells otherwise",
    scope=ARTIFACT,
    source="onnxruntime_backend, src/onnxruntime.cc, ModelState; pytorch_backend, src/libtorch.cc, "
    "ParseParameters",
    symptom="The backend passes over the parameter without a word.",
    fix="Spell it as this backend does.",
)
def parameter_of_another_spelling(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Names count as they are written: LibTorch's are in capitals, ONNX Runtime's are not."""
    backend = _backend(artifact)
    known = {name.casefold(): name for name in (*_BOOLEANS.get(backend, ()), *_NUMBERS.get(backend, ()))}
    for name in _parameters(artifact, backend):
        meant = known.get(name.casefold())
        if meant is not None and meant != name:
            yield Violation(
                f"The backend {backend} does not read {name!r}.", f"{meant!r}.", field=("parameters",)
            )


def _backend(artifact: ArtifactInspection) -> str:
    config = config_of(artifact)
    return config.serving_backend if config is not None else ""


def _parameters(artifact: ArtifactInspection, backend: str) -> dict[str, str]:
    """Return the parameters of a model of ``backend``; of another one, and of another kind, none."""
    config: Any | None = message_of(artifact)
    if config is None or not backend or _backend(artifact) != backend:
        return {}
    return {name: config.parameters[name].string_value for name in sorted(config.parameters)}


def _environment(artifact: ArtifactInspection) -> str | None:
    return _parameters(artifact, "python").get(_ENVIRONMENT) or None


def _begins_with_a_number(value: str) -> bool:
    """Say whether C++'s ``stoi`` reads a number: what follows it is passed over."""
    text = value.strip().removeprefix("-").removeprefix("+")
    return text[:1].isdecimal()
