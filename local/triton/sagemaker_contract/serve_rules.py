"""What ``serve``, the entry point of Triton's image for SageMaker, makes of model data and environment.

Source: triton-inference-server/server, docker/sagemaker/serve, and src/sagemaker_server.h for
SAGEMAKER_TRITON_PING_MODE.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from local.triton.errors import ServeRuleError

__all__ = ["IgnoredSetting", "InferenceType", "PingMode", "ServingPlan", "serving_plan"]

InferenceType = Literal["infer", "generate", "generate_stream"]
PingMode = Literal["ready", "live"]

_PREFIX = "SAGEMAKER_TRITON_"
_DEFAULT_SHARED_MEMORY_BYTES = 16_777_216
_DEFAULT_SHARED_MEMORY_GROWTH_BYTES = 1_048_576

_HONOURED: Mapping[str, Callable[[str], str]] = {
    "THREAD_COUNT": "--http-thread-count={}".format,  # the SageMaker frontend's threads are our HTTP threads
    "BUFFER_MANAGER_THREAD_COUNT": "--buffer-manager-thread-count={}".format,
    "LOG_VERBOSE": "--log-verbose={}".format,
    "LOG_INFO": "--log-info={}".format,
    "LOG_WARNING": "--log-warning={}".format,
}
_NOT_REACHABLE = "SageMaker routes requests to /invocations alone, and so does this machine"
_NO_GPU = "this machine's Triton uses no GPU"
_IGNORED: Mapping[str, str] = {
    f"{_PREFIX}ALLOW_GRPC": _NOT_REACHABLE,
    f"{_PREFIX}GRPC_PORT": _NOT_REACHABLE,
    f"{_PREFIX}ALLOW_METRICS": _NOT_REACHABLE,
    f"{_PREFIX}METRICS_PORT": _NOT_REACHABLE,
    f"{_PREFIX}LOG_ERROR": "the cause of a failed start is read from the error log",
    f"{_PREFIX}TENSORFLOW_VERSION": "this machine's Triton has no TensorFlow backend",
    f"{_PREFIX}MODEL_LOAD_GPU_LIMIT": _NO_GPU,
    f"{_PREFIX}DISABLE_MODEL_NAMESPACING": "there is one repository: namespaces make no difference",
    "SAGEMAKER_BIND_TO_PORT": "this machine's Triton listens on a free port of its own",
    "SAGEMAKER_SAFE_PORT_RANGE": "this machine's Triton listens on one port only",
}
_REFUSED_ARGUMENTS = (
    "--allow-",
    "--http-",
    "--reuse-",
    "--grpc-",
    "--metrics-address",
    "--metrics-port",
    "--sagemaker-",
    "--vertex-ai-",
    "--trace-",
    "--log-file",
    "--id",
    "--model-repository",
    "--model-store",
    "--model-control-mode",
    "--backend-directory",
    "--cache-directory",
    "--repoagent-directory",
)


@dataclass(frozen=True, slots=True)
class IgnoredSetting:
    """A variable or argument that the container heeds and this machine does not, and why."""

    setting: str
    reason: str


@dataclass(frozen=True, slots=True)
class ServingPlan:
    """What to start, and how to answer.

    Attributes:
        default_model: answers /invocations.
        load_models: the default model, and what SAGEMAKER_TRITON_ADDITIONAL_ARGS loads beside it. Members of
            an ensemble need not be among them.
        arguments: of tritonserver.
        inference_type: what an invocation does.
        ping_mode: what /ping asks.
        ignored: what was set and makes no difference here.
    """

    default_model: str
    load_models: tuple[str, ...]
    arguments: tuple[str, ...]
    inference_type: InferenceType = "infer"
    ping_mode: PingMode = "ready"
    ignored: tuple[IgnoredSetting, ...] = ()


def serving_plan(model_root: Path, environment: Mapping[str, str]) -> ServingPlan:
    """Return what ``serve`` would start.

    Args:
        model_root: what SageMaker unpacks to /opt/ml/model.
        environment: of the container.

    Raises:
        ServeRuleError: ``serve`` would exit with 1, or the container would never answer /ping.
    """
    if environment.get("SAGEMAKER_MULTI_MODEL") == "true":
        raise ServeRuleError(
            "SAGEMAKER_MULTI_MODEL is true, but multi-model endpoints are not served on this machine: use "
            "one endpoint for each model"
        )
    if (model_root / "config.pbtxt").is_file():
        raise ServeRuleError(
            "Incorrect directory structure: config.pbtxt is at the root of the model data; put it, and the "
            "version folders beside it, into a folder named like the model"
        )
    inference_type = _inference_type(environment)
    default_model = _default_model(model_root, environment)
    added_models, added_arguments, refused = _additional_arguments(environment)
    ignored = [
        IgnoredSetting(f"{name}={environment[name]}", reason)
        for name, reason in _IGNORED.items()
        if environment.get(name)
    ]
    return ServingPlan(
        default_model=default_model,
        load_models=tuple(dict.fromkeys((default_model, *added_models))),
        arguments=(*_arguments(environment), *added_arguments),
        inference_type=inference_type,
        ping_mode=_ping_mode(environment),
        ignored=(*ignored, *refused),
    )


def _default_model(model_root: Path, environment: Mapping[str, str]) -> str:
    name = environment.get(f"{_PREFIX}DEFAULT_MODEL_NAME", "")
    # As `find -type d`: a hidden folder counts, a link to a folder doesn't.
    folders = sorted(path.name for path in model_root.iterdir() if path.is_dir() and not path.is_symlink())
    found = ", ".join(folders) or "none"
    if name and (model_root / name).is_dir():
        return name
    if name:
        raise ServeRuleError(
            f"SAGEMAKER_TRITON_DEFAULT_MODEL_NAME is {name!r}, and there is no such model folder; there is: "
            f"{found}"
        )
    if not folders:
        raise ServeRuleError("no model folder found in the model data: it needs <model>/<version>/ folders")
    if len(folders) > 1:
        raise ServeRuleError(
            f"more than one model folder found ({found}): set SAGEMAKER_TRITON_DEFAULT_MODEL_NAME to the one "
            "that answers"
        )
    return folders[0]


def _inference_type(environment: Mapping[str, str]) -> InferenceType:
    match environment.get(f"{_PREFIX}INFERENCE_TYPE") or "infer":
        case "infer" | "generate" | "generate_stream" as known:
            return known
        case other:
            raise ServeRuleError(
                f"SAGEMAKER_TRITON_INFERENCE_TYPE is {other!r}; it must be one of infer, generate, "
                "generate_stream"
            )


def _ping_mode(environment: Mapping[str, str]) -> PingMode:
    match environment.get(f"{_PREFIX}OVERRIDE_PING_MODE") or "ready":
        case "ready" | "live" as known:
            return known
        case other:
            raise ServeRuleError(
                f"SAGEMAKER_TRITON_OVERRIDE_PING_MODE is {other!r}, with which /ping never succeeds; it must "
                "be ready or live"
            )


def _arguments(environment: Mapping[str, str]) -> list[str]:
    size = environment.get(f"{_PREFIX}SHM_DEFAULT_BYTE_SIZE") or _DEFAULT_SHARED_MEMORY_BYTES
    growth = environment.get(f"{_PREFIX}SHM_GROWTH_BYTE_SIZE") or _DEFAULT_SHARED_MEMORY_GROWTH_BYTES
    return [
        *(
            argument(environment[_PREFIX + name])
            for name, argument in _HONOURED.items()
            if environment.get(_PREFIX + name)
        ),
        f"--backend-config=python,shm-default-byte-size={size}",
        f"--backend-config=python,shm-growth-byte-size={growth}",
    ]


def _additional_arguments(
    environment: Mapping[str, str],
) -> tuple[list[str], list[str], list[IgnoredSetting]]:
    """Return the models to load, the arguments to pass on, and what is not passed on."""
    models: list[str] = []
    arguments: list[str] = []
    refused: list[IgnoredSetting] = []
    # Blanks separate, quotes don't join: `serve` leaves the variable unquoted. A value may follow its option.
    words = iter(environment.get(f"{_PREFIX}ADDITIONAL_ARGS", "").split())
    for word in words:
        if word.startswith("--load-model"):
            models.append(word.partition("=")[2] or next(words, ""))
        elif word.startswith(_REFUSED_ARGUMENTS):
            value = "" if "=" in word else f" {next(words, '')}".rstrip()
            refused.append(
                IgnoredSetting(word + value, "where Triton reads and listens is this machine's to say")
            )
        else:
            arguments.append(word)
    return models, arguments, refused
