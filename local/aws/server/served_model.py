"""A model as it is served: its artifact unpacked, and the Tritons that are started on it."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.aws.server.artifact_download import ArtifactDownload
from local.aws.server.errors import LaunchError, ServerError
from local.aws.server.models import containers_of
from local.aws.server.scope import Scope
from local.aws.server.triton_container import TritonContainer
from local.triton.errors import ServeRuleError, TritonError, TritonStartError
from local.triton.runtime import TritonRuntime
from local.triton.sagemaker_contract import ServingPlan, serving_plan
from local.triton.server import TritonServer

__all__ = ["DEFAULT_STARTUP_SECONDS", "ModelUnpacker", "ServedModel", "UnhealthyError", "only_container"]

_logger = logging.getLogger("seatrial.endpoints")

DEFAULT_STARTUP_SECONDS = 300.0
"""Where no one says how long loading may take."""


class UnhealthyError(ServerError):
    """A container would not pass its health check; the message is the cause."""


@dataclass(frozen=True, slots=True)
class ServedModel:
    """An unpacked artifact, on which any number of Tritons are started.

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

    def start(self, label: str, log_stem: str) -> tuple[TritonContainer, tuple[str, ...]]:
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
        return TritonContainer(label, triton, launch), overlays

    def _differences(self) -> Iterator[str]:
        """Yield what a user should know of a container that is served otherwise than AWS would serve it."""
        yield f"image {self.container.get('Image')} is not run: the laptop's own Triton answers"
        for ignored in self.serving.ignored:
            yield f"{ignored.setting} makes no difference: {ignored.reason}"


class ModelUnpacker:
    """Makes served models of containers.

    Args:
        project_root: where Triton's environment is.
        log_folder: where Tritons log.
        download: fetches artifacts.
    """

    def __init__(self, project_root: Path, log_folder: Path, download: ArtifactDownload) -> None:
        self._project_root = project_root
        self._log_folder = log_folder
        self._download = download

    def unpack(
        self,
        scope: Scope,
        container: Mapping[str, Any],
        subnet_ids: Sequence[str],
        repository: Path,
        startup_seconds: float,
    ) -> ServedModel:
        """Unpack a container's artifact to the new folder ``repository``.

        Raises:
            LaunchError: the artifact can't be read or unpacked.
            UnhealthyError: the container's ``serve`` refuses it.
        """
        self._download.unpack(scope, container, subnet_ids, repository)
        try:
            serving = serving_plan(repository, dict(container.get("Environment", {})))
        except ServeRuleError as error:
            raise UnhealthyError(f"serve: {error}") from error
        except TritonError as error:
            raise LaunchError(str(error)) from error
        return ServedModel(
            self._project_root, container, serving, repository, startup_seconds, self._log_folder
        )


def only_container(model: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a model's one container.

    Raises:
        LaunchError: it has several, or is made for several models.
    """
    containers = containers_of(model)
    if len(containers) != 1:
        raise LaunchError(
            f"model {model['ModelName']} has {len(containers)} containers; an inference pipeline can't "
            "be served on the laptop"
        )
    if containers[0].get("Mode") == "MultiModel":
        raise LaunchError(
            f"model {model['ModelName']} is a multi-model container, which can't be served on the laptop"
        )
    return containers[0]
