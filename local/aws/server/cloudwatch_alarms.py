"""CloudWatch's metric alarms, evaluated by ``planning.control.alarm`` on the server's clock.

Every alarm looks at its metric when a period of it ends, or each minute where the period is longer. An
alarm that is in ALARM invokes its scaling policies, again and again while it stays there (CloudWatch User
Guide, "Alarm actions": Auto Scaling actions are repeated). Alarms on expressions (``Metrics``) are left
alone.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.aws.server import ministack_cloudwatch
from local.aws.server.scope import Scope
from planning.control.alarm import Alarm, AlarmState, Comparison, MissingData
from planning.control.errors import InvalidPolicyError

__all__ = ["FiredAlarm", "Metric", "datapoints", "evaluate_alarms", "first_in_alarm"]

_logger = logging.getLogger("seatrial.cloudwatch")

_MINUTE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric and how its data become datapoints.

    Attributes:
        namespace: e.g. ``AWS/SageMaker``.
        name: e.g. ``InvocationsPerCopy``.
        dimensions: by name.
        statistic: e.g. ``Sum``.
    """

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    statistic: str


@dataclass(frozen=True, slots=True)
class FiredAlarm:
    """An alarm in ALARM whose metric was just looked at.

    Attributes:
        scope: of the alarm.
        name: its name.
        actions: ARNs of what it invokes.
        threshold: what its datapoints were compared with.
        datapoints: of its evaluation periods, oldest first.
    """

    scope: Scope
    name: str
    actions: tuple[str, ...]
    threshold: float
    datapoints: tuple[float | None, ...]


def datapoints(
    scope: Scope, metric: Metric, *, end: float, period_seconds: int, count: int
) -> list[float | None]:
    """Return a metric's newest datapoints, oldest first; None where a period has none.

    Args:
        scope: of the metric.
        metric: which one.
        end: of the newest period.
        period_seconds: length of each.
        count: how many.
    """
    start = end - count * period_seconds
    points = ministack_cloudwatch.metric_points(
        scope, metric.namespace, metric.name, metric.dimensions, start=start, end=end
    )
    periods: list[list[dict[str, Any]]] = [[] for _ in range(count)]
    for point in points:
        periods[int((point["Timestamp"] - start) // period_seconds)].append(point)
    return [ministack_cloudwatch.metric_statistic(period, metric.statistic) for period in periods]


def evaluate_alarms(now: int) -> list[FiredAlarm]:
    """Look at every alarm that is due, change its state, and return those in ALARM.

    Args:
        now: the clock's time, at the end of a period of ten seconds.
    """
    fired = []
    for scope, document in ministack_cloudwatch.alarms():
        period_seconds = int(document.get("Period") or _MINUTE_SECONDS)
        if document.get("MetricName") and now % min(period_seconds, _MINUTE_SECONDS) == 0:
            try:
                found = _evaluate(scope, document, period_seconds, now)
            except (InvalidPolicyError, ValueError) as error:
                _logger.error("alarm %s can't be evaluated: %s", document["AlarmName"], error)  # noqa: TRY400 - one line says it
                continue
            if found is not None:
                fired.append(found)
    return fired


def first_in_alarm(scope: Scope, names: Sequence[str]) -> str | None:
    """Return the first of these alarms that is in ALARM; None if none is."""
    firing = set(ministack_cloudwatch.alarm_names(scope, AlarmState.ALARM))
    return next((name for name in names if name in firing), None)


def _evaluate(scope: Scope, document: dict[str, Any], period_seconds: int, now: int) -> FiredAlarm | None:
    alarm = Alarm(
        float(document["Threshold"]),
        Comparison(document["ComparisonOperator"]),
        int(document.get("EvaluationPeriods") or 1),
        document.get("DatapointsToAlarm"),
        MissingData(document.get("TreatMissingData") or MissingData.MISSING),
        period_seconds,
    )
    metric = Metric(
        document["Namespace"],
        document["MetricName"],
        {each["Name"]: each["Value"] for each in document.get("Dimensions") or []},
        document.get("ExtendedStatistic") or document.get("Statistic") or "Average",
    )
    values = datapoints(scope, metric, end=now, period_seconds=period_seconds, count=alarm.evaluation_periods)
    before = AlarmState(document["StateValue"])
    state = alarm.evaluate(values, before)
    if state is not before:
        known = ", ".join("none" if value is None else f"{value:g}" for value in values)
        reason = f"Threshold {alarm.comparison} {alarm.threshold:g}, datapoints {known}"
        ministack_cloudwatch.change_alarm_state(scope, document, state, reason, now=now)
        _logger.info("alarm %s is %s: %s", document["AlarmName"], state, reason)
    if state is not AlarmState.ALARM or not document.get("ActionsEnabled", True):
        return None
    return FiredAlarm(
        scope,
        document["AlarmName"],
        tuple(document.get("AlarmActions") or ()),
        alarm.threshold,
        tuple(values),
    )
