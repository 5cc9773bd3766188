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

from local.aws.server.fleet import Fleet, VariantPlan
from local.aws.server.scope import Scope
from local.aws.server.variant_start import VariantStarter

__all__ = ["TritonFleetLauncher"]

_logger = logging.getLogger("seatrial.endpoints")

_STOP_SECONDS = 0.0
"""A Triton is stopped when its requests are done, or are broken off: nothing is left to wait for."""


class TritonFleetLauncher:
    """Starts and stops the Tritons of fleets.

    Args:
        folder: under which fleets keep what they serve.
        starter: starts the variants.
    """

    def __init__(self, folder: Path, starter: VariantStarter) -> None:
        self._folder = folder
        self._starter = starter
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
            starts = [
                pool.submit(self._starter.start, scope, endpoint, plan, folder / plan.name) for plan in plans
            ]
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


def _stop_all(servers: Any) -> None:  # noqa: ANN401 - an iterable of servers of any make
    with ThreadPoolExecutor(thread_name_prefix="stop") as pool:
        stops: list[Future[None]] = [pool.submit(server.stop, _STOP_SECONDS) for server in servers]
    for stop in stops:
        if error := stop.exception():
            _logger.error("a Triton could not be stopped: %s", error)
