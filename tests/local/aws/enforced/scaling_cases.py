"""Scalable targets, scaling policies and alarms that are refused."""

from typing import Any

from tests.local.aws.enforced.case import Case
from tests.local.aws.enforced.parts import endpoint, of_components, resource

__all__ = ["SCALING_CASES"]

_INSTANCES = "sagemaker:variant:DesiredInstanceCount"
_COPIES = "sagemaker:inference-component:DesiredCopyCount"
_VARIANT = {"Fn::Sub": "endpoint/${Endpoint.EndpointName}/variant/AllTraffic"}


def _target(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - CloudFormation's properties
    return resource(
        "ApplicationAutoScaling::ScalableTarget",
        **{
            "ServiceNamespace": "sagemaker",
            "ResourceId": _VARIANT,
            "ScalableDimension": _INSTANCES,
            "MinCapacity": 1,
            "MaxCapacity": 2,
            **changes,
        },
    )


def _scaled(**more: dict[str, Any]) -> dict[str, Any]:
    return {"Config": of_components(), "Endpoint": endpoint(), "Target": _target(), **more}


def _tracking(**configuration: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    return resource(
        "ApplicationAutoScaling::ScalingPolicy",
        PolicyName="tracking",
        PolicyType="TargetTrackingScaling",
        ScalingTargetId={"Ref": "Target"},
        TargetTrackingScalingPolicyConfiguration={"TargetValue": 10, **configuration},
    )


def _steps(*bounds: tuple[float | None, float | None]) -> dict[str, Any]:
    adjustments = [
        {
            "ScalingAdjustment": 1,
            **({} if least is None else {"MetricIntervalLowerBound": least}),
            **({} if most is None else {"MetricIntervalUpperBound": most}),
        }
        for least, most in bounds
    ]
    return resource(
        "ApplicationAutoScaling::ScalingPolicy",
        PolicyName="steps",
        PolicyType="StepScaling",
        ScalingTargetId={"Ref": "Target"},
        StepScalingPolicyConfiguration={"AdjustmentType": "ChangeInCapacity", "StepAdjustments": adjustments},
    )


def _predefined(name: str) -> dict[str, Any]:
    return {"PredefinedMetricSpecification": {"PredefinedMetricType": name}}


def _alarm(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    return resource(
        "CloudWatch::Alarm",
        **{
            "Namespace": "AWS/SageMaker",
            "MetricName": "Invocation5XXErrors",
            "Statistic": "Sum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanThreshold",
            **changes,
        },
    )


_PER_INSTANCE = _predefined("SageMakerVariantInvocationsPerInstance")
_TOPICS = [f"arn:aws:sns:us-east-1:000000000000:topic-{number}" for number in range(6)]

SCALING_CASES = (
    Case(
        "SEA816",
        _scaled(Target=_target(MinCapacity=3)),
        "MinCapacity 3",
        {"Target": _target()},
    ),
    Case(
        "SEA889",
        _scaled(Config=of_components(InstanceType="ml.t2.medium")),
        "ml.t2.medium",
        {"Config": of_components()},
    ),
    Case(
        "SEA891",
        _scaled(Target=_target(ScalableDimension=_COPIES)),
        "sagemaker:inference-component:DesiredCopyCount",
        {"Target": _target()},
    ),
    Case(
        "SEA892",
        _scaled(Target=_target(ResourceId={"Fn::Sub": "endpoint/${Endpoint.EndpointName}/variant/Other"})),
        "variant/Other",
        {"Target": _target()},
    ),
    Case(
        "SEA893",
        _scaled(Policy=_tracking()),
        "PredefinedMetricSpecification and CustomizedMetricSpecification",
        {"Policy": _tracking(**_PER_INSTANCE)},
    ),
    Case(
        "SEA894",
        _scaled(Policy=_tracking(**_predefined("SageMakerInferenceComponentInvocationsPerCopy"))),
        "only supports the following predefined metric types",
        {"Policy": _tracking(**_PER_INSTANCE)},
    ),
    Case(
        "SEA895",
        _scaled(Policy=_steps((0, 10), (20, None))),
        "gap",
        {"Policy": _steps((0, 10), (10, None))},
    ),
    Case("SEA845", {"Alarm": _alarm(Period=45)}, "Period", {"Alarm": _alarm()}),
    Case(
        "SEA846",
        {"Alarm": _alarm(Period=300, EvaluationPeriods=300)},
        "EvaluationPeriods * Period must be <= 86400",
        {"Alarm": _alarm(Period=300, EvaluationPeriods=288)},
    ),
    Case(
        "SEA849",
        {"Alarm": _alarm(AlarmActions=_TOPICS)},
        "Member must have length less than or equal to 5",
        {"Alarm": _alarm(AlarmActions=_TOPICS[:5])},
    ),
    Case(
        "SEA899",
        {
            "A": _target(ResourceId="endpoint/enforced-later/variant/AllTraffic"),
            "Config": of_components(),
            "Endpoint": endpoint(EndpointName="enforced-later"),
        },
        "was not found",
        {
            "A": {
                **_target(ResourceId="endpoint/enforced-later/variant/AllTraffic"),
                "DependsOn": "Endpoint",
            }
        },
    ),
)
