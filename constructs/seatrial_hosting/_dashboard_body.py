"""What dashboards show: of components that share instances, and of an endpoint with a model of its own.

Metrics, their dimensions and statistics: SageMaker developer guide, "Amazon SageMaker AI metrics in Amazon
CloudWatch".
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from seatrial_hosting._template_json import Properties
from seatrial_hosting.component import COMPONENT_NAMESPACE
from seatrial_hosting.endpoint import INSTANCE_NAMESPACE, INVOCATION_NAMESPACE

__all__ = ["DASHBOARD_TYPE", "components_body", "endpoint_body"]

DASHBOARD_TYPE = "AWS::CloudWatch::Dashboard"

_WIDTH, _HEIGHT = 6, 6
_Metric = list[object]


def components_body(
    region: str, endpoint_name: str, variant_name: str, component_names: Sequence[str]
) -> str:
    """Return a dashboard's body: a row for the endpoint's reservation, and one for each component."""
    where = ["EndpointName", endpoint_name, "VariantName", variant_name]
    reserved: list[_Metric] = [
        [INSTANCE_NAMESPACE, metric, *where]
        for metric in ("CPUReservation", "MemoryReservation", "GPUReservation")
    ]
    rows = [[_graph(region, f"{endpoint_name}: reserved, per cent", "Average", reserved)]]
    rows += [_component_row(region, name) for name in component_names]
    return _body(rows)


def endpoint_body(
    region: str,
    endpoint_name: str,
    variant_name: str,
    *,
    loads_models: bool = False,
    container_names: Sequence[str] = (),
) -> str:
    """Return the body of a dashboard of an endpoint with models of its own.

    Args:
        region: where it is.
        endpoint_name: the endpoint.
        variant_name: its variant.
        loads_models: whether it is a multi-model one, which has a row for its loading.
        container_names: of several containers, which have a row of their own.
    """
    where = ["EndpointName", endpoint_name, "VariantName", variant_name]
    invocations: list[_Metric] = [
        [INVOCATION_NAMESPACE, metric, *where] for metric in ("Invocations", "InvocationsPerInstance")
    ]
    # Percentiles are documented for the model's latency alone.
    overhead: list[_Metric] = [
        [INVOCATION_NAMESPACE, "OverheadLatency", *where, {"stat": statistic, "label": statistic.lower()}]
        for statistic in ("Average", "Maximum")
    ]
    failures: list[_Metric] = [
        [INVOCATION_NAMESPACE, metric, *where]
        for metric in ("Invocation4XXErrors", "Invocation5XXErrors", "InvocationModelErrors")
    ]
    of_one: list[_Metric] = [
        [INSTANCE_NAMESPACE, f"{what}Utilization", *where] for what in ("CPU", "GPU", "GPUMemory")
    ]
    of_all: list[_Metric] = [
        [INSTANCE_NAMESPACE, f"{what}Utilization", *where] for what in ("Memory", "Disk")
    ]
    further = [_loading_row(region, where)] if loads_models else []
    further += [_container_row(region, where, container_names)] if container_names else []
    return _body(
        [
            [
                _graph(region, "invocations", "Sum", invocations),
                _graph(region, "container latency, microseconds", "p99", _latency(where)),
                _graph(region, "overhead latency, microseconds", "Average", overhead),
                _graph(region, "failed requests", "Sum", failures),
            ],
            [
                _graph(region, "used of one core or GPU, per cent", "Average", of_one),
                _graph(region, "used of all memory and disk, per cent", "Average", of_all),
            ],
            *further,
        ]
    )


def _loading_row(region: str, where: Sequence[str]) -> list[Properties]:
    times: list[_Metric] = [
        [INVOCATION_NAMESPACE, f"Model{what}Time", *where]
        for what in ("LoadingWait", "Downloading", "Loading", "Unloading")
    ]
    return [
        _graph(
            region,
            "requests whose model was loaded, of 1",
            "Average",
            [[INVOCATION_NAMESPACE, "ModelCacheHit", *where]],
        ),
        _graph(region, "loading of models, microseconds", "Average", times),
        _graph(region, "loaded models", "Maximum", [[INSTANCE_NAMESPACE, "LoadedModelCount", *where]]),
    ]


def _container_row(region: str, where: Sequence[str], names: Sequence[str]) -> list[Properties]:
    # SageMaker developer guide, "Metrics for multi-container endpoints with direct invocation", and
    # "Inference Pipeline Logs and Metrics".
    def of_each(metric: str) -> list[_Metric]:
        return [
            [INVOCATION_NAMESPACE, metric, *where, "ContainerName", name, {"label": name}] for name in names
        ]

    return [
        _graph(region, "latency by container, microseconds", "Average", of_each("ContainerLatency")),
        _graph(region, "failed requests by container", "Sum", of_each("Invocation5XXErrors")),
    ]


def _body(rows: Sequence[Sequence[Properties]]) -> str:
    widgets = [
        {"x": column * _WIDTH, "y": row * _HEIGHT, "width": _WIDTH, "height": _HEIGHT, **widget}
        for row, columns in enumerate(rows)
        for column, widget in enumerate(columns)
    ]
    return json.dumps({"widgets": widgets}, separators=(",", ":"))


def _latency(where: Sequence[str]) -> list[_Metric]:
    return [
        [INVOCATION_NAMESPACE, "ModelLatency", *where, {"stat": statistic, "label": statistic}]
        for statistic in ("p50", "p90", "p99")
    ]


def _component_row(region: str, name: str) -> list[Properties]:
    where = ["InferenceComponentName", name]
    invocations: list[_Metric] = [
        [INVOCATION_NAMESPACE, "Invocations", *where, {"id": "all", "visible": False}],
        [INVOCATION_NAMESPACE, "InvocationsPerCopy", *where, {"id": "each", "label": "invocations per copy"}],
        # No metric counts copies; under load their quotient does.
        [{"expression": "all / each", "label": "copies that answered", "yAxis": "right"}],
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
        _graph(region, f"{name}: copies that answered", "Sum", invocations),
        _graph(region, f"{name}: model latency, microseconds", "p99", _latency(where)),
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
