"""What went to a variant's or a component's models since it was last asked: the raw material of metrics."""

import math
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

__all__ = ["TrafficCounter", "TrafficCounts"]

_SIGNIFICANT_DIGITS = 2
"""Of a latency: what a percentile of them then errs by, at most 5 %, in return for few distinct values."""


@dataclass(frozen=True, slots=True)
class TrafficCounts:
    """The traffic of a while.

    Attributes:
        invocations: requests that went to a model.
        errors_4xx: of those, answered by the model with 4xx.
        errors_5xx: answered with 5xx, or not at all.
        no_capacity: requests that came while there was no copy.
        concurrency: requests in flight, averaged over the while.
        latencies_microseconds: how often the model took how long, rounded to two digits.
    """

    invocations: int = 0
    errors_4xx: int = 0
    errors_5xx: int = 0
    no_capacity: int = 0
    concurrency: float = 0.0
    latencies_microseconds: Mapping[float, int] = field(default_factory=dict)

    def __add__(self, later: "TrafficCounts") -> "TrafficCounts":
        """Return both together; the concurrency is the later one's."""
        return TrafficCounts(
            self.invocations + later.invocations,
            self.errors_4xx + later.errors_4xx,
            self.errors_5xx + later.errors_5xx,
            self.no_capacity + later.no_capacity,
            later.concurrency,
            Counter(self.latencies_microseconds) + Counter(later.latencies_microseconds),
        )


class TrafficCounter:
    """Counts. Touched by the data plane's loop alone.

    Args:
        clock: seconds, for averages over time.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._in_flight = 0
        self._request_seconds = 0.0
        self._since = self._changed_at = clock()
        self._invocations = self._errors_4xx = self._errors_5xx = self._no_capacity = 0
        self._latencies: Counter[float] = Counter()

    def begin(self) -> None:
        """Count a request that goes to a model."""
        self._settle()
        self._in_flight += 1
        self._invocations += 1

    def end(self, status: int | None, seconds: float) -> None:
        """Count its end.

        Args:
            status: the model's HTTP status; 0 if it did not answer, None if the client went away before.
            seconds: how long it took.
        """
        self._settle()
        self._in_flight -= 1
        if status is None:
            return
        if status == 0 or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self._errors_5xx += 1
        elif status >= HTTPStatus.BAD_REQUEST:
            self._errors_4xx += 1
        self._latencies[_rounded(seconds * 1e6)] += 1

    def refuse(self) -> None:
        """Count a request that came while there was no copy."""
        self._no_capacity += 1

    def take(self) -> TrafficCounts:
        """Return the counts and begin anew."""
        self._settle()
        elapsed_seconds = self._changed_at - self._since
        counts = TrafficCounts(
            self._invocations,
            self._errors_4xx,
            self._errors_5xx,
            self._no_capacity,
            # An advanced clock leaves no real time in between: then what is in flight now is the average.
            self._request_seconds / elapsed_seconds if elapsed_seconds > 1.0 else float(self._in_flight),
            dict(self._latencies),
        )
        self._invocations = self._errors_4xx = self._errors_5xx = self._no_capacity = 0
        self._latencies.clear()
        self._request_seconds = 0.0
        self._since = self._changed_at
        return counts

    def _settle(self) -> None:
        now = self._clock()
        self._request_seconds += self._in_flight * (now - self._changed_at)
        self._changed_at = now


def _rounded(value: float) -> float:
    if value <= 0:
        return 0.0
    return round(value, _SIGNIFICANT_DIGITS - 1 - math.floor(math.log10(value)))
