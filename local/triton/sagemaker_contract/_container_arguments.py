"""What ``serve`` makes of a container's variables: tritonserver's arguments, and what makes no difference.

Source: triton-inference-server/server, docker/sagemaker/serve, and src/sagemaker_server.h for
SAGEMAKER_TRITON_PING_MODE.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from local.triton.errors import ServeRuleError

__all__ = [
    "PREFIX",
    "ContainerArguments",
    "IgnoredSetting",
    "InferenceType",
    "PingMode",
    "container_arguments",
]

InferenceType = Literal["infer", "generate", "generate_stream"]
PingMode = Literal["ready", "live"]

PREFIX = "SAGEMAKER_TRITON_"
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
    f"{PREFIX}ALLOW_GRPC": _NOT_REACHABLE,
    f"{PREFIX}GRPC_PORT": _NOT_REACHABLE,
    f"{PREFIX}ALLOW_METRICS": _NOT_REACHABLE,
    f"{PREFIX}METRICS_PORT": _NOT_REACHABLE,
    f"{PREFIX}LOG_ERROR": "the cause of a failed start is read from the error log",
    f"{PREFIX}TENSORFLOW_VERSION": "this machine's Triton has no TensorFlow backend",
    f"{PREFIX}MODEL_LOAD_GPU_LIMIT": _NO_GPU,
    f"{PREFIX}DISABLE_MODEL_NAMESPACING": "there is one repository: namespaces make no difference",
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
class ContainerArguments:
    """What a container's variables come to.

    Attributes:
        arguments: of tritonserver.
        added_models: what SAGEMAKER_TRITON_ADDITIONAL_ARGS loads.
        inference_type: what an invocation does.
        ping_mode: what /ping asks.
        ignored: what was set and makes no difference here.
    """

    arguments: tuple[str, ...]
    added_models: tuple[str, ...]
    inference_type: InferenceType
    ping_mode: PingMode
    ignored: tuple[IgnoredSetting, ...]


def container_arguments(environment: Mapping[str, str]) -> ContainerArguments:
    """Return what the variables of a container come to.

    Raises:
        ServeRuleError: Triton would not start, or never answer /ping.
    """
    added_models, added_arguments, refused = _additional_arguments(environment)
    ignored = [
        IgnoredSetting(f"{name}={environment[name]}", reason)
        for name, reason in _IGNORED.items()
        if environment.get(name)
    ]
    return ContainerArguments(
        arguments=(*_arguments(environment), *added_arguments),
        added_models=tuple(added_models),
        inference_type=_inference_type(environment),
        ping_mode=_ping_mode(environment),
        ignored=(*ignored, *refused),
    )


def _arguments(environment: Mapping[str, str]) -> list[str]:
    size = environment.get(f"{PREFIX}SHM_DEFAULT_BYTE_SIZE") or _DEFAULT_SHARED_MEMORY_BYTES
    growth = environment.get(f"{PREFIX}SHM_GROWTH_BYTE_SIZE") or _DEFAULT_SHARED_MEMORY_GROWTH_BYTES
    return [
        *(
            argument(environment[PREFIX + name])
            for name, argument in _HONOURED.items()
            if environment.get(PREFIX + name)
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
    words = iter(environment.get(f"{PREFIX}ADDITIONAL_ARGS", "").split())
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


def _inference_type(environment: Mapping[str, str]) -> InferenceType:
    match environment.get(f"{PREFIX}INFERENCE_TYPE") or "infer":
        case "infer" | "generate" | "generate_stream" as known:
            return known
        case other:
            raise ServeRuleError(
                f"SAGEMAKER_TRITON_INFERENCE_TYPE is {other!r}; it must be one of infer, generate, "
                "generate_stream"
            )


def _ping_mode(environment: Mapping[str, str]) -> PingMode:
    match environment.get(f"{PREFIX}OVERRIDE_PING_MODE") or "ready":
        case "ready" | "live" as known:
            return known
        case other:
            raise ServeRuleError(
                f"SAGEMAKER_TRITON_OVERRIDE_PING_MODE is {other!r}, with which /ping never succeeds; it must "
                "be ready or live"
            )
