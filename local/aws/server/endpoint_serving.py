"""Serves an endpoint's variants with real Tritons: fetch the artifact, unpack it, start a server on it.

One Triton answers for each production variant, whatever its ``InitialInstanceCount``: further instances on
the same machine would share the same cores, so they would prove nothing. The log says so where a variant asks
for more.
"""

import logging
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.aws.server.artifact_download import ArtifactDownload
from local.aws.server.errors import LaunchError
from local.aws.server.fleet import Fleet, VariantPlan, VariantServer
from local.aws.server.models import containers_of
from local.aws.server.scope import Scope
from local.aws.server.triton_container import TritonContainer
from local.triton.errors import ServeRuleError, TritonError, TritonStartError
from local.triton.runtime import TritonRuntime
from local.triton.sagemaker_contract import ServingPlan, serving_plan
from local.triton.server import TritonServer

__all__ = ["TritonFleetLauncher"]

_logger = logging.getLogger("seatrial.endpoints")

_STARTUP_MEMBER = "ContainerStartupHealthCheckTimeoutInSeconds"
_STARTUP_SECONDS = 300.0
"""Where the variant doesn't say."""
_STOP_SECONDS = 0.0
"""A Triton is stopped when its requests are done, or are broken off: nothing is left to wait for."""


class TritonFleetLauncher:
    """Starts and stops the Tritons of fleets.

    Args:
        project_root: where Triton's environment is.
        folder: under which fleets keep what they serve, and their logs.
        download: fetches artifacts.
    """

    def __init__(self, project_root: Path, folder: Path, download: ArtifactDownload) -> None:
        self._project_root = project_root
        self._folder = folder
        self._download = download
        self._lock = threading.Lock()
        self._running: dict[Fleet, Path] = {}

    def launch(self, scope: Scope, endpoint: str, plans: tuple[VariantPlan, ...]) -> Fleet:
        """Return a fleet whose every server is ready.

        Raises:
            LaunchError: one isn't; none is left running.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f"{endpoint}.", dir=self._folder))
        with ThreadPoolExecutor(max_workers=max(1, len(plans)), thread_name_prefix=endpoint) as pool:
            starts = [pool.submit(self._start, scope, endpoint, plan, folder / plan.name) for plan in plans]
        failures = [error for start in starts if (error := start.exception()) is not None]
        if failures:
            _stop_all(start.result().server for start in starts if start.exception() is None)
            shutil.rmtree(folder, ignore_errors=True)
            raise failures[0]
        fleet = Fleet(scope, endpoint, tuple(start.result() for start in starts))
        with self._lock:
            self._running[fleet] = folder
        return fleet

    def stop(self, fleet: Fleet) -> None:
        """Stop every server of a fleet and remove what it served from."""
        with self._lock:
            folder = self._running.pop(fleet, None)
        _stop_all(variant.server for variant in fleet.variants)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def stop_everything(self) -> None:
        """Stop every fleet, side by side."""
        with self._lock:
            fleets = list(self._running)
        _stop_all(variant.server for fleet in fleets for variant in fleet.variants)
        for fleet in fleets:
            self.stop(fleet)

    def _start(self, scope: Scope, endpoint: str, plan: VariantPlan, folder: Path) -> VariantServer:
        label = f"endpoint {endpoint}, variant {plan.name}"
        container = _only_container(plan)
        repository = folder / "model"
        subnet_ids = (plan.model.get("VpcConfig") or {}).get("Subnets", [])
        self._download.unpack(scope, container, subnet_ids, repository)
        environment = dict(container.get("Environment", {}))
        try:
            start = _TritonStart(
                project_root=self._project_root,
                serving=serving_plan(repository, environment),
                repository=repository,
                environment=environment,
                timeout_seconds=plan.variant.get(_STARTUP_MEMBER, _STARTUP_SECONDS),
                log_folder=self._folder.parent / "logs",
                log_stem=f"{folder.parent.name}.{plan.name}",
            )
            triton = start(0)
        except TritonStartError as error:
            _logger.info("%s: everything that Triton said: %s", label, error.log_path)
            raise _unhealthy(plan, f"Triton: {error.cause}") from error
        except ServeRuleError as error:
            raise _unhealthy(plan, f"serve: {error}") from error
        except TritonError as error:
            raise LaunchError(str(error)) from error
        overlays = tuple(map(str, triton.overlays))
        for difference in (*_differences(plan, container, start.serving), *overlays):
            _logger.warning("%s: %s", label, difference)
        _logger.info("%s: Triton is process %d; its log: %s", label, triton.pid, triton.log.path)
        return VariantServer(
            plan.name,
            plan.variant["InitialVariantWeight"],
            start.serving,
            TritonContainer(label, triton, start),
            overlays,
        )


@dataclass(frozen=True, slots=True)
class _TritonStart:
    """Starts a variant's Triton, the first one and each that follows one that died.

    Attributes:
        project_root: where Triton's environment is.
        serving: what the container's ``serve`` makes of the artifact.
        repository: the unpacked artifact.
        environment: of the container.
        timeout_seconds: for loading.
        log_folder: where its logs go, one for each process, so that the one that died can tell why.
        log_stem: how their names begin.
    """

    project_root: Path
    serving: ServingPlan
    repository: Path
    environment: Mapping[str, str]
    timeout_seconds: float
    log_folder: Path
    log_stem: str

    def __call__(self, restarts: int) -> TritonServer:
        """Start it, given how often that was done before.

        Raises:
            TritonError: it doesn't become ready.
        """
        again = f".restart-{restarts}" if restarts else ""
        return TritonServer.start(
            TritonRuntime.locate(self.project_root),
            self.repository,
            models=self.serving.load_models,
            startup_timeout_seconds=self.timeout_seconds,
            log_path=self.log_folder / f"{self.log_stem}{again}.log",
            extra_arguments=self.serving.arguments,
            environment=self.environment,
        )


def _differences(plan: VariantPlan, container: Mapping[str, Any], serving: ServingPlan) -> Iterator[str]:
    """Yield what a user should know of a variant that is served otherwise than AWS would serve it."""
    yield f"image {container.get('Image')} is not run: the laptop's own Triton answers"
    instances = plan.variant.get("InitialInstanceCount", 1)
    if instances > 1:
        yield f"one Triton answers for its {instances} instances"
    for ignored in serving.ignored:
        yield f"{ignored.setting} makes no difference: {ignored.reason}"


def _only_container(plan: VariantPlan) -> Mapping[str, Any]:
    containers = containers_of(plan.model)
    if len(containers) != 1:
        raise LaunchError(
            f"model {plan.model['ModelName']} has {len(containers)} containers; an inference pipeline can't "
            "be served on the laptop"
        )
    if containers[0].get("Mode") == "MultiModel":
        raise LaunchError(
            f"model {plan.model['ModelName']} is a multi-model container, which can't be served on the laptop"
        )
    return containers[0]


def _unhealthy(plan: VariantPlan, cause: str) -> LaunchError:
    return LaunchError(
        f"The primary container for production variant {plan.name} did not pass the ping health check. "
        f"Please check CloudWatch logs for this endpoint. {cause}"
    )


def _stop_all(servers: Any) -> None:  # noqa: ANN401 - an iterable of servers of any make
    with ThreadPoolExecutor(thread_name_prefix="stop") as pool:
        stops: list[Future[None]] = [pool.submit(server.stop, _STOP_SECONDS) for server in servers]
    for stop in stops:
        if error := stop.exception():
            _logger.error("a Triton could not be stopped: %s", error)
