"""The models of a multi-model container: loaded when one is first asked, unloaded when room is short.

Sources: SageMaker developer guide, "Multi-model endpoints" (what is cached, and what goes first), "Invoke a
multi-model endpoint" (how long a request waits, and loading goes on) and "Build your own container for
multi-model endpoints" (what SageMaker does when a container answers 507).
"""

import contextlib
import hashlib
import logging
import shutil
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Protocol

from local.aws.server.fleet import ModelServer, SharedServing
from local.aws.server.loading_counts import LoadingCounter
from local.triton import DynamicModel, DynamicModels, ModelLoadError, TritonError
from local.triton.sagemaker_contract import ServingPlan, loaded_model_plan

__all__ = ["LoadedTarget", "TargetModels", "TargetSource"]

_logger = logging.getLogger("seatrial.endpoints")

_LOAD_SECONDS = 360.0
"""SageMaker developer guide, "Invoke a multi-model endpoint": how long loading goes on."""


class TargetSource(Protocol):
    """Brings target models to this machine."""

    def fetch(self, target: str, destination: Path) -> None:
        """Unpack a target model's archive to the new folder ``destination``.

        Raises:
            LaunchError: it can't be read or unpacked; the message is SageMaker's.
        """
        ...


@dataclass(slots=True, eq=False)
class LoadedTarget:
    """A target model that is loaded.

    Attributes:
        model: what Triton has of it.
        plan: how it answers.
        size_bytes: of its unpacked archive.
        in_use: requests that it answers, or is about to.
    """

    model: DynamicModel
    plan: ServingPlan
    size_bytes: int
    in_use: int = 0


