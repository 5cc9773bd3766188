"""The properties of a component's log group and of its alarm on errors."""

from __future__ import annotations

from seatrial_hosting._template_json import Properties, present
from seatrial_hosting.component import LOG_GROUP_PREFIX
from seatrial_hosting.endpoint import INVOCATION_NAMESPACE

__all__ = [
    "LOG_GROUP_TYPE",
    "alarm_prefix",
    "log_group_properties",
    "server_errors_alarm_properties",
]

LOG_GROUP_TYPE = "AWS::Logs::LogGroup"


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
