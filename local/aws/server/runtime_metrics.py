"""SageMaker's metrics of endpoints and inference components, published to the local CloudWatch.

Names, units and dimensions: SageMaker developer guide, "Metrics for monitoring Amazon SageMaker AI with
Amazon CloudWatch", endpoint invocation metrics and inference component metrics. Every datum carries the
time at which its period began.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from local.aws.server import ministack_cloudwatch
from local.aws.server.data_plane import Traffic
from local.aws.server.scope import Scope
from local.aws.server.traffic_counts import TrafficCounts

__all__ = ["NAMESPACE", "MetricPublisher", "Served"]

NAMESPACE = "AWS/SageMaker"
_TICK_SECONDS = 10
_MINUTE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Served:
    """What a metric is published of.

    Attributes:
        scope: where.
        key: how the data plane counts it: a component's name, or an endpoint's and a variant's.
        dimensions: of its metrics.
        per: ``Copy`` or ``Instance``.
        capacity: how many of these are in service.
    """

    scope: Scope
    key: tuple[str, ...]
    dimensions: tuple[tuple[str, str], ...]
    per: str
    capacity: int


class TrafficSource(Protocol):
    """The data plane."""

    def take_traffic(self) -> Traffic:
        """Return what went through since the last call."""
        ...


class MetricPublisher:
    """Publishes every ten seconds what changes quickly, and the rest every minute.

    Args:
        traffic: what is counted.
        served: everything that is served now.
    """

    def __init__(self, traffic: TrafficSource, served: Callable[[], Iterable[Served]]) -> None:
        self._traffic = traffic
        self._served = served
        self._minute: dict[tuple[Scope, tuple[str, ...]], TrafficCounts] = {}

    def publish(self, now: int) -> None:
        """Publish what ended at ``now``, the end of a period of ten seconds."""
        counted = dict(_counted(self._traffic.take_traffic()))
        for each in self._served():
            key = (each.scope, each.key)
            counts = counted.get(key, TrafficCounts())
            self._publish_quick(each, counts, now - _TICK_SECONDS)
            total = self._minute.get(key, TrafficCounts()) + counts
            if now % _MINUTE_SECONDS:
                self._minute[key] = total
            else:
                self._minute.pop(key, None)
                self._publish_minute(each, total, now - _MINUTE_SECONDS)

    def _publish_quick(self, served: Served, counts: TrafficCounts, began: float) -> None:
        if counts.no_capacity:
            _put(served, "NoCapacityInvocationFailures", "Count", {1.0: counts.no_capacity}, began)
        if served.capacity:
            name = "ConcurrentRequestsPerCopy" if served.per == "Copy" else "ConcurrentRequestsPerModel"
            _put(served, name, "Count", {counts.concurrency / served.capacity: 1.0}, began)

    def _publish_minute(self, served: Served, counts: TrafficCounts, began: float) -> None:
        if served.capacity:
            per_unit = counts.invocations / served.capacity
            _put(served, f"InvocationsPer{served.per}", "None", {per_unit: 1.0}, began)
        if not counts.invocations:
            return
        _put(served, "Invocations", "None", {1.0: counts.invocations}, began)
        for name, failed in (("4XX", counts.errors_4xx), ("5XX", counts.errors_5xx)):
            values = {1.0: float(failed), 0.0: float(counts.invocations - failed)}
            _put(served, f"Invocation{name}Errors", "None", _without_none(values), began)
        if counts.latencies_microseconds:
            latencies = {value: float(count) for value, count in counts.latencies_microseconds.items()}
            _put(served, "ModelLatency", "Microseconds", latencies, began)


def _counted(traffic: Traffic) -> Iterator[tuple[tuple[Scope, tuple[str, ...]], TrafficCounts]]:
    for (scope, component), counts in traffic.components.items():
        yield (scope, (component,)), counts
    for (scope, endpoint, variant), counts in traffic.variants.items():
        yield (scope, (endpoint, variant)), counts


def _without_none(values: dict[float, float]) -> dict[float, float]:
    return {value: count for value, count in values.items() if count}


def _put(served: Served, name: str, unit: str, values: dict[float, float], began: float) -> None:
    ministack_cloudwatch.put_metric(
        served.scope,
        NAMESPACE,
        name,
        dict(served.dimensions),
        timestamp=began,
        unit=unit,
        values=values,
    )
