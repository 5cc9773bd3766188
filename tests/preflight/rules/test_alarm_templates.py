"""The rules about alarms in any template."""

from typing import Any

import pytest
from botocore.loaders import Loader

from tests.preflight.rules.template_findings import findings, rules_in

ALARM = "AWS::CloudWatch::Alarm"

Resources = dict[str, tuple[str, dict[str, Any]]]


def metric(name: str, *dimensions: str, namespace: str = "AWS/SageMaker") -> dict[str, Any]:
    """Return a metric with these dimensions."""
    values = [{"Name": each, "Value": "fast" if each == "EndpointName" else "All"} for each in dimensions]
    return {"Namespace": namespace, "MetricName": name, "Dimensions": values}


def alarm(**properties: object) -> Resources:
    return {"Alarm": (ALARM, properties)}


@pytest.mark.parametrize("period", [0, 15, 61, 90])
def test_sea845_periods(period: int) -> None:
    """Of the alarm, and of the metrics that an expression is made of."""
    [finding] = findings(alarm(Period=period), "SEA845")
    assert finding.what == f"Period is {period}."
    assert rules_in(alarm(Metrics=[{"MetricStat": {"Period": period}}]), "SEA845") == ["Alarm"]
    assert rules_in(alarm(Metrics=[{"Expression": "a", "Period": period}]), "SEA845") == ["Alarm"]


@pytest.mark.parametrize("period", [10, 20, 30, 60, 300, {"Ref": "Period"}])
def test_sea845_lets_valid_periods_pass(period: object) -> None:
    """High resolution, whole minutes, and what only the deployment knows."""
    assert rules_in(alarm(Period=period), "SEA845") == []


def test_sea846_looks_back_for_too_long() -> None:
    """A day with short periods, a week with periods of an hour."""
    [finding] = findings(alarm(Period=300, EvaluationPeriods=289), "SEA846")
    assert finding.what == "289 periods of 300 seconds come to 86700 seconds."
    assert finding.allowed == "at most 86400."
    assert rules_in(alarm(Period=300, EvaluationPeriods=288), "SEA846") == []
    assert rules_in(alarm(Period=3600, EvaluationPeriods=168), "SEA846") == []
    assert rules_in(alarm(Period=3600, EvaluationPeriods=169), "SEA846") == ["Alarm"]
    assert rules_in(alarm(Period=3600), "SEA846") == []


@pytest.mark.parametrize("key", ["AlarmActions", "OKActions", "InsufficientDataActions"])
def test_sea849_actions(key: str) -> None:
    """Five for each state, as CloudWatch's service model says."""
    [finding] = findings(alarm(**{key: ["arn"] * 6}), "SEA849")
    assert finding.what == f"{key} has 6."
    assert rules_in(alarm(**{key: ["arn"] * 5}), "SEA849") == []
    shapes = Loader().load_service_model("cloudwatch", "service-2")["shapes"]
    assert shapes[shapes["PutMetricAlarmInput"]["members"][key]["shape"]]["max"] == 5


@pytest.mark.parametrize(
    ("given", "what", "allowed"),
    [
        (
            metric("Invocation5xxErrors", "EndpointName"),
            "The metric is called 'Invocation5xxErrors'.",
            "'Invocation5XXErrors'.",
        ),
        (metric("modelLatency", "EndpointName"), "The metric is called 'modelLatency'.", "'ModelLatency'."),
        (
            metric("GPUUtilization", "EndpointName", "VariantName"),
            "GPUUtilization is looked for in AWS/SageMaker.",
            "/aws/sagemaker/Endpoints.",
        ),
        (
            metric("CpuUtilization", "EndpointName", namespace="/aws/sagemaker/Endpoints"),
            "The metric is called 'CpuUtilization'.",
            "'CPUUtilization'.",
        ),
    ],
)
def test_sea847_names_of_metrics(given: dict[str, Any], what: str, allowed: str) -> None:
    """A name in other case, and a metric of instances in the namespace of invocations."""
    [finding] = findings(alarm(**given), "SEA847")
    assert (finding.what, finding.allowed) == (what, allowed)
    assert rules_in(alarm(Metrics=[{"MetricStat": {"Metric": given}}]), "SEA847") == ["Alarm"]


@pytest.mark.parametrize(
    "given",
    [
        metric("Invocation5XXErrors", "EndpointName", "VariantName"),
        metric("GPUUtilization", "EndpointName", namespace="/aws/sagemaker/Endpoints"),
        metric("SomethingNew", "EndpointName"),
        metric("modelLatency", "EndpointName", namespace="Mine"),
        {"Namespace": "AWS/SageMaker"},
    ],
)
def test_sea847_lets_others_pass(given: dict[str, Any]) -> None:
    """What is written as SageMaker writes it, what nobody here knows, and other namespaces."""
    assert rules_in(alarm(**given), "SEA847") == []


def test_sea848_an_endpoint_without_its_variant() -> None:
    """Metrics of invocations have two dimensions; backlogs one."""
    [finding] = findings(alarm(**metric("ModelLatency", "EndpointName")), "SEA848")
    assert finding.what == "ModelLatency is looked for by EndpointName alone."
    assert rules_in(alarm(**metric("ModelLatency", "EndpointName", "VariantName")), "SEA848") == []
    assert rules_in(alarm(**metric("ModelLatency", "InferenceComponentName")), "SEA848") == []
    assert rules_in(alarm(**metric("ApproximateBacklogSize", "EndpointName")), "SEA848") == []
