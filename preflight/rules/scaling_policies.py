"""SEA893 to SEA896: scaling policies of SageMaker in any template."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TEMPLATE, Enforcer, SeenAfter, Violation
from preflight.rules._template_hosting import (
    CONCURRENCY_DIMENSION,
    COPIES_DIMENSION,
    INSTANCES_DIMENSION,
)
from preflight.rules._template_references import Place, References, Resource, references_of
from preflight.rules._template_values import at, number, objects
from preflight.templates import SynthesizedTemplates

__all__ = [
    "PREDEFINED",
    "metric_of_another_dimension",
    "metrics_of_a_policy",
    "policy_that_nothing_starts",
    "steps_with_gaps",
]

PREDEFINED = {
    "SageMakerVariantInvocationsPerInstance": INSTANCES_DIMENSION,
    "SageMakerVariantConcurrentRequestsPerModelHighResolution": INSTANCES_DIMENSION,
    "SageMakerVariantProvisionedConcurrencyUtilization": CONCURRENCY_DIMENSION,
    "SageMakerInferenceComponentInvocationsPerCopy": COPIES_DIMENSION,
    "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution": COPIES_DIMENSION,
}
"""The dimension of each predefined metric of SageMaker's (source: SEA894's)."""

_POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
_ALARM = "AWS::CloudWatch::Alarm"
_API = "Application Auto Scaling API Reference"
_REFUSED = "The scaling policy is refused, and the stack rolls back."


@rule(
    "SEA893",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="a policy's metrics: none, or two",
    scope=TEMPLATE,
    source=f"{_API}, TargetTrackingScalingPolicyConfiguration: either a predefined metric or a customized "
    f"one; "
    "PutScalingPolicy, the configuration of each policy type",
    symptom=_REFUSED,
    fix="Give one of PredefinedMetricSpecification and CustomizedMetricSpecification.",
)
def metrics_of_a_policy(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Target tracking holds one metric at its target."""
    for policy, _ in _policies(references_of(templates)):
        tracking = policy.properties.get("TargetTrackingScalingPolicyConfiguration")
        if policy.properties.get("PolicyType") != "TargetTrackingScaling" or not isinstance(tracking, dict):
            continue
        given = [
            key
            for key in ("PredefinedMetricSpecification", "CustomizedMetricSpecification")
            if key in tracking
        ]
        if len(given) != 1 and not any(key.startswith("Fn::") for key in tracking):
            yield Violation(f"It has {' and '.join(given) or 'no metric'}.", "one metric.", policy.place)


@rule(
    "SEA894",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="a metric that the scaled thing doesn't have",
    scope=TEMPLATE,
    source="Application Auto Scaling User Guide, predefined metrics for target tracking scaling policies; "
    "SageMaker "
    "Developer Guide, define a scaling policy",
    symptom=_REFUSED,
    fix="Take a metric of that dimension.",
)
def metric_of_another_dimension(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Variants have metrics of instances or of concurrency, inference components those of copies."""
    for policy, target in _policies(references_of(templates)):
        metric = at(
            policy.properties,
            "TargetTrackingScalingPolicyConfiguration",
            "PredefinedMetricSpecification",
            "PredefinedMetricType",
        )
        dimension = (target or policy).properties.get("ScalableDimension")
        fits = PREDEFINED.get(metric) if isinstance(metric, str) else None
        if fits is not None and isinstance(dimension, str) and fits != dimension:
            offered = [name for name, of in PREDEFINED.items() if of == dimension]
            yield Violation(
                f"{metric} is of {fits}, and {dimension} scales.", f"{' or '.join(offered)}.", policy.place
            )


@rule(
    "SEA895",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="steps that overlap, or leave a gap",
    scope=TEMPLATE,
    source=f"{_API}, StepAdjustment and StepScalingPolicyConfiguration",
    symptom=_REFUSED,
    fix="Let each step begin where the one before it ends, the first open below or the last open above.",
)
def steps_with_gaps(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Steps cover the way from the threshold without gap and overlap."""
    for policy, _ in _policies(references_of(templates)):
        stepping = policy.properties.get("StepScalingPolicyConfiguration")
        if policy.properties.get("PolicyType") != "StepScaling" or not isinstance(stepping, dict):
            continue
        steps = stepping.get("StepAdjustments")
        if steps == [] or ("StepAdjustments" not in stepping and "AdjustmentType" in stepping):
            yield Violation("There is no step.", "one step at least.", policy.place)
        elif isinstance(steps, list) and (what := _wrong_with(objects(stepping, "StepAdjustments"))):
            yield Violation(what, "steps that meet.", policy.place)


@rule(
    "SEA896",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="a step scaling policy that no alarm starts",
    scope=TEMPLATE,
    source="Application Auto Scaling User Guide, step scaling policies: you create the alarms that invoke "
    "them",
    symptom="Nothing fails, and nothing ever scales by this policy.",
    fix="Name the policy among the AlarmActions of an alarm; acknowledge this where that is made elsewhere.",
)
def policy_that_nothing_starts(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """An alarm of the templates has the policy among its actions."""
    references = references_of(templates)
    started: set[Place] = set()
    for (path, _), alarm in references.properties_of(_ALARM):
        for key in ("AlarmActions", "OKActions", "InsufficientDataActions"):
            targets = map(references.resource, references.texts(path, alarm.get(key)))
            started |= {target.place for target in targets if target}
    for policy, _ in _policies(references):
        if policy.properties.get("PolicyType") == "StepScaling" and policy.place not in started:
            yield Violation("No alarm of these templates starts it.", "an alarm that does.", policy.place)


def _policies(references: References) -> Iterator[tuple[Resource, Resource | None]]:
    """Yield each scaling policy of SageMaker's things, with its target where a template has it."""
    for policy in references.of_type(_POLICY):
        target = references.target(policy.place[0], policy.properties.get("ScalingTargetId", ""))
        namespace = (target or policy).properties.get("ServiceNamespace")
        if namespace == "sagemaker":
            yield policy, target


def _wrong_with(steps: list[Mapping[str, Any]]) -> str | None:
    """Return in words what is wrong with the bounds of steps; None where nothing is, or one is a function."""
    keys = ("MetricIntervalLowerBound", "MetricIntervalUpperBound")
    if any(isinstance(step.get(key), dict) for step in steps for key in keys):
        return None
    bounds = sorted(
        ((number(step, keys[0]), number(step, keys[1])) for step in steps),
        key=lambda pair: float("-inf") if pair[0] is None else pair[0],
    )
    found = [*_wrong_steps(bounds), *_wrong_ends(bounds)]
    return found[0] if found else None


def _wrong_steps(bounds: list[tuple[float | None, float | None]]) -> Iterator[str]:
    for least, most in bounds:
        if least is None and most is None:
            yield "A step has neither bound."
        elif least is not None and most is not None and least >= most:
            yield f"A step goes from {least:g} to {most:g}."
    for (_, end), (begin, _) in pairwise(bounds):
        if end is None or end != begin:
            yield f"A step ends at {_shown(end)}, and the next begins at {_shown(begin)}."


def _wrong_ends(bounds: list[tuple[float | None, float | None]]) -> Iterator[str]:
    first, last = bounds[0][0], bounds[-1][1]
    if first is not None and first < 0:
        yield f"The lowest step begins at {first:g}, and none is open below."
    if last is not None and last > 0:
        yield f"The highest step ends at {last:g}, and none is open above."


def _shown(bound: float | None) -> str:
    return "no bound" if bound is None else f"{bound:g}"
