"""The properties of scalable targets, their policies and the alarm that scales from zero."""

from __future__ import annotations

from typing import Any

from seatrial_hosting._template_json import Properties, present
from seatrial_hosting.scaling_settings import Scaling, ScheduledAction, TargetTracking

__all__ = [
    "ALARM_TYPE",
    "COPIES_DIMENSION",
    "INSTANCES_DIMENSION",
    "POLICY_TYPE",
    "TARGET_TYPE",
    "from_zero_alarm_properties",
    "from_zero_policy_properties",
    "target_properties",
    "tracking_properties",
]

ALARM_TYPE = "AWS::CloudWatch::Alarm"
TARGET_TYPE = "AWS::ApplicationAutoScaling::ScalableTarget"
POLICY_TYPE = "AWS::ApplicationAutoScaling::ScalingPolicy"
COPIES_DIMENSION = "sagemaker:inference-component:DesiredCopyCount"
INSTANCES_DIMENSION = "sagemaker:variant:DesiredInstanceCount"
_NAMESPACE = "sagemaker"


def target_properties(resource_id: str, dimension: str, scaling: Scaling) -> Properties:
    """Return a scalable target; Application Auto Scaling's service-linked role does the scaling."""
    return present(
        {
            "ServiceNamespace": _NAMESPACE,
            "ResourceId": resource_id,
            "ScalableDimension": dimension,
            "MinCapacity": scaling.minimum,
            "MaxCapacity": scaling.maximum,
            "ScheduledActions": [_action(each) for each in scaling.scheduled_actions],
        }
    )


def tracking_properties(policy_name: str, target_id: object, tracking: TargetTracking) -> Properties:
    """Return the policy that holds a predefined metric at its target."""
    return {
        "PolicyName": policy_name,
        "PolicyType": "TargetTrackingScaling",
        "ScalingTargetId": target_id,
        "TargetTrackingScalingPolicyConfiguration": present(
            {
                "PredefinedMetricSpecification": {"PredefinedMetricType": tracking.metric.value},
                "TargetValue": tracking.target_value,
                "ScaleInCooldown": tracking.scale_in_cooldown_seconds,
                "ScaleOutCooldown": tracking.scale_out_cooldown_seconds,
                "DisableScaleIn": tracking.disable_scale_in or None,
            }
        ),
    }


def from_zero_policy_properties(policy_name: str, target_id: object) -> Properties:
    """Return the policy that adds a first copy.

    Source: SageMaker developer guide, "Scale an endpoint to zero instances", step scaling policy.
    """
    return {
        "PolicyName": policy_name,
        "PolicyType": "StepScaling",
        "ScalingTargetId": target_id,
        "StepScalingPolicyConfiguration": {
            "AdjustmentType": "ChangeInCapacity",
            "MetricAggregationType": "Maximum",
            "Cooldown": 60,
            "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
        },
    }


def from_zero_alarm_properties(alarm_name: str, component_name: str, policy_arn: object) -> Properties:
    """Return the alarm that a request without any copy sets off (the same guide, CloudWatch alarm)."""
    return {
        "AlarmName": alarm_name,
        "AlarmDescription": f"A request found no copy of {component_name}: scale out from zero",
        "Namespace": "AWS/SageMaker",
        "MetricName": "NoCapacityInvocationFailures",
        "Dimensions": [{"Name": "InferenceComponentName", "Value": component_name}],
        "Statistic": "Maximum",
        "Period": 30,
        "EvaluationPeriods": 1,
        "DatapointsToAlarm": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "missing",
        "AlarmActions": [policy_arn],
    }


def _action(given: ScheduledAction) -> Properties:
    action: dict[str, Any] = present({"MinCapacity": given.minimum, "MaxCapacity": given.maximum})
    return present(
        {
            "ScheduledActionName": given.name,
            "Schedule": given.schedule,
            "Timezone": given.time_zone,
            "StartTime": given.start_time,
            "EndTime": given.end_time,
            "ScalableTargetAction": action,
        }
    )
