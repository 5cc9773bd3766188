"""Scaling policies: putting, describing and deleting them, with the alarms of target tracking ones.

Sources: API_PutScalingPolicy, API_DescribeScalingPolicies, API_DeleteScalingPolicy, Application Auto
Scaling API reference. A target tracking policy creates its two alarms itself; a step policy's alarm is the
user's own.
"""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from local.aws.server import ministack_cloudwatch
from local.aws.server.autoscaling.metrics import TrackedMetric, step_scaling_of, tracked_metric_of
from local.aws.server.autoscaling.resources import ScalableResources
from local.aws.server.autoscaling.target_store import (
    ScalableTarget,
    ScalingPolicy,
    TargetKey,
    TargetStore,
    key_of,
)
from local.aws.server.errors import AwsError, validation_exception
from local.aws.server.listing import page_of
from local.aws.server.scope import Scope
from planning.control.alarm import Alarm

__all__ = ["ScalingPolicies", "forget_alarms"]

_DEFAULT_PAGE = 50
_CONFIGS = {
    "TargetTrackingScaling": "TargetTrackingScalingPolicyConfiguration",
    "StepScaling": "StepScalingPolicyConfiguration",
}
_METRIC_MEMBERS = ("PredefinedMetricSpecification", "CustomizedMetricSpecification")


def forget_alarms(target: ScalableTarget) -> None:
    """Delete the alarms that a target's policies created."""
    for policy in target.policies.values():
        for name in policy.alarms:
            ministack_cloudwatch.delete_alarm(target.key.scope, name)


class ScalingPolicies:
    """The operations on scaling policies.

    Args:
        store: remembers them with their targets.
        resources: what can be scaled.
        now: the clock.
    """

    def __init__(self, store: TargetStore, resources: ScalableResources, now: Callable[[], float]) -> None:
        self._store = store
        self._resources = resources
        self._now = now

    def put(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """PutScalingPolicy: for a policy that there is, it takes the place of what there was."""
        key = key_of(scope, request)
        with self._store.lock:
            target = self._store.get(key)
            old = target.policies.get(request["PolicyName"])
            document = {**(old.document if old else {}), **request}
            tracked = self._checked(target, document)
            policy = old or ScalingPolicy(
                request["PolicyName"], _arn(key, request["PolicyName"]), document, self._now()
            )
            policy.document = document
            for name in policy.alarms:
                ministack_cloudwatch.delete_alarm(scope, name)
            policy.alarms = _create_alarms(key, policy, tracked) if tracked else ()
            target.policies[policy.name] = policy
        return {"PolicyARN": policy.arn, "Alarms": _described_alarms(scope, policy)}

    def describe(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """DescribeScalingPolicies."""
        names = request.get("PolicyNames") or ()
        described = [
            {
                **policy.document,
                "PolicyARN": policy.arn,
                "CreationTime": policy.creation_time,
                "Alarms": _described_alarms(scope, policy),
            }
            for target in self._store.matching(scope, request)
            for policy in target.policies.values()
            if not names or policy.name in names
        ]
        return page_of("ScalingPolicies", described, request, _DEFAULT_PAGE)

    def delete(self, scope: Scope, request: Mapping[str, Any]) -> dict[str, Any]:
        """DeleteScalingPolicy: its alarms go with it."""
        key = key_of(scope, request)
        with self._store.lock:
            target = self._store.find(key)
            policy = target.policies.pop(request["PolicyName"], None) if target else None
        if policy is None:
            raise AwsError(
                "ObjectNotFoundException", f"No scaling policy {request['PolicyName']} found for {key}"
            )
        for name in policy.alarms:
            ministack_cloudwatch.delete_alarm(scope, name)
        return {}

    def _checked(self, target: ScalableTarget, document: Mapping[str, Any]) -> TrackedMetric | None:
        kind = document.get("PolicyType")
        if kind not in _CONFIGS:
            raise validation_exception(
                f"PolicyType {kind} is not one of {', '.join(_CONFIGS)}, which SageMaker resources scale by."
            )
        config = document.get(_CONFIGS[kind])
        if config is None:
            raise validation_exception(f"{_CONFIGS[kind]} is required for PolicyType {kind}.")
        if kind == "StepScaling":
            step_scaling_of(config)
            return None
        for other in target.policies.values():
            theirs = other.document.get(_CONFIGS[kind])
            if other.name != document["PolicyName"] and theirs and _metric_in(theirs) == _metric_in(config):
                raise validation_exception(
                    "Only one TargetTrackingScaling policy for a given metric specification is allowed."
                )
        resource = self._resources.of(target.key.namespace, target.key.dimension)
        return tracked_metric_of(config, resource, target.key.resource_id)


def _metric_in(config: Mapping[str, Any]) -> list[Any]:
    return [config.get(member) for member in _METRIC_MEMBERS]


def _arn(key: TargetKey, name: str) -> str:
    return (
        f"arn:aws:autoscaling:{key.scope.region}:{key.scope.account_id}:scalingPolicy:{uuid.uuid4()}:"
        f"resource/{key.namespace}/{key.resource_id}:policyName/{name}"
    )


def _create_alarms(key: TargetKey, policy: ScalingPolicy, tracked: TrackedMetric) -> tuple[str, ...]:
    config = policy.document["TargetTrackingScalingPolicyConfiguration"]
    alarms = {"AlarmHigh": tracked.policy.scale_out_alarm}
    if not config.get("DisableScaleIn"):
        alarms["AlarmLow"] = tracked.policy.scale_in_alarm
    names = []
    for kind, alarm in alarms.items():
        name = f"TargetTracking-{key.resource_id}-{kind}-{uuid.uuid4()}"
        ministack_cloudwatch.put_alarm(key.scope, _alarm_document(name, alarm, policy, tracked))
        names.append(name)
    return tuple(names)


def _alarm_document(name: str, alarm: Alarm, policy: ScalingPolicy, tracked: TrackedMetric) -> dict[str, Any]:
    metric = tracked.metric
    return {
        "AlarmName": name,
        "AlarmDescription": f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy.arn}.",
        "AlarmActions": [policy.arn],
        "Namespace": metric.namespace,
        "MetricName": metric.name,
        "Dimensions": [{"Name": key, "Value": value} for key, value in metric.dimensions.items()],
        "Statistic": metric.statistic,
        "Period": alarm.period_seconds,
        "EvaluationPeriods": alarm.evaluation_periods,
        "Threshold": alarm.threshold,
        "ComparisonOperator": str(alarm.comparison),
        "TreatMissingData": str(alarm.treat_missing_data),
    }


def _described_alarms(scope: Scope, policy: ScalingPolicy) -> list[dict[str, str]]:
    prefix = f"arn:aws:cloudwatch:{scope.region}:{scope.account_id}:alarm:"
    return [{"AlarmName": name, "AlarmARN": f"{prefix}{name}"} for name in policy.alarms]
