"""What a multi-model container's loading came to since it was last asked: the raw material of its metrics."""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["LoadingCounter", "LoadingCounts"]

_WAIT, _DOWNLOAD, _LOAD, _UNLOAD = (
    "ModelLoadingWaitTime",
    "ModelDownloadingTime",
    "ModelLoadingTime",
    "ModelUnloadingTime",
)


@dataclass(frozen=True, slots=True)
class LoadingCounts:
    """The loading of a while.

    Attributes:
        hits: requests whose model was loaded already.
        misses: requests whose model wasn't.
        microseconds: by metric, how often something took how long.
    """

    hits: int = 0
    misses: int = 0
    microseconds: Mapping[str, Mapping[float, int]] = field(default_factory=dict)


class LoadingCounter:
    """Counts. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hits = self._misses = 0
        self._microseconds: dict[str, Counter[float]] = {}

    def hit(self) -> None:
        """Count a request whose model is loaded."""
        with self._lock:
            self._hits += 1

    def miss(self) -> None:
        """Count a request whose model isn't."""
        with self._lock:
            self._misses += 1

    def waited(self, seconds: float) -> None:
        """Count how long a request waited for its model."""
        self._count(_WAIT, seconds)

    def downloaded(self, seconds: float) -> None:
        """Count a download."""
        self._count(_DOWNLOAD, seconds)

    def loaded(self, seconds: float) -> None:
        """Count what the container took to load a model."""
        self._count(_LOAD, seconds)

    def unloaded(self, seconds: float) -> None:
        """Count what the container took to unload a model."""
        self._count(_UNLOAD, seconds)

    def take(self) -> LoadingCounts:
        """Return the counts and begin anew."""
        with self._lock:
            counts = LoadingCounts(self._hits, self._misses, self._microseconds)
            self._hits = self._misses = 0
            self._microseconds = {}
        return counts

    def _count(self, metric: str, seconds: float) -> None:
        with self._lock:
            self._microseconds.setdefault(metric, Counter())[float(round(seconds * 1e6))] += 1
