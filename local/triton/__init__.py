"""A real Triton Inference Server on a laptop, under the contract that SageMaker has with a Triton container.

``TritonRuntime.locate`` finds Triton and prepares its backends, ``TritonServer.start`` serves a model
repository on a loopback port until it is stopped, and ``sagemaker_contract`` says what the container would
make of model data, environment and requests. Standard library only; Triton itself runs from an environment
of its own.

What is real: Triton's core, with its configuration, schedulers, ensembles, caches and protocol. What stands
in: the LibTorch backend (PyTorch on the CPU, under LibTorch's rules), and every GPU.
"""

from local.triton.dynamic_models import DynamicModel, DynamicModels
from local.triton.errors import (
    ModelLoadError,
    ServeRuleError,
    TritonError,
    TritonStartError,
    TritonUnavailableError,
)
from local.triton.log import TritonLog
from local.triton.overlay import Overlay
from local.triton.runtime import TritonRuntime
from local.triton.server import TritonServer

__all__ = [
    "DynamicModel",
    "DynamicModels",
    "ModelLoadError",
    "Overlay",
    "ServeRuleError",
    "TritonError",
    "TritonLog",
    "TritonRuntime",
    "TritonServer",
    "TritonStartError",
    "TritonUnavailableError",
]
