"""Which failures to load are this machine's and not the model's: they are no findings."""

import re

__all__ = ["missing_here"]

_BACKENDS = "dali|fil|openvino|python_vllm|tensorflow|tensorflow1|tensorflow2|tensorrt|tensorrtllm|vllm"
_NO_BACKEND = re.compile(rf"unable to find backend library for backend '({_BACKENDS})'")
_NO_MODULE = re.compile(r"ModuleNotFoundError: No module named '([^']+)'")
_NO_GPU = re.compile(
    r"no NVIDIA driver|not compiled with CUDA|no CUDA-capable device|CUDA driver version is insufficient"
    r"|libcuda\.so|No CUDA GPUs are available",
    re.IGNORECASE,
)
_STAND_IN = re.compile(r"this machine's stand-in for .*")
_OTHER_PYTHON = re.compile(r"EXECUTION_ENV_PATH|execution environment", re.IGNORECASE)


def missing_here(failure: str) -> str:
    """Return what this machine lacks to load a model, as a clause; empty where the failure is the model's.

    Source of the backends: Triton, "Where can I find all the backends that are available for Triton?"; a name
    that is none of them is a mistake in config.pbtxt.

    Args:
        failure: the server's own words.
    """
    if match := _NO_BACKEND.search(failure):
        return f"this machine's Triton has no backend {match[1]!r}"
    if match := _NO_MODULE.search(failure):
        return f"it imports {match[1]!r}, which this machine's environment for Triton lacks"
    if _NO_GPU.search(failure):
        return f"it asks for a GPU, which this machine's Triton has not ({failure})"
    if match := _STAND_IN.search(failure):
        return match[0]
    if _OTHER_PYTHON.search(failure):
        return f"it brings its own Python environment, which does not start here ({failure})"
    return ""
