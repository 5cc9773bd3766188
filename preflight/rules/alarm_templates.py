"""SEA845 to SEA849: CloudWatch alarms in any template."""

from collections.abc import Iterator, Mapping
from typing import Any

from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TEMPLATE, Enforcer, SeenAfter, Violation
from preflight.rules._template_metrics import ALARM, ENDPOINT_METRICS, INSTANCE_METRICS, alarm_metrics
from preflight.rules._template_references import references_of
from preflight.rules._template_values import number, objects, structures
from preflight.templates import SynthesizedTemplates

__all__ = [
    "dimension_missing",
    "evaluated_for_too_long",
    "metric_by_another_name",
    "period_refused",
    "too_many_actions",
]

_PUT_ALARM = "CloudWatch API Reference, PutMetricAlarm"
_METRICS = "SageMaker Developer Guide, SageMaker AI metrics in Amazon CloudWatch"
_REFUSED = "The alarm is refused, and the stack rolls back."
_SILENT = "The alarm stays in INSUFFICIENT_DATA, whatever happens."

_HIGH_RESOLUTION_SECONDS = (10, 20, 30)
_MINUTE_SECONDS = 60
_HOUR_SECONDS = 3600
_DAY_SECONDS = 86_400
_WEEK_SECONDS = 604_800
_ACTIONS_MAXIMUM = 5
_SAGEMAKER = "AWS/SageMaker"
_INSTANCES = "/aws/sagemaker/Endpoints"


@rule(
    "SEA845",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="an alarm's period",
    scope=TEMPLATE,
    source=f"{_PUT_ALARM}, Period",
    symptom=_REFUSED,
    fix="Take 60 seconds, or a multiple of it; 10, 20 or 30 for metrics of high resolution.",
)
def period_refused(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """A period is 10, 20 or 30 seconds, or whole minutes."""
    for alarm in references_of(templates).of_type(ALARM):
        for value in _periods(alarm.properties):
            if value not in _HIGH_RESOLUTION_SECONDS and (value <= 0 or value % _MINUTE_SECONDS):
                yield Violation(f"Period is {value:g}.", "10, 20, 30 or a multiple of 60.", alarm.place)


@rule(
    "SEA846",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="an alarm that looks back for too long",
    scope=TEMPLATE,
    source=f"{_PUT_ALARM}, Period: a day for periods below an hour, else seven days",
    symptom=_REFUSED,
    fix="Lower Period or EvaluationPeriods.",
)
def evaluated_for_too_long(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """What is evaluated is a day at most, with periods of an hour or more a week."""
    for alarm in references_of(templates).of_type(ALARM):
        count = number(alarm.properties, "EvaluationPeriods")
        for period in _periods(alarm.properties):
            most = _DAY_SECONDS if period < _HOUR_SECONDS else _WEEK_SECONDS
            if count is not None and count * period > most:
                yield Violation(
                    f"{count:g} periods of {period:g} seconds come to {count * period:g} seconds.",
                    f"at most {most}.",
                    alarm.place,
                )


@rule(
    "SEA847",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="a metric that SageMaker publishes by another name",
    scope=TEMPLATE,
    source=_METRICS,
    symptom=_SILENT,
    fix="Write name and namespace as SageMaker does.",
)
def metric_by_another_name(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Names count in upper and lower case, and instances have a namespace of their own."""
    names = {_folded(name): name for name in (*ENDPOINT_METRICS, *INSTANCE_METRICS)}
    for metric in alarm_metrics(references_of(templates)):
        namespace, name = metric.data.get("Namespace"), metric.data.get("MetricName")
        if namespace not in (_SAGEMAKER, _INSTANCES) or not isinstance(name, str):
            continue
        known = names.get(_folded(name))
        if known is not None and known != name:
            yield Violation(f"The metric is called {name!r}.", f"{known!r}.", metric.alarm.place)
        elif namespace == _SAGEMAKER and name in INSTANCE_METRICS and "EndpointName" in metric.dimensions:
            yield Violation(f"{name} is looked for in {namespace}.", f"{_INSTANCES}.", metric.alarm.place)


@rule(
    "SEA848",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="an alarm on an endpoint without its variant",
    scope=TEMPLATE,
    source=f"{_METRICS}, dimensions for endpoint invocation metrics: EndpointName and VariantName; "
    f"CloudWatch User "
    "Guide, dimensions: each combination is a metric of its own",
    symptom=_SILENT,
    fix="Add the dimension VariantName.",
)
def dimension_missing(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Metrics of invocations are published by endpoint and variant together."""
    for metric in alarm_metrics(references_of(templates)):
        of_invocations = metric.data.get("MetricName") in _BY_VARIANT
        if (
            metric.data.get("Namespace") == _SAGEMAKER
            and of_invocations
            and set(metric.dimensions) == {"EndpointName"}
        ):
            yield Violation(
                f"{metric.data.get('MetricName')} is looked for by EndpointName alone.",
                "EndpointName and VariantName.",
                metric.alarm.place,
            )


@rule(
    "SEA849",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="more actions than an alarm takes",
    scope=TEMPLATE,
    source=f"{_PUT_ALARM}, AlarmActions, OKActions and InsufficientDataActions",
    symptom=_REFUSED,
    fix="Let one topic tell the others.",
)
def too_many_actions(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """An alarm does five things in a state at most."""
    for alarm in references_of(templates).of_type(ALARM):
        for key in ("AlarmActions", "OKActions", "InsufficientDataActions"):
            actions = alarm.properties.get(key)
            if isinstance(actions, list) and len(actions) > _ACTIONS_MAXIMUM:
                yield Violation(f"{key} has {len(actions)}.", f"at most {_ACTIONS_MAXIMUM}.", alarm.place)


_BY_VARIANT = (
    "Invocation4XXErrors",
    "Invocation5XXErrors",
    "InvocationModelErrors",
    "Invocations",
    "InvocationsPerInstance",
    "ModelLatency",
    "OverheadLatency",
)


def _periods(alarm: Mapping[str, Any]) -> list[float]:
    """Return the alarm's period, and those of its metrics."""
    given = [number(alarm, "Period")]
    given += [number(each, "Period") for each in objects(alarm, "Metrics", "MetricStat")]
    given += [number(each, "Period") for each in structures(alarm.get("Metrics"))]
    return [value for value in given if value is not None]


def _folded(name: str) -> str:
    return "".join(each for each in name.casefold() if each.isalnum())