class TargetModels(SharedServing):
    """One multi-model container's models. Every method may be called from any thread.

    Fetching, loading and unloading are done by one thread, one after the other.

    Args:
        label: what the log calls the container.
        source: brings archives.
        models: loads them.
        archives: the folder that unpacked archives are kept in, loaded or not.
        memory_limit_bytes: how large the unpacked archives of loaded models may be together; a single larger
            one is loaded all the same.
        kept: whether a model stays loaded after its request (``ModelCacheSetting``).

    Attributes:
        counter: counts what its metrics are made of.
    """

    def __init__(
        self,
        label: str,
        source: TargetSource,
        models: DynamicModels,
        archives: Path,
        *,
        memory_limit_bytes: int,
        kept: bool = True,
    ) -> None:
        self.counter = LoadingCounter()
        self._label = label
        self._source = source
        self._models = models
        self._archives = archives
        self._memory_limit_bytes = memory_limit_bytes
        self._kept = kept
        self._server: ModelServer | None = None
        self._lock = threading.Lock()
        self._loaded: OrderedDict[str, LoadedTarget] = OrderedDict()
        self._sizes_bytes: dict[str, int] = {}
        self._generation = 0
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="target-models")

    @property
    def default_model(self) -> str:
        """The target models that are loaded."""
        with self._lock:
            return ", ".join(self._loaded) or "no model loaded"

    @property
    def loaded(self) -> tuple[str, ...]:
        """The target models that are loaded, the one that is asked least first."""
        with self._lock:
            return tuple(self._loaded)

    def serve_by(self, server: ModelServer) -> None:
        """Load models into ``server`` from now on."""
        self._server = server

    def find(self, target: str) -> LoadedTarget | None:
        """Return a target model that is loaded, which then stays until ``release``; None if it isn't."""
        with self._lock:
            found = self._use(target)
        if found is not None:
            self.counter.hit()
        return found

    def load(self, target: str) -> "Future[LoadedTarget]":
        """Have a target model loaded, if it isn't; it then stays until ``release``.

        The future raises ``LaunchError`` where it can't be fetched, ``ModelLoadError`` where the container
        can't load it, and ``TritonError`` where the container doesn't answer.
        """
        self.counter.miss()
        asked_at = time.monotonic()

        def work() -> LoadedTarget:
            found = self._load(target)
            self.counter.waited(time.monotonic() - asked_at)
            return found

        try:
            return self._worker.submit(work)
        except RuntimeError:  # closed: the endpoint serves something else by now
            refused: Future[LoadedTarget] = Future()
            refused.set_exception(TritonError("the container is being stopped"))
            return refused

    def release(self, loaded: LoadedTarget) -> None:
        """End the use of a target model."""
        with self._lock:
            loaded.in_use -= 1
            idle = loaded.in_use == 0
        if idle and not self._kept:
            with contextlib.suppress(RuntimeError):  # closed: it goes with its container
                self._worker.submit(self._unload_unused, loaded)

    def forget(self) -> None:
        """Take every model for unloaded: the container is about to start again."""
        with self._lock:
            self._generation += 1
            self._loaded.clear()
        self._models.clear()

    def close(self) -> None:
        """Load nothing any more."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    # --- under the lock ---

    def _use(self, target: str) -> LoadedTarget | None:
        found = self._loaded.get(target)
        if found is not None:
            found.in_use += 1
            self._loaded.move_to_end(target)
        return found

    # --- on the worker ---

    def _load(self, target: str) -> LoadedTarget:
        with self._lock:
            if (found := self._use(target)) is not None:
                return found
            generation = self._generation
        archive = self._archives / hashlib.sha256(target.encode()).hexdigest()[:32] / "model"
        if target not in self._sizes_bytes:
            shutil.rmtree(archive, ignore_errors=True)  # what an attempt that failed has left
            with _timed(self.counter.downloaded):
                self._source.fetch(target, archive)
            self._sizes_bytes[target] = _size_bytes(archive)
        size_bytes = self._sizes_bytes[target]
        while self._loaded_bytes() + size_bytes > self._memory_limit_bytes and self._unload_oldest():
            pass
        model = self._load_into_triton(target, archive)
        for overlay in model.overlays:
            _logger.warning("%s, target model %s: %s", self._label, target, overlay)
        loaded = LoadedTarget(model, loaded_model_plan(model.name), size_bytes, in_use=1)
        with self._lock:
            if generation != self._generation:
                raise TritonError("Triton was started again while the model was loaded")
            self._loaded[target] = loaded
        _logger.info("%s: target model %s is loaded", self._label, target)
        return loaded

    def _load_into_triton(self, target: str, archive: Path) -> DynamicModel:
        while True:
            try:
                with _timed(self.counter.loaded):
                    return self._models.load(self._port(), target, archive, _LOAD_SECONDS)
            except ModelLoadError as error:
                if error.status != HTTPStatus.INSUFFICIENT_STORAGE or not self._unload_oldest():
                    raise

    def _loaded_bytes(self) -> int:
        with self._lock:
            return sum(each.size_bytes for each in self._loaded.values())

    def _unload_oldest(self) -> bool:
        """Unload the idle model that was not asked for the longest time; False if there is none."""
        with self._lock:
            idle = next((each for each in self._loaded.values() if not each.in_use), None)
        return idle is not None and self._unload_idle(idle)

    def _unload_unused(self, loaded: LoadedTarget) -> None:
        try:
            self._unload_idle(loaded)
        except TritonError as error:
            name = loaded.model.target
            _logger.error("%s: target model %s can't be unloaded: %s", self._label, name, error)  # noqa: TRY400 - one line says it

    def _unload_idle(self, loaded: LoadedTarget) -> bool:
        target = loaded.model.target
        with self._lock:
            if loaded.in_use or self._loaded.get(target) is not loaded:
                return True
            del self._loaded[target]
        _logger.info("%s: target model %s is unloaded", self._label, target)
        with _timed(self.counter.unloaded):
            self._models.unload(self._port(), loaded.model)
        return True

    def _port(self) -> int:
        port = None if self._server is None else self._server.http_port
        if port is None:
            raise TritonError("Triton is down")
        return port


@contextlib.contextmanager
def _timed(count: Callable[[float], None]) -> Iterator[None]:
    began = time.monotonic()
    yield
    count(time.monotonic() - began)


def _size_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
