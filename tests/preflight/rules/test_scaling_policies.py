"""The rules about scaling policies in any template."""

from typing import Any

import pytest
from botocore.loaders import Loader

from preflight.rules.scaling_policies import PREDEFINED
from tests.preflight.rules.template_findings import findings, rules_in

TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
ALARM = "AWS::CloudWatch::Alarm"
INSTANCES = "sagemaker:variant:DesiredInstanceCount"
COPIES = "sagemaker:inference-component:DesiredCopyCount"

Resources = dict[str, tuple[str, dict[str, Any]]]


def target(resource_id: object = "endpoint/fast/variant/All", dimension: str = INSTANCES) -> dict[str, Any]:
    """Return a scalable target's properties."""
    return {"ServiceNamespace": "sagemaker", "ResourceId": resource_id, "ScalableDimension": dimension}


def policy(dimension: str = INSTANCES, **properties: object) -> Resources:
    """Return a policy with its target."""
    given = {"PolicyName": "it", "ScalingTargetId": {"Ref": "Target"}, **properties}
    return {"Target": (TARGET, target(dimension=dimension)), "Policy": (POLICY, given)}


def tracking(**configuration: object) -> dict[str, Any]:
    """Return a target tracking policy's properties."""
    return {
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 5, **configuration},
    }


def stepping(*bounds: tuple[float | None, float | None], **values: object) -> dict[str, Any]:
    """Return a step scaling policy's properties."""
    keys = ("MetricIntervalLowerBound", "MetricIntervalUpperBound")
    steps = [
        {
            "ScalingAdjustment": 1,
            **{key: each for key, each in zip(keys, pair, strict=True) if each is not None},
        }
        for pair in bounds
    ]
    return {
        "PolicyType": "StepScaling",
        "StepScalingPolicyConfiguration": {
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": steps,
            **values,
        },
    }


def predefined(name: str) -> dict[str, Any]:
    return {"PredefinedMetricSpecification": {"PredefinedMetricType": name}}


def test_sea893_metrics_of_a_policy() -> None:
    """Neither none nor both; a function may be either."""
    metric = predefined("SageMakerVariantInvocationsPerInstance")
    both = {**metric, "CustomizedMetricSpecification": {}}
    [finding] = findings(policy(**tracking(**both)), "SEA893")
    assert finding.what == "It has PredefinedMetricSpecification and CustomizedMetricSpecification."
    [finding] = findings(policy(**tracking()), "SEA893")
    assert finding.what == "It has no metric."
    assert rules_in(policy(**tracking(**metric)), "SEA893") == []
    assert rules_in(policy(**tracking(**{"Fn::If": ["A", {}, {}]})), "SEA893") == []
    assert rules_in(policy(**stepping((0, None))), "SEA893") == []


def test_sea894_a_metric_of_another_dimension() -> None:
    """Copies are no instances."""
    metric = predefined("SageMakerVariantInvocationsPerInstance")
    [finding] = findings(policy(COPIES, **tracking(**metric)), "SEA894")
    assert finding.what == f"SageMakerVariantInvocationsPerInstance is of {INSTANCES}, and {COPIES} scales."
    assert "SageMakerInferenceComponentInvocationsPerCopy" in finding.allowed


@pytest.mark.parametrize(("metric", "dimension"), PREDEFINED.items())
def test_sea894_lets_fitting_metrics_pass(metric: str, dimension: str) -> None:
    """Each predefined metric with its own dimension; it is one of the service model's."""
    assert rules_in(policy(dimension, **tracking(**predefined(metric))), "SEA894") == []
    shapes = Loader().load_service_model("application-autoscaling", "service-2")["shapes"]
    assert metric in shapes["MetricType"]["enum"]
    assert dimension in shapes["ScalableDimension"]["enum"]


def test_sea894_knows_every_metric_of_sagemaker() -> None:
    """No predefined metric of SageMaker's is missing in the table."""
    shapes = Loader().load_service_model("application-autoscaling", "service-2")["shapes"]
    assert {each for each in shapes["MetricType"]["enum"] if each.startswith("SageMaker")} == set(PREDEFINED)


@pytest.mark.parametrize(
    ("bounds", "what"),
    [
        ([(None, None)], "A step has neither bound."),
        ([(5, 5)], "A step goes from 5 to 5."),
        ([(0, 10), (20, None)], "A step ends at 10, and the next begins at 20."),
        ([(0, 10), (5, None)], "A step ends at 10, and the next begins at 5."),
        ([(0, None), (5, None)], "A step ends at no bound, and the next begins at 5."),
        ([(-5, 0)], "The lowest step begins at -5, and none is open below."),
        ([(0, 10)], "The highest step ends at 10, and none is open above."),
    ],
)
def test_sea895_steps(bounds: list[tuple[float | None, float | None]], what: str) -> None:
    """Each rule of the API reference about steps."""
    [finding] = findings(policy(**stepping(*bounds)), "SEA895")
    assert finding.what == what


def test_sea895_no_step() -> None:
    """A policy of no steps does nothing."""
    [finding] = findings(policy(**stepping()), "SEA895")
    assert finding.what == "There is no step."
    without: dict[str, Any] = {
        "PolicyType": "StepScaling",
        "StepScalingPolicyConfiguration": {"AdjustmentType": "ExactCapacity"},
    }
    assert rules_in(policy(**without), "SEA895") == ["Policy"]


@pytest.mark.parametrize(
    "bounds",
    [
        [(0, None)],
        [(None, 0)],
        [(0, 10), (10, None)],
        [(10, None), (0, 10)],
        [("0", "10.5"), ("10.5", None)],
        [(None, -5), (-5, 0), (0, 5), (5, None)],
    ],
)
def test_sea895_lets_meeting_steps_pass(bounds: list[tuple[Any, Any]]) -> None:
    """In any order, and in quotes."""
    assert rules_in(policy(**stepping(*bounds)), "SEA895") == []


def test_sea895_lets_functions_pass() -> None:
    """What only the deployment knows is not judged."""
    steps = [{"MetricIntervalLowerBound": {"Ref": "Low"}, "MetricIntervalUpperBound": 5}]
    assert rules_in(policy(**stepping(StepAdjustments=steps)), "SEA895") == []


def test_sea896_a_policy_that_nothing_starts() -> None:
    """Step scaling waits for an alarm; target tracking makes its own."""
    [finding] = findings(policy(**stepping((0, None))), "SEA896")
    assert finding.what == "No alarm of these templates starts it."
    for key in ("AlarmActions", "OKActions"):
        alarm = {"Alarm": (ALARM, {key: [{"Ref": "Policy"}]})}
        assert rules_in(policy(**stepping((0, None))) | alarm, "SEA896") == []
    assert rules_in(policy(**tracking()), "SEA896") == []
    other = {"Policy": (POLICY, {**stepping((0, None)), "ServiceNamespace": "ecs"})}
    assert rules_in(other, "SEA896") == []
