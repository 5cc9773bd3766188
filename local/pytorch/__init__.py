"""SageMaker's PyTorch serving on a laptop: the toolkit of AWS's images in a process of its own.

``PyTorchRuntime.locate`` finds the environment with torch and the toolkit, ``PyTorchServer.start`` serves an
unpacked artifact on a loopback port until it is stopped, and ``contract`` says what of a request reaches it.
Standard library only; torch, the toolkit and the user's code run in the process.

What is real: the toolkit (``sagemaker-inference``, ``sagemaker-pytorch-inference``), with its default
functions, decoders and encoders, and the user's entry point. What stands in: TorchServe, which starts the
toolkit in the image, the image's PyTorch release, every GPU, and Elastic Inference.
"""

from local.pytorch.errors import PyTorchServerError, PyTorchStartError, PyTorchUnavailableError
from local.pytorch.runtime import PyTorchRuntime
from local.pytorch.server import PyTorchServer

__all__ = [
    "PyTorchRuntime",
    "PyTorchServer",
    "PyTorchServerError",
    "PyTorchStartError",
    "PyTorchUnavailableError",
]
