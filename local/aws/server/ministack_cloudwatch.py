"""CloudWatch's private names in ministack: metrics and alarms."""

# Private names of ministack's are what this file is for.
# ruff: noqa: SLF001

from collections.abc import Iterator, Mapping
from typing import Any

from ministack.core import responses as _responses
from ministack.services import cloudwatch as _cloudwatch

from local.aws.server.scope import Scope

__all__ = [
    "alarm_names",
    "alarms",
    "change_alarm_state",
    "delete_alarm",
    "leave_alarms_to_us",
    "metric_points",
    "metric_statistic",
    "put_alarm",
    "put_metric",
]

Document = dict[str, Any]

_LATE_SECONDS = 3600.0
"""How much later than its time a datum may be published."""


def put_metric(
    scope: Scope,
    namespace: str,
    name: str,
    dimensions: Mapping[str, str],
    *,
    timestamp: float,
    unit: str,
    values: Mapping[float, float],
) -> None:
    """Publish values of a metric, each as often as the mapping says, as PutMetricData does."""
    with _responses.request_scope(scope.account_id, scope.region):
        _cloudwatch._store_datum(
            namespace,
            name,
            dict(dimensions),
            timestamp,
            unit,
            None,
            list(values),
            list(values.values()),
            None,
        )


def metric_points(
    scope: Scope, namespace: str, name: str, dimensions: Mapping[str, str], *, start: float, end: float
) -> list[Document]:
    """Return a metric's data from ``start`` to before ``end``."""
    key = (namespace, name, _cloudwatch._dims_key(dict(dimensions)))
    points: list[Document] = _cloudwatch._metrics.get_scoped(scope.account_id, scope.region, key) or []
    return [point for point in _newest(points, start) if point["Timestamp"] < end]


def _newest(points: list[Document], start: float) -> Iterator[Document]:
    # A metric's data lie in the order in which they came, which is nearly that of their time.
    for point in reversed(points):
        if point["Timestamp"] < start - _LATE_SECONDS:
            return
        if point["Timestamp"] >= start:
            yield point


def metric_statistic(points: list[Document], statistic: str) -> float | None:
    """Return a statistic (``Sum``, ``p99``) over data; None where it has none."""
    if not points:
        return None
    value: float | None = _cloudwatch._stat_value(_cloudwatch._calc_stats(points), statistic, points)
    return value


def alarms() -> list[tuple[Scope, Document]]:
    """Return the metric alarms of every scope."""
    items = _cloudwatch._alarms.all_items()
    return [(Scope(account_id, region), alarm) for (account_id, region, _), alarm in items]


def alarm_names(scope: Scope, state: str) -> list[str]:
    """Return the names of a scope's alarms that are in a state, composite ones too."""
    every = (
        *_cloudwatch._alarms.values_scoped(scope.account_id, scope.region),
        *_cloudwatch._composite_alarms.values_scoped(scope.account_id, scope.region),
    )
    return [alarm["AlarmName"] for alarm in every if alarm["StateValue"] == state]


def put_alarm(scope: Scope, alarm: Document) -> None:
    """Create or change a metric alarm, in the shape of PutMetricAlarm's request."""
    with _responses.request_scope(scope.account_id, scope.region):
        _cloudwatch._put_metric_alarm({}, alarm, is_cbor=False, is_json=True)


def delete_alarm(scope: Scope, name: str) -> None:
    """Delete a metric alarm; one that is gone already is no error."""
    with _responses.request_scope(scope.account_id, scope.region):
        _cloudwatch.cloudformation_delete_metric_alarm(name)


def change_alarm_state(scope: Scope, alarm: Document, state: str, reason: str, *, now: float) -> None:
    """Put an alarm into a state, and have its SNS actions and composite alarms follow."""
    before = alarm["StateValue"]
    alarm.update(StateValue=state, StateReason=reason, StateUpdatedTimestamp=int(now))
    with _responses.request_scope(scope.account_id, scope.region):
        _cloudwatch._record_history(alarm["AlarmName"], before, state, reason)
        _cloudwatch._dispatch_alarm_actions(alarm, before, state, reason)
        _cloudwatch._evaluate_parent_alarms(alarm)


def leave_alarms_to_us() -> None:
    """Have ministack evaluate no alarm by itself: it heeds neither dimensions nor periods nor our clock."""
    _cloudwatch._evaluate_alarm = lambda alarm: None  # noqa: ARG005 - ministack's signature
