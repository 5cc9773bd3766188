"""SEA280 to SEA286: on what a model's instances run, and which backend executes them."""

from collections.abc import Iterator, Mapping

from model_packaging.artifact.inspection import ArtifactInspection
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import ARTIFACT, Enforcer, SeenAfter, Violation
from preflight.rules._config_message import ENSEMBLE, enum_name, message_of
from preflight.rules._triton_config import config_of

__all__ = [
    "backend_and_platform_differ",
    "gpu_of_no_number",
    "gpus_of_a_model_group",
    "name_with_spaces",
    "only_passive_instances",
    "platform_unknown",
    "profile_without_tensorrt",
]

_NOT_LOADED = "and the endpoint fails after its start-up time-out."
_CORE = "Triton core, src/model_config_utils.cc"
_PLATFORMS: Mapping[str, tuple[str, ...]] = {
    "onnxruntime": ("onnxruntime_onnx",),
    "pytorch": ("pytorch_libtorch",),
    "tensorflow": ("tensorflow_savedmodel", "tensorflow_graphdef"),
    "tensorrt": ("tensorrt_plan",),
}
"""The platforms of each backend that has any (Triton core, src/constants.h)."""
_BACKENDS_WITHOUT_PLATFORM = ("dali", "fil", "openvino", "python", "vllm")
_NEWER_PLATFORMS = "torch_"
"""How those begin that newer releases have for the PyTorch backend: nothing is said about them."""
_BACKEND_BY_FILE = ("model.py", "model.xml")
"""File names that lead Triton to a backend whatever the platform says (AutoCompleteBackendFields)."""


@rule(
    "SEA280",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="GPUs named for instances that choose their own",
    scope=ARTIFACT,
    source=f"{_CORE}, ValidateInstanceGroup; seen on Triton 2.51",
    symptom=f"Triton says 'has kind KIND_MODEL but specifies one or more GPUs', {_NOT_LOADED}",
    fix="Leave gpus out, or use KIND_GPU.",
)
def gpus_of_a_model_group(artifact: ArtifactInspection) -> Iterator[Violation]:
    """With KIND_MODEL the model itself chooses where it runs."""
    config = message_of(artifact)
    for index, group in enumerate(config.instance_group if config is not None else ()):
        if enum_name(group, "kind") == "KIND_MODEL" and group.gpus:
            yield Violation(
                f"An instance_group of KIND_MODEL names the GPUs {list(group.gpus)}.",
                "gpus with KIND_GPU alone.",
                field=("instance_group", index, "gpus"),
            )


