"""The metrics of target tracking policies, and how ``planning.control`` is told of them.

Sources: TargetTrackingScalingPolicyConfiguration and PredefinedMetricSpecification, Application Auto
Scaling API reference; SageMaker developer guide, "Define a scaling policy".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.aws.server.autoscaling.resources import ScalableResource
from local.aws.server.cloudwatch_alarms import Metric
from local.aws.server.errors import validation_exception
from local.aws.server.runtime_metrics import NAMESPACE
from planning.control.errors import InvalidPolicyError
from planning.control.step_scaling import AdjustmentType, MetricAggregation, StepAdjustment, StepScaling
from planning.control.target_tracking import TargetTracking

__all__ = ["TrackedMetric", "step_scaling_of", "tracked_metric_of"]

_DEFAULT_COOLDOWN_SECONDS = 300
_PREDEFINED = {
    "sagemaker:inference-component:DesiredCopyCount": {
        "SageMakerInferenceComponentInvocationsPerCopy": ("InvocationsPerCopy", "Sum"),
        "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution": (
            "ConcurrentRequestsPerCopy",
            "Maximum",
        ),
    },
    "sagemaker:variant:DesiredInstanceCount": {
        "SageMakerVariantInvocationsPerInstance": ("InvocationsPerInstance", "Sum"),
        "SageMakerVariantConcurrentRequestsPerModelHighResolution": ("ConcurrentRequestsPerModel", "Maximum"),
    },
}


@dataclass(frozen=True, slots=True)
class TrackedMetric:
    """A target tracking policy and what it tracks.

    Attributes:
        policy: how it decides.
        metric: what it looks at.
    """

    policy: TargetTracking
    metric: Metric


def tracked_metric_of(
    config: Mapping[str, Any], resource: ScalableResource, resource_id: str
) -> TrackedMetric:
    """Return what a ``TargetTrackingScalingPolicyConfiguration`` says.

    Raises:
        AwsError: it isn't one that AWS accepts, or that the laptop can follow.
    """
    predefined, own = config.get("PredefinedMetricSpecification"), config.get("CustomizedMetricSpecification")
    if (predefined is None) == (own is None):
        raise validation_exception(
            "Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification must be set."
        )
    high_resolution = False
    if predefined is not None:
        name = predefined["PredefinedMetricType"]
        known = _PREDEFINED[resource.dimension]
        if name not in known:
            # The words of aws/aws-cdk issue 29065.
            raise validation_exception(
                f"Scalable dimension {resource.dimension} only supports the following predefined metric "
                f"types: {', '.join(known)}"
            )
        metric = Metric(NAMESPACE, known[name][0], resource.dimensions(resource_id), known[name][1])
        high_resolution = name.endswith("HighResolution")
    else:
        metric = _own_metric(own or {})
    return TrackedMetric(_target_tracking(config, high_resolution=high_resolution), metric)


def step_scaling_of(config: Mapping[str, Any]) -> StepScaling:
    """Return what a ``StepScalingPolicyConfiguration`` says.

    Raises:
        AwsError: it isn't one that AWS accepts.
    """
    for required in ("AdjustmentType", "StepAdjustments"):
        if not config.get(required):
            raise validation_exception(f"{required} is required for a step scaling policy.")
    try:
        return StepScaling(
            tuple(
                StepAdjustment(
                    step["ScalingAdjustment"],
                    step.get("MetricIntervalLowerBound"),
                    step.get("MetricIntervalUpperBound"),
                )
                for step in config["StepAdjustments"]
            ),
            AdjustmentType(config["AdjustmentType"]),
            config.get("Cooldown", _DEFAULT_COOLDOWN_SECONDS),
            config.get("MinAdjustmentMagnitude"),
            MetricAggregation(config.get("MetricAggregationType", MetricAggregation.AVERAGE)),
        )
    except InvalidPolicyError as error:
        raise validation_exception(str(error)) from error


def _own_metric(specification: Mapping[str, Any]) -> Metric:
    if specification.get("Metrics"):
        raise validation_exception("Metric math (Metrics) can't be followed on the laptop; name one metric.")
    for required in ("MetricName", "Namespace", "Statistic"):
        if not specification.get(required):
            raise validation_exception(f"{required} is required for a customized metric.")
    return Metric(
        specification["Namespace"],
        specification["MetricName"],
        {each["Name"]: each["Value"] for each in specification.get("Dimensions", [])},
        specification["Statistic"],
    )


def _target_tracking(config: Mapping[str, Any], *, high_resolution: bool) -> TargetTracking:
    try:
        return TargetTracking(
            config["TargetValue"],
            config.get("ScaleOutCooldown", _DEFAULT_COOLDOWN_SECONDS),
            config.get("ScaleInCooldown", _DEFAULT_COOLDOWN_SECONDS),
            bool(config.get("DisableScaleIn", False)),
            high_resolution,
        )
    except InvalidPolicyError as error:
        raise validation_exception(str(error)) from error
