"""SEA897 and SEA898: metrics that an endpoint of a template never publishes."""

from collections.abc import Iterator

from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TEMPLATE, Enforcer, SeenAfter, Violation
from preflight.rules._template_hosting import (
    config_of,
    endpoint_named,
    variant_of_resource_id,
)
from preflight.rules._template_metrics import ASYNCHRONOUS_METRICS, NamedMetric, alarm_metrics, metric_of
from preflight.rules._template_references import References, Resource, references_of
from preflight.rules._template_values import at, objects
from preflight.templates import SynthesizedTemplates

__all__ = ["metric_of_asynchronous_endpoints", "metric_of_realtime_endpoints"]

_POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
_TRACKING = "TargetTrackingScalingPolicyConfiguration"
_CUSTOMIZED = (_TRACKING, "CustomizedMetricSpecification")
_NOT_ASYNCHRONOUS = ("Invocations", "InvocationsPerInstance", "OverheadLatency")
_PER_INSTANCE = "SageMakerVariantInvocationsPerInstance"
_ASYNCHRONOUS = (
    "SageMaker Developer Guide, alarms and logs for tracking metrics from asynchronous endpoints: the list "
    "of what "
    "they publish is exhaustive"
)


@rule(
    "SEA897",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="a metric that an asynchronous endpoint does not publish",
    scope=TEMPLATE,
    source=_ASYNCHRONOUS,
    symptom="The alarm stays in INSUFFICIENT_DATA, or the policy never scales, whatever the load.",
    fix="Take ApproximateBacklogSizePerInstance, as a customized metric of the endpoint.",
)
def metric_of_realtime_endpoints(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Invocations are counted where they are answered at once."""
    references = references_of(templates)
    for metric in _metrics(references):
        if (
            metric.data.get("MetricName") in _NOT_ASYNCHRONOUS
            and _is_asynchronous(references, metric) is True
        ):
            yield Violation(
                f"{metric.data.get('MetricName')} is watched, and the endpoint is asynchronous.",
                "a metric of asynchronous endpoints.",
                metric.alarm.place,
            )
    for policy in references.of_type(_POLICY):
        target = references.target(policy.place[0], policy.properties.get("ScalingTargetId", "")) or policy
        found = variant_of_resource_id(references, target)
        config = config_of(references, found[0]) if found else None
        metric_type = at(
            policy.properties, _TRACKING, "PredefinedMetricSpecification", "PredefinedMetricType"
        )
        if metric_type == _PER_INSTANCE and config and "AsyncInferenceConfig" in config.properties:
            yield Violation(
                f"It scales on {_PER_INSTANCE}, and the endpoint is asynchronous.",
                "a metric of asynchronous endpoints.",
                policy.place,
            )


@rule(
    "SEA898",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="a metric that only asynchronous endpoints publish",
    scope=TEMPLATE,
    source=f"{_ASYNCHRONOUS}; autoscale an asynchronous endpoint",
    symptom="The alarm stays in INSUFFICIENT_DATA, or the policy never scales, whatever the load.",
    fix="Take SageMakerVariantInvocationsPerInstance, which a real-time endpoint publishes.",
)
def metric_of_asynchronous_endpoints(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """A backlog is what requests wait in that are answered later."""
    references = references_of(templates)
    for metric in _metrics(references):
        name = metric.data.get("MetricName")
        if name in ASYNCHRONOUS_METRICS and _is_asynchronous(references, metric) is False:
            yield Violation(
                f"{name} is watched, and the endpoint is not asynchronous.",
                "a metric that it publishes.",
                metric.alarm.place,
            )


def _metrics(references: References) -> Iterator[NamedMetric]:
    """Yield what alarms watch and policies track, of SageMaker's namespace."""
    tracked = [
        metric_of(policy, data)
        for policy in references.of_type(_POLICY)
        for path in (_CUSTOMIZED, (*_CUSTOMIZED, "Metrics", "MetricStat", "Metric"))
        for data in objects(policy.properties, *path)
    ]
    for metric in (*alarm_metrics(references), *tracked):
        if metric.data.get("Namespace") == "AWS/SageMaker":
            yield metric


def _is_asynchronous(references: References, metric: NamedMetric) -> bool | None:
    """Say whether the endpoint of a metric is asynchronous; None where no template has its configuration."""
    if "EndpointName" not in metric.dimensions:
        return None
    path = metric.alarm.place[0]
    endpoint: Resource | None = endpoint_named(references, path, metric.dimensions["EndpointName"])
    config = config_of(references, endpoint) if endpoint else None
    return "AsyncInferenceConfig" in config.properties if config else None
