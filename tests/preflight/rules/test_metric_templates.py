"""The rules about metrics that an endpoint of a template never publishes."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.preflight.rules.template_findings import findings, rules_in

ENDPOINT, CONFIG = "AWS::SageMaker::Endpoint", "AWS::SageMaker::EndpointConfig"
ALARM = "AWS::CloudWatch::Alarm"
POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"

Resources = dict[str, tuple[str, dict[str, Any]]]
Way = Callable[[dict[str, Any]], tuple[str, dict[str, Any]]]


def metric(name: str, *dimensions: str, namespace: str = "AWS/SageMaker") -> dict[str, Any]:
    """Return a metric; of its dimensions the endpoint's name is that of ``endpoint()``."""
    values = [{"Name": each, "Value": "fast" if each == "EndpointName" else "All"} for each in dimensions]
    return {"Namespace": namespace, "MetricName": name, "Dimensions": values}


def alarm(**properties: object) -> Resources:
    return {"Alarm": (ALARM, properties)}


def endpoint(*, asynchronous: bool) -> Resources:
    """Return an endpoint with its configuration."""
    extra: dict[str, Any] = {"AsyncInferenceConfig": {"OutputConfig": {}}} if asynchronous else {}
    name = {"Fn::GetAtt": ["Config", "EndpointConfigName"]}
    return {
        "Config": (CONFIG, {"ProductionVariants": [{"VariantName": "All"}], **extra}),
        "Endpoint": (ENDPOINT, {"EndpointName": "fast", "EndpointConfigName": name}),
    }


@pytest.mark.parametrize("name", ["Invocations", "InvocationsPerInstance", "OverheadLatency"])
def test_sea897_metrics_of_realtime_endpoints(name: str) -> None:
    """The list of what asynchronous endpoints publish is exhaustive."""
    watched = alarm(**metric(name, "EndpointName", "VariantName"))
    [finding] = findings(endpoint(asynchronous=True) | watched, "SEA897")
    assert finding.what == f"{name} is watched, and the endpoint is asynchronous."
    assert rules_in(endpoint(asynchronous=False) | watched, "SEA897") == []
    assert rules_in(watched, "SEA897") == []


def test_sea897_a_policy_on_invocations() -> None:
    """A policy names the metric by its predefined type, and the endpoint by its target."""
    target = {"ServiceNamespace": "sagemaker", "ResourceId": "endpoint/fast/variant/All"}
    tracked = {
        "PredefinedMetricSpecification": {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"}
    }
    policy = {"ScalingTargetId": {"Ref": "Target"}, "TargetTrackingScalingPolicyConfiguration": tracked}
    scaled: Resources = {"Target": (TARGET, target), "Policy": (POLICY, policy)}
    [finding] = findings(endpoint(asynchronous=True) | scaled, "SEA897")
    assert finding.subject == "Policy"
    assert rules_in(endpoint(asynchronous=False) | scaled, "SEA897") == []


@pytest.mark.parametrize(
    "way",
    [
        lambda given: (ALARM, given),
        lambda given: (
            POLICY,
            {"TargetTrackingScalingPolicyConfiguration": {"CustomizedMetricSpecification": given}},
        ),
        lambda given: (
            POLICY,
            {
                "TargetTrackingScalingPolicyConfiguration": {
                    "CustomizedMetricSpecification": {"Metrics": [{"MetricStat": {"Metric": given}}]}
                }
            },
        ),
    ],
    ids=["alarm", "policy", "expression"],
)
def test_sea898_metrics_of_asynchronous_endpoints(
    way: Callable[[dict[str, Any]], tuple[str, dict[str, Any]]],
) -> None:
    """A backlog of a real-time endpoint is never measured: generative-ai-cdk-constructs scales on it."""
    watched = {"It": way(metric("ApproximateBacklogSizePerInstance", "EndpointName"))}
    [finding] = findings(endpoint(asynchronous=False) | watched, "SEA898")
    assert (
        finding.what == "ApproximateBacklogSizePerInstance is watched, and the endpoint is not asynchronous."
    )
    assert finding.subject == "It"
    assert rules_in(endpoint(asynchronous=True) | watched, "SEA898") == []
    assert rules_in(watched, "SEA898") == []
