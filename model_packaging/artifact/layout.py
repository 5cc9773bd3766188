"""What lies where in an archive: it decides which server can read it."""

from enum import StrEnum

__all__ = ["ENTRY_POINT_PATH", "REQUIREMENTS_PATH", "TORCHSCRIPT_PATH", "Layout"]

TORCHSCRIPT_PATH = "model.pt"
"""Where the PyTorch layout keeps the model: the file that the toolkit's default ``model_fn`` opens."""

ENTRY_POINT_PATH = "code/inference.py"
"""Where the PyTorch layout keeps the entry point (SageMaker inference toolkit, ``environment.py``:
``DEFAULT_MODULE_NAME`` in ``code_dir``)."""

REQUIREMENTS_PATH = "code/requirements.txt"
"""What the PyTorch images install by pip when they start (inference toolkit, ``model_server.py``)."""


class Layout(StrEnum):
    """The layouts of archives.

    ``TRITON``: a Triton model repository (Triton user guide, "Model Repository").

    ``PYTORCH``: ``model.pt`` at the root and the entry point in ``code/`` (SageMaker Python SDK, "Using
    PyTorch with the SageMaker Python SDK", "Model Directory Structure").
    """

    TRITON = "triton"
    PYTORCH = "pytorch"
