"""The properties of a component's log group, its alarm on errors, and a dashboard of several."""

from __future__ import annotations

import json
from collections.abc import Sequence

from seatrial_hosting._template_json import Properties, present
from seatrial_hosting.component import COMPONENT_NAMESPACE, LOG_GROUP_PREFIX
from seatrial_hosting.endpoint import INSTANCE_NAMESPACE, INVOCATION_NAMESPACE

__all__ = [
    "DASHBOARD_TYPE",
    "LOG_GROUP_TYPE",
    "alarm_prefix",
    "dashboard_body",
    "log_group_properties",
    "server_errors_alarm_properties",
]

LOG_GROUP_TYPE = "AWS::Logs::LogGroup"
DASHBOARD_TYPE = "AWS::CloudWatch::Dashboard"

_WIDTH, _HEIGHT = 6, 6
_Metric = list[object]


def log_group_properties(component_name: str, retention_days: int, key_arn: object | None) -> Properties:
    """Return the group that a component's containers write to."""
    return present(
        {
            "LogGroupName": f"{LOG_GROUP_PREFIX}{component_name}",
            "RetentionInDays": retention_days,
            "KmsKeyId": key_arn,
        }
    )


def alarm_prefix(endpoint_name: str, component_name: str) -> str:
    """Return what the names of a component's alarms begin with: always the endpoint's name.

    The endpoint's role may see alarms by that beginning alone.
    """
    whole = component_name.startswith(f"{endpoint_name}-")
    return component_name if whole else f"{endpoint_name}-{component_name}"


def server_errors_alarm_properties(
    alarm_name: str, component_name: str, errors_per_minute: int
) -> Properties:
    """Return the alarm on answers with a 5xx status, which also rolls an update back."""
    return {
        "AlarmName": alarm_name,
        "AlarmDescription": f"The model of {component_name} answers requests with errors of its own",
        "Namespace": INVOCATION_NAMESPACE,
        "MetricName": "Invocation5XXErrors",
        "Dimensions": [{"Name": "InferenceComponentName", "Value": component_name}],
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "DatapointsToAlarm": 1,
        "Threshold": errors_per_minute,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
    }


def dashboard_body(region: str, endpoint_name: str, variant_name: str, component_names: Sequence[str]) -> str:
    """Return a dashboard's body: a row for the endpoint's reservation, and one for each component."""
    where = ["EndpointName", endpoint_name, "VariantName", variant_name]
    reserved: list[_Metric] = [
        [INSTANCE_NAMESPACE, metric, *where]
        for metric in ("CPUReservation", "MemoryReservation", "GPUReservation")
    ]
    rows = [[_graph(region, f"{endpoint_name}: reserved, per cent", "Average", reserved)]]
    rows += [_component_row(region, name) for name in component_names]
    widgets = [
        {"x": column * _WIDTH, "y": row * _HEIGHT, "width": _WIDTH, "height": _HEIGHT, **widget}
        for row, columns in enumerate(rows)
        for column, widget in enumerate(columns)
    ]
    return json.dumps({"widgets": widgets}, separators=(",", ":"))


def _component_row(region: str, name: str) -> list[Properties]:
    where = ["InferenceComponentName", name]
    invocations: list[_Metric] = [
        [INVOCATION_NAMESPACE, "Invocations", *where, {"id": "all", "visible": False}],
        [INVOCATION_NAMESPACE, "InvocationsPerCopy", *where, {"id": "each", "label": "invocations per copy"}],
        # No metric counts copies; under load their quotient does.
        [{"expression": "all / each", "label": "copies that answered", "yAxis": "right"}],
    ]
    latency: list[_Metric] = [
        [INVOCATION_NAMESPACE, "ModelLatency", *where, {"stat": statistic, "label": statistic}]
        for statistic in ("p50", "p90", "p99")
    ]
    failures: list[_Metric] = [
        [INVOCATION_NAMESPACE, metric, *where]
        for metric in ("Invocation4XXErrors", "Invocation5XXErrors", "NoCapacityInvocationFailures")
    ]
    utilisation: list[_Metric] = [
        [COMPONENT_NAMESPACE, f"{what}UtilizationNormalized", *where]
        for what in ("CPU", "Memory", "GPU", "GPUMemory")
    ]
    return [
        _graph(region, f"{name}: copies", "Sum", invocations),
        _graph(region, f"{name}: model latency, microseconds", "p99", latency),
        _graph(region, f"{name}: failed requests", "Sum", failures),
        _graph(region, f"{name}: used of what is given, per cent", "Average", utilisation),
    ]


def _graph(region: str, title: str, statistic: str, metrics: Sequence[_Metric]) -> Properties:
    properties = {
        "title": title,
        "region": region,
        "view": "timeSeries",
        "stat": statistic,
        "period": 60,
        "metrics": list(metrics),
    }
    return {"type": "metric", "properties": properties}