@rule(
    "SEA281",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="an optimization profile that there can't be",
    scope=ARTIFACT,
    source=f"{_CORE}, ValidateInstanceGroup; seen on Triton 2.51",
    symptom="Triton says 'specifies profile field which is only supported for TensorRT models', "
    + _NOT_LOADED,
    fix='Leave profile out; of a TensorRT plan give numbers such as "0".',
)
def profile_without_tensorrt(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Profiles are parts of TensorRT plans, and named by their numbers."""
    config, view = message_of(artifact), config_of(artifact)
    if config is None or view is None or not (view.backend or view.platform):
        return
    for index, group in enumerate(config.instance_group):
        field = ("instance_group", index, "profile")
        if group.profile and view.serving_backend != "tensorrt":
            yield Violation(
                f"An instance_group names the profiles {list(group.profile)}.",
                "profile with TensorRT alone.",
                field=field,
            )
        elif any(not profile.strip().isdecimal() for profile in group.profile):
            yield Violation(
                f"An instance_group names the profiles {list(group.profile)}.",
                'numbers from 0, such as "0".',
                field=field,
            )


@rule(
    "SEA282",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AT_REQUEST,
    title="nothing but passive instances",
    scope=ARTIFACT,
    source="Triton, common/protobuf/model_config.proto, ModelInstanceGroup.passive; seen on Triton 2.51",
    symptom="The endpoint is InService, and the first request ends the server.",
    fix="Leave passive out of at least one instance_group.",
)
def only_passive_instances(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A passive instance answers no request; some other must."""
    config = message_of(artifact)
    groups = config.instance_group if config is not None else ()
    if groups and all(group.passive for group in groups):
        yield Violation(
            "Every instance_group is passive.",
            "at least one that is not.",
            field=("instance_group", 0, "passive"),
        )


@rule(
    "SEA283",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a platform that Triton does not know",
    scope=ARTIFACT,
    source=f"Triton, model configuration, name, platform and backend; {_CORE}, ValidateModelConfig; seen on "
    "Triton 2.51",
    symptom=f'Triton says "unexpected platform type", {_NOT_LOADED}',
    fix='Write backend instead of platform: backend: "onnxruntime", "pytorch", "python" or "tensorrt".',
)
def platform_unknown(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A platform leads to a backend; a backend's own name is none."""
    config = message_of(artifact)
    if config is None or config.backend or not config.platform:
        return
    known = [ENSEMBLE, *(each for platforms in _PLATFORMS.values() for each in platforms)]
    if config.platform in known or config.platform.startswith(_NEWER_PLATFORMS):
        return
    if config.default_model_filename in _BACKEND_BY_FILE:
        return
    own = _PLATFORMS.get(config.platform)
    is_backend = own is not None or config.platform in _BACKENDS_WITHOUT_PLATFORM
    meant = f'platform: "{own[0]}" or ' if own else ""
    yield Violation(
        f"platform is {config.platform!r}.",
        f"{', '.join(map(repr, known))}.",
        fix=f'Write {meant}backend: "{config.platform}".' if is_backend else None,
        field=("platform",),
    )


@rule(
    "SEA284",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a backend and a platform that contradict each other",
    scope=ARTIFACT,
    source=f"{_CORE}, ValidateModelConfig; seen on Triton 2.51",
    symptom=f"Triton says \"unexpected 'platform' and 'backend' pair\", {_NOT_LOADED}",
    fix="Leave one of the two out.",
)
def backend_and_platform_differ(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Both name the same; an ensemble has a platform alone."""
    config = message_of(artifact)
    if config is None or not config.backend or not config.platform:
        return
    own = _PLATFORMS.get(config.backend)
    differs = own is not None and config.platform not in own
    if config.platform.startswith(_NEWER_PLATFORMS) and config.backend == "pytorch":
        return
    if differs or config.platform == ENSEMBLE:
        allowed = f"platform {' or '.join(map(repr, own))}" if own and differs else "no backend"
        yield Violation(
            f"backend is {config.backend!r}, platform {config.platform!r}.",
            f"{allowed}.",
            field=("platform",),
        )


@rule(
    "SEA285",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a model's name with spaces in it",
    scope=ARTIFACT,
    source="sagemaker-tritonserver image, serve (--load-model=<name> is split at spaces); Python backend, "
    "src/stub_launcher.cc (the model's path is part of a shell's line); seen on Triton 2.51",
    symptom=f"Triton looks for another model, or waits for a Python process that never starts, {_NOT_LOADED}",
    fix="Name the folder with letters, digits, '_', '-' and '.'.",
)
def name_with_spaces(artifact: ArtifactInspection) -> Iterator[Violation]:
    """A name becomes part of command lines."""
    if any(letter.isspace() for letter in artifact.model):
        yield Violation(f"The model's name is {artifact.model!r}.", "a name without spaces.")


@rule(
    "SEA286",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a GPU of a number that there can't be",
    scope=ARTIFACT,
    source=f"{_CORE}, ValidateInstanceGroup; Triton server, qa/L0_model_config/noautofill_platform/"
    "negative_gpu (its expected answer)",
    symptom=f"Triton says 'specifies invalid or unsupported gpu id', {_NOT_LOADED}",
    fix="Leave gpus out for all of the instance's GPUs, or number them from 0; for the CPU write KIND_CPU.",
)
def gpu_of_no_number(artifact: ArtifactInspection) -> Iterator[Violation]:
    """GPUs count from 0; -1 is neither all of them nor none."""
    config = message_of(artifact)
    for index, group in enumerate(config.instance_group if config is not None else ()):
        negative = [number for number in group.gpus if number < 0]
        if negative and enum_name(group, "kind") in ("KIND_AUTO", "KIND_GPU"):
            yield Violation(
                f"An instance_group names the GPUs {list(group.gpus)}.",
                "numbers from 0, or no gpus.",
                field=("instance_group", index, "gpus"),
            )
