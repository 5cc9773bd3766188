"""Where the laptop has PyTorch and SageMaker's PyTorch inference toolkit: in Triton's environment."""

import os
from dataclasses import dataclass
from pathlib import Path

from local.pytorch.errors import PyTorchUnavailableError

__all__ = ["PyTorchRuntime"]

ENVIRONMENT_FOLDER = ".venv-triton"
"""Triton's: it has torch, and a numpy below 2 as AWS's images have it."""

STATE_FOLDER = Path(".seatrial", "pytorch")
_PACKAGES = ("torch", "sagemaker_inference", "sagemaker_pytorch_inference")
_SET_UP = "run `make setup`"


@dataclass(frozen=True, slots=True)
class PyTorchRuntime:
    """An environment that the server can be started from.

    Attributes:
        python: its interpreter.
        state_folder: where running servers keep what goes with them.
    """

    python: Path
    state_folder: Path

    @classmethod
    def locate(cls, project_root: Path) -> "PyTorchRuntime":
        """Find the environment in ``project_root``.

        Raises:
            PyTorchUnavailableError: it, or a package in it, is missing; says what, and what to do.
        """
        folder = project_root.resolve() / ENVIRONMENT_FOLDER
        python = folder / "bin" / "python"
        if not python.exists():
            raise PyTorchUnavailableError(f"there is no environment with PyTorch at {folder}: {_SET_UP}")
        for package in _PACKAGES:
            if not any(folder.glob(f"lib/python3.*/site-packages/{package}-*.dist-info")):
                raise PyTorchUnavailableError(f"{folder} lacks the package {package}: {_SET_UP}")
        return cls(python, project_root.resolve() / STATE_FOLDER)

    @property
    def servers_folder(self) -> Path:
        """Where every running server has a folder of its own."""
        return self.state_folder / "servers"

    def variables(self) -> dict[str, str]:
        """Return the environment variables that the server's process needs."""
        return {
            "PATH": f"{self.python.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            # Threads that spin while they wait would take the cores of the servers beside this one.
            "OMP_WAIT_POLICY": "PASSIVE",
        }
