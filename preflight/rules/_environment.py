"""What the Triton image's ``serve`` reads from the container's environment."""

from catalogue.triton_images import DEFAULT_MODEL_VARIABLE, INFERENCE_TYPE_VARIABLE, STREAMED

__all__ = [
    "ADDITIONAL_ARGUMENTS",
    "BIND_TO_PORT",
    "DEFAULT_MODEL_NAME",
    "INFERENCE_TYPE",
    "INFERENCE_TYPES",
    "KNOWN_VARIABLES",
    "MULTI_MODEL",
    "PREFIX",
    "SERVE",
]

SERVE = "sagemaker-tritonserver image, serve (triton-inference-server/server, docker/sagemaker/serve)"
"""Source of the rules about the container's start, as they name it."""

PREFIX = "SAGEMAKER_TRITON_"

DEFAULT_MODEL_NAME = DEFAULT_MODEL_VARIABLE
ADDITIONAL_ARGUMENTS = f"{PREFIX}ADDITIONAL_ARGS"
INFERENCE_TYPE = INFERENCE_TYPE_VARIABLE
INFERENCE_TYPES = ("infer", "generate", STREAMED)
BIND_TO_PORT = "SAGEMAKER_BIND_TO_PORT"
MULTI_MODEL = "SAGEMAKER_MULTI_MODEL"

KNOWN_VARIABLES = frozenset(
    {
        DEFAULT_MODEL_NAME,
        ADDITIONAL_ARGUMENTS,
        INFERENCE_TYPE,
        *(
            f"{PREFIX}{name}"
            for name in (
                "ALLOW_GRPC",
                "ALLOW_METRICS",
                "BUFFER_MANAGER_THREAD_COUNT",
                "DISABLE_MODEL_NAMESPACING",
                "GRPC_PORT",
                "LOG_ERROR",
                "LOG_INFO",
                "LOG_VERBOSE",
                "LOG_WARNING",
                "METRICS_PORT",
                "MODEL_LOAD_GPU_LIMIT",
                "OVERRIDE_PING_MODE",
                "PING_MODE",
                "SHM_DEFAULT_BYTE_SIZE",
                "SHM_GROWTH_BYTE_SIZE",
                "TENSORFLOW_VERSION",
                "THREAD_COUNT",
            )
        ),
    }
)
"""Of all releases together; an older release knows fewer."""
