"""What SageMaker asks of a PyTorch container, as far as it decides what reaches the server.

Source: SageMaker Python SDK, "Using PyTorch with the SageMaker Python SDK", "Deploy PyTorch Models";
sagemaker-pytorch-inference-toolkit and sagemaker-inference-toolkit (``transformer.py``).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["INVOCATIONS_PATH", "PING_PATH", "PyTorchPlan", "forwarded_headers", "pytorch_plan"]

PING_PATH = "/ping"
INVOCATIONS_PATH = "/invocations"

_DEFAULT_PROGRAM = "inference.py"
_PROGRAM_VARIABLE = "SAGEMAKER_PROGRAM"
_FORWARDED = ("content-type", "accept", "x-amzn-sagemaker-custom-attributes")
_REQUIREMENTS = Path("code", "requirements.txt")


@dataclass(frozen=True, slots=True)
class PyTorchPlan:
    """How a PyTorch container answers.

    Attributes:
        program: the entry point in ``code/``; where there is none, every function is the toolkit's default.
        ignored: what of the artifact makes no difference on this machine, a sentence each.
    """

    program: str
    ignored: tuple[str, ...] = ()

    @property
    def default_model(self) -> str:
        """What answers requests, as reports name it."""
        return self.program


def pytorch_plan(model_folder: Path, environment: Mapping[str, str]) -> PyTorchPlan:
    """Return what a container makes of an unpacked artifact and its environment."""
    ignored = []
    if (model_folder / _REQUIREMENTS).exists():
        ignored.append(f"{_REQUIREMENTS} is not installed: the laptop's environment stays as it is")
    return PyTorchPlan(environment.get(_PROGRAM_VARIABLE, _DEFAULT_PROGRAM), tuple(ignored))


def forwarded_headers(headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return what of a request's headers the container gets; their names are in lower case."""
    names: Collection[str] = _FORWARDED
    return tuple((name, headers[name]) for name in names if name in headers)
