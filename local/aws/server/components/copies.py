"""Copies of a component: each is a server of its own, on the one unpacked artifact of its revision."""

import itertools
import logging
import shutil
import tempfile
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from local.aws.server.components.specification import ComponentModel
from local.aws.server.errors import LaunchError, UnhealthyError
from local.aws.server.fleet import VariantServer
from local.aws.server.scope import Scope
from local.aws.server.served_model import ModelUnpacker, ServedModel

__all__ = ["CopyLauncher", "Revision", "RunningCopy", "TritonCopyLauncher"]

_logger = logging.getLogger("seatrial.components")

_WEIGHT = 1.0
_STOP_SECONDS = 0.0
"""A copy is stopped when its requests are done, or are broken off: nothing is left to wait for."""


@dataclass(frozen=True, slots=True, eq=False)
class Revision:
    """What copies of a component serve, from one update of its specification to the next.

    Attributes:
        component: whose it is.
        variant: on which production variant.
        model: what the specification says.
        served: the unpacked artifact.
        folder: which goes with the revision.
    """

    component: str
    variant: str
    model: ComponentModel
    served: ServedModel | None
    folder: Path


@dataclass(frozen=True, slots=True, eq=False)
class RunningCopy:
    """A copy in service.

    Attributes:
        copy_id: unique on the endpoint.
        revision: what it serves.
        server: what answers.
    """

    copy_id: str
    revision: Revision
    server: VariantServer


class CopyLauncher(Protocol):
    """Prepares revisions, starts and stops copies; every call blocks."""

    def prepare(self, scope: Scope, component: str, variant: str, model: ComponentModel) -> Revision:
        """Fetch and unpack what a component serves.

        Raises:
            LaunchError: that can't be done.
        """
        ...

    def start(self, revision: Revision, copy_id: str) -> RunningCopy:
        """Start a copy and wait until it is healthy.

        Raises:
            LaunchError: it isn't in time.
        """
        ...

    def stop(self, copies: tuple[RunningCopy, ...]) -> None:
        """Stop copies, side by side."""
        ...

    def discard(self, revision: Revision) -> None:
        """Remove what no copy serves any more."""
        ...


class TritonCopyLauncher:
    """Runs copies as Tritons.

    Args:
        folder: under which revisions keep what they serve.
        unpacker: fetches and unpacks models.
    """

    def __init__(self, folder: Path, unpacker: ModelUnpacker) -> None:
        self._folder = folder
        self._unpacker = unpacker
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._running: set[RunningCopy] = set()

    def prepare(self, scope: Scope, component: str, variant: str, model: ComponentModel) -> Revision:
        """Fetch and unpack what a component serves.

        Raises:
            LaunchError: that can't be done.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f"{component}.", dir=self._folder))
        try:
            served = self._unpacker.unpack(
                scope, model.container, model.network, folder / "model", model.startup_seconds
            )
        except UnhealthyError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise _unhealthy(component, error) from error
        except LaunchError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return Revision(component, variant, model, served, folder)

    def start(self, revision: Revision, copy_id: str) -> RunningCopy:
        """Start a copy and wait until it is healthy.

        Raises:
            LaunchError: it isn't in time.
        """
        if revision.served is None:
            raise LaunchError(f"inference component {revision.component} has nothing to serve")
        label = f"inference component {revision.component}, copy {copy_id}"
        log_stem = f"{revision.folder.name}.copy-{next(self._numbers)}"
        try:
            server, overlays = revision.served.start(label, log_stem)
        except UnhealthyError as error:
            raise _unhealthy(revision.component, error) from error
        copy = RunningCopy(
            copy_id,
            revision,
            VariantServer(revision.variant, _WEIGHT, revision.served.serving, server, overlays),
        )
        with self._lock:
            self._running.add(copy)
        return copy

    def stop(self, copies: tuple[RunningCopy, ...]) -> None:
        """Stop copies, side by side."""
        with ThreadPoolExecutor(thread_name_prefix="stop") as pool:
            stops: list[Future[None]] = [
                pool.submit(copy.server.server.stop, _STOP_SECONDS) for copy in copies
            ]
        for stop in stops:
            if error := stop.exception():
                _logger.error("a Triton could not be stopped: %s", error)
        with self._lock:
            self._running.difference_update(copies)

    def discard(self, revision: Revision) -> None:
        """Remove what no copy serves any more."""
        shutil.rmtree(revision.folder, ignore_errors=True)

    def stop_everything(self) -> None:
        """Stop every copy."""
        with self._lock:
            running = tuple(self._running)
        self.stop(running)


def _unhealthy(component: str, error: UnhealthyError) -> LaunchError:
    return LaunchError(
        f"The primary container for inference component {component} did not pass the ping health check. "
        f"Please check CloudWatch logs for this inference component. {error}"
    )
