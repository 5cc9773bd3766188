"""The metrics of SageMaker that alarms and scaling policies of templates name.

Sources of the names: SageMaker Developer Guide, "SageMaker AI metrics in Amazon CloudWatch", "Alarms and logs
for tracking metrics from asynchronous endpoints" and "... from serverless endpoints".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from preflight.rules._template_references import References, Resource
from preflight.rules._template_values import objects, structures

__all__ = [
    "ALARM",
    "ASYNCHRONOUS_METRICS",
    "ENDPOINT_METRICS",
    "INSTANCE_METRICS",
    "NamedMetric",
    "alarm_metrics",
    "metric_of",
]

ALARM = "AWS::CloudWatch::Alarm"

ASYNCHRONOUS_METRICS = (
    "ApproximateBacklogSize",
    "ApproximateBacklogSizePerInstance",
    "ApproximateAgeOfOldestRequest",
    "HasBacklogWithoutCapacity",
)
"""What asynchronous endpoints alone publish in AWS/SageMaker, of what can be scaled on."""

ENDPOINT_METRICS = (
    *ASYNCHRONOUS_METRICS,
    "ConcurrentRequestsPerCopy",
    "ConcurrentRequestsPerModel",
    "ContainerLatency",
    "Invocation4XXErrors",
    "Invocation5XXErrors",
    "InvocationModelErrors",
    "Invocations",
    "InvocationsPerCopy",
    "InvocationsPerInstance",
    "LoadedModelCount",
    "ModelCacheHit",
    "ModelDownloadingTime",
    "ModelLatency",
    "ModelLoadingTime",
    "ModelLoadingWaitTime",
    "ModelSetupTime",
    "ModelUnloadingTime",
    "NoCapacityInvocationFailures",
    "OverheadLatency",
)
"""In AWS/SageMaker."""

INSTANCE_METRICS = (
    "CPUUtilization",
    "DiskUtilization",
    "GPUMemoryUtilization",
    "GPUUtilization",
    "MemoryUtilization",
)
"""In /aws/sagemaker/Endpoints."""


@dataclass(frozen=True, slots=True)
class NamedMetric:
    """A metric that an alarm watches, or a policy scales on.

    Attributes:
        alarm: the alarm or the policy.
        data: with ``Namespace`` and ``MetricName``, as the template has them.
        dimensions: by name.
    """

    alarm: Resource
    data: Mapping[str, Any]
    dimensions: Mapping[str, Any]


def alarm_metrics(references: References) -> Iterator[NamedMetric]:
    """Yield each metric of each alarm, those of expressions too."""
    for alarm in references.of_type(ALARM):
        yield metric_of(alarm, alarm.properties)
        for metric in objects(alarm.properties, "Metrics", "MetricStat", "Metric"):
            yield metric_of(alarm, metric)


def metric_of(resource: Resource, data: Mapping[str, Any]) -> NamedMetric:
    """Return the metric that ``data`` of ``resource`` names."""
    dimensions = {str(each.get("Name")): each.get("Value") for each in structures(data.get("Dimensions"))}
    return NamedMetric(resource, data, dimensions)
