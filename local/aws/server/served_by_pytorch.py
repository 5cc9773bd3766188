"""A model as SageMaker's PyTorch images serve it: its artifact unpacked, and the servers started on it."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.aws.server.errors import LaunchError, UnhealthyError
from local.aws.server.served_container import ServedContainer
from local.pytorch import PyTorchRuntime, PyTorchServer, PyTorchServerError, PyTorchStartError
from local.pytorch.contract import PyTorchPlan, pytorch_plan

__all__ = ["ServedByPyTorch"]

_logger = logging.getLogger("seatrial.endpoints")

_ELASTIC_INFERENCE_IMAGE = "pytorch-inference-eia"


@dataclass(frozen=True, slots=True)
class ServedByPyTorch:
    """An unpacked artifact with an entry point, on which any number of servers are started.

    Attributes:
        project_root: where the environment with PyTorch is.
        container: in the API's shape.
        serving: what the container makes of the artifact.
        model_folder: the unpacked artifact.
        startup_seconds: how long loading may take.
        log_folder: where the servers' logs go.
    """

    project_root: Path
    container: Mapping[str, Any]
    serving: PyTorchPlan
    model_folder: Path
    startup_seconds: float
    log_folder: Path

    @classmethod
    def of(
        cls,
        project_root: Path,
        container: Mapping[str, Any],
        model_folder: Path,
        startup_seconds: float,
        log_folder: Path,
    ) -> "ServedByPyTorch":
        """Return what a PyTorch container makes of an unpacked artifact."""
        serving = pytorch_plan(model_folder, dict(container.get("Environment", {})))
        return cls(project_root, container, serving, model_folder, startup_seconds, log_folder)

    def start(self, label: str, log_stem: str) -> tuple[ServedContainer, tuple[str, ...]]:
        """Start a server and return it; nothing of the artifact is served differently.

        Args:
            label: what the log calls it.
            log_stem: how the names of its logs begin: one for each process.

        Raises:
            UnhealthyError: it doesn't become ready.
            LaunchError: this machine can't run it.
        """

        def launch(restarts: int) -> PyTorchServer:
            again = f".restart-{restarts}" if restarts else ""
            return PyTorchServer.start(
                PyTorchRuntime.locate(self.project_root),
                self.model_folder,
                startup_timeout_seconds=self.startup_seconds,
                log_path=self.log_folder / f"{log_stem}{again}.log",
                environment=self.container.get("Environment", {}),
            )

        try:
            server = launch(0)
        except PyTorchStartError as error:
            _logger.info("%s: everything that the PyTorch server said: %s", label, error.log_path)
            raise UnhealthyError(f"PyTorch: {error.cause}") from error
        except PyTorchServerError as error:
            raise LaunchError(str(error)) from error
        for difference in self._differences():
            _logger.warning("%s: %s", label, difference)
        _logger.info("%s: the PyTorch server is process %d; its log: %s", label, server.pid, server.log_path)
        return ServedContainer(label, server, launch, kind="PyTorch"), ()

    def _differences(self) -> Iterator[str]:
        """Yield what a user should know of a container that is served otherwise than AWS would serve it."""
        image = str(self.container.get("Image"))
        yield f"image {image} is not run: the laptop's own PyTorch and inference toolkit answer"
        if _ELASTIC_INFERENCE_IMAGE in image:
            yield "there is no Elastic Inference accelerator: the default functions compute on the CPU"
        yield from self.serving.ignored
