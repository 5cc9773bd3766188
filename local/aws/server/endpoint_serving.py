"""Serves an endpoint's variants with real Tritons: fetch the artifact, unpack it, start a server on it.

One Triton answers for each production variant, whatever its instance count: further instances on the same
machine would share the same cores, so they would prove nothing. The log says so where a variant asks for
more.
"""

import logging
import shutil
import tempfile
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from local.aws.server.errors import LaunchError, UnhealthyError
from local.aws.server.fleet import Fleet, VariantPlan, VariantServer
from local.aws.server.scope import Scope
from local.aws.server.served_model import (
    DEFAULT_STARTUP_SECONDS,
    ModelUnpacker,
    only_container,
)

__all__ = ["TritonFleetLauncher"]

_logger = logging.getLogger("seatrial.endpoints")

_STARTUP_MEMBER = "ContainerStartupHealthCheckTimeoutInSeconds"
_STOP_SECONDS = 0.0
"""A Triton is stopped when its requests are done, or are broken off: nothing is left to wait for."""


class TritonFleetLauncher:
    """Starts and stops the Tritons of fleets.

    Args:
        folder: under which fleets keep what they serve.
        unpacker: fetches and unpacks models.
    """

    def __init__(self, folder: Path, unpacker: ModelUnpacker) -> None:
        self._folder = folder
        self._unpacker = unpacker
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
        subnet_ids = (plan.model.get("VpcConfig") or {}).get("Subnets", [])
        startup_seconds = plan.variant.get(_STARTUP_MEMBER, DEFAULT_STARTUP_SECONDS)
        try:
            model = self._unpacker.unpack(
                scope, only_container(plan.model), subnet_ids, folder / "model", startup_seconds
            )
            server, overlays = model.start(label, f"{folder.parent.name}.{plan.name}")
        except UnhealthyError as error:
            raise _unhealthy(plan, str(error)) from error
        instances = plan.variant.get("InitialInstanceCount", 1)
        if instances > 1:
            _logger.warning("%s: one Triton answers for its %d instances", label, instances)
        return VariantServer(plan.name, plan.variant["InitialVariantWeight"], model.serving, server, overlays)


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
