"""A model as Triton serves it: its artifact unpacked, and the Tritons that are started on it."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.aws.server.errors import LaunchError, UnhealthyError
from local.aws.server.served_container import ServedContainer
from local.triton.errors import ServeRuleError, TritonError, TritonStartError
from local.triton.runtime import TritonRuntime
from local.triton.sagemaker_contract import ServingPlan, serving_plan
from local.triton.server import TritonServer

__all__ = ["ServedByTriton"]

_logger = logging.getLogger("seatrial.endpoints")


@dataclass(frozen=True, slots=True)
class ServedByTriton:
    """An unpacked Triton repository, on which any number of Tritons are started.

    Attributes:
        project_root: where Triton's environment is.
        container: in the API's shape.
        serving: what the container's ``serve`` makes of the artifact.
        repository: the unpacked artifact.
        startup_seconds: how long loading may take.
        log_folder: where the Tritons' logs go.
    """

    project_root: Path
    container: Mapping[str, Any]
    serving: ServingPlan
    repository: Path
    startup_seconds: float
    log_folder: Path

    @classmethod
    def of(
        cls,
        project_root: Path,
        container: Mapping[str, Any],
        repository: Path,
        startup_seconds: float,
        log_folder: Path,
    ) -> "ServedByTriton":
        """Return what a Triton container makes of an unpacked artifact.

        Raises:
            UnhealthyError: the container's ``serve`` refuses it.
            LaunchError: the artifact can't be read.
        """
        try:
            serving = serving_plan(repository, dict(container.get("Environment", {})))
        except ServeRuleError as error:
            raise UnhealthyError(f"serve: {error}") from error
        except TritonError as error:
            raise LaunchError(str(error)) from error
        return cls(project_root, container, serving, repository, startup_seconds, log_folder)

    def start(self, label: str, log_stem: str) -> tuple[ServedContainer, tuple[str, ...]]:
        """Start a Triton and return it with what it serves differently, for want of a GPU, a line each.

        Args:
            label: what the log calls it.
            log_stem: how the names of its logs begin: one for each process, so that the one that died can
                tell why.

        Raises:
            UnhealthyError: it doesn't become ready.
            LaunchError: this machine can't run Triton.
        """

        def launch(restarts: int) -> TritonServer:
            again = f".restart-{restarts}" if restarts else ""
            return TritonServer.start(
                TritonRuntime.locate(self.project_root),
                self.repository,
                models=self.serving.load_models,
                startup_timeout_seconds=self.startup_seconds,
                log_path=self.log_folder / f"{log_stem}{again}.log",
                extra_arguments=self.serving.arguments,
                environment=self.container.get("Environment", {}),
            )

        try:
            triton = launch(0)
        except TritonStartError as error:
            _logger.info("%s: everything that Triton said: %s", label, error.log_path)
            raise UnhealthyError(f"Triton: {error.cause}") from error
        except TritonError as error:
            raise LaunchError(str(error)) from error
        overlays = tuple(map(str, triton.overlays))
        for difference in (*self._differences(), *overlays):
            _logger.warning("%s: %s", label, difference)
        _logger.info("%s: Triton is process %d; its log: %s", label, triton.pid, triton.log.path)
        return ServedContainer(label, triton, launch), overlays

    def _differences(self) -> Iterator[str]:
        """Yield what a user should know of a container that is served otherwise than AWS would serve it."""
        yield f"image {self.container.get('Image')} is not run: the laptop's own Triton answers"
        for ignored in self.serving.ignored:
            yield f"{ignored.setting} makes no difference: {ignored.reason}"
