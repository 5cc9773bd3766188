"""SEA870 to SEA876: how an endpoint of any template replaces its instances in an update."""

from collections.abc import Iterator
from dataclasses import dataclass

from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TEMPLATE, Enforcer, SeenAfter, Violation
from preflight.rules._template_hosting import config_of, instance_type_names, variants
from preflight.rules._template_references import references_of
from preflight.rules._template_updates import BLUE_GREEN, ROLLING, ROUTING, configured, sizes, waits
from preflight.rules._template_values import at, number, objects
from preflight.templates import SynthesizedTemplates

__all__ = [
    "RANGES",
    "Range",
    "alarms_missing",
    "batch_of_instances",
    "batch_percentage",
    "guardrails_without_effect",
    "number_outside_its_range",
    "time_out_below_the_waits",
    "two_policies",
]

_ALARMS_MAXIMUM = 10
_TIME_OUT = "MaximumExecutionTimeoutInSeconds"
_WAIT = "WaitIntervalInSeconds"
_LATER = "The first update of the endpoint is refused; its creation went well."
_API = "SageMaker API Reference"


@dataclass(frozen=True, slots=True)
class Range:
    """A number of a deployment configuration.

    Attributes:
        path: to it.
        least: the smallest value.
        most: the largest.
    """

    path: tuple[str, ...]
    least: int
    most: int


RANGES = (
    Range((*BLUE_GREEN, "TerminationWaitInSeconds"), 0, 3600),
    Range((*BLUE_GREEN, _TIME_OUT), 600, 28800),
    Range((*ROUTING, _WAIT), 0, 3600),
    Range((*ROLLING, _WAIT), 0, 3600),
    Range((*ROLLING, _TIME_OUT), 600, 28800),
)
"""Every range of a time; the tests compare them with botocore's service model."""


_STEP_SOURCE = (
    f"{_API}, TrafficRoutingConfig, CanarySize and LinearStepSize; RollingUpdatePolicy, MaximumBatchSize"
)


@rule(
    "SEA870",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.LATER,
    title="two ways to update an endpoint",
    scope=TEMPLATE,
    source=f"{_API}, DeploymentConfig: only one update policy should be used",
    symptom=_LATER,
    fix="Keep one of the two.",
)
def two_policies(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Instances are replaced blue/green or in a rolling update."""
    for endpoint, config in configured(references_of(templates)):
        if "BlueGreenUpdatePolicy" in config and "RollingUpdatePolicy" in config:
            yield Violation(
                "DeploymentConfig has BlueGreenUpdatePolicy and RollingUpdatePolicy.",
                "one of the two.",
                endpoint.place,
            )


@rule(
    "SEA871",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="a time of an update outside of what SageMaker takes",
    scope=TEMPLATE,
    source="SageMaker's service model (botocore): BlueGreenUpdatePolicy, TrafficRoutingConfig, "
    "RollingUpdatePolicy, AutoRollbackConfig",
    symptom="SageMaker or CloudFormation refuses the endpoint, and the stack rolls back.",
    fix="Take a number in that range.",
)
def number_outside_its_range(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Waits are an hour at most, an update 10 minutes to 8 hours, and it has 1 to 10 alarms."""
    for endpoint, config in configured(references_of(templates)):
        for limit in RANGES:
            value = number(config, *limit.path)
            if value is not None and not limit.least <= value <= limit.most:
                yield Violation(
                    f"{limit.path[-1]} is {value:g}.", f"{limit.least} to {limit.most}.", endpoint.place
                )
        alarms = at(config, "AutoRollbackConfiguration", "Alarms")
        if isinstance(alarms, list) and not 1 <= len(alarms) <= _ALARMS_MAXIMUM:
            yield Violation(f"Alarms has {len(alarms)} entries.", f"1 to {_ALARMS_MAXIMUM}.", endpoint.place)


@rule(
    "SEA872",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.LATER,
    title="a step of an update of too many per cent",
    scope=TEMPLATE,
    source=_STEP_SOURCE,
    symptom=_LATER,
    fix="Take a number in that range.",
)
def batch_percentage(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """A canary is at most half of the instances, a linear step 10 to 50 %, a rolling batch 5 to 50 %."""
    for endpoint, step, kind, value in sizes(references_of(templates)):
        if kind == "CAPACITY_PERCENT" and not step.least_percent <= value <= step.most_percent:
            yield Violation(
                f"{step.name} is {value:g} %.",
                f"{step.least_percent} to {step.most_percent} %.",
                endpoint.place,
            )


@rule(
    "SEA873",
    severity=Severity.WARNING,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.LATER,
    title="a step of an update of too many instances",
    scope=TEMPLATE,
    source=_STEP_SOURCE,
    symptom="An update is refused while the endpoint has as many instances as it was created with.",
    fix="Take fewer instances for a step, a share by CAPACITY_PERCENT, or more instances.",
)
def batch_of_instances(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """A number of instances is held against InitialInstanceCount; scaling may have changed it."""
    references = references_of(templates)
    for endpoint, step, kind, value in sizes(references):
        config = config_of(references, endpoint)
        for variant in objects(config.properties if config else None, "ProductionVariants"):
            count = number(variant, "InitialInstanceCount")
            if kind == "INSTANCE_COUNT" and count and value * 100 > count * step.most_percent:
                yield Violation(
                    f"{step.name} is {value:g}, and the variant {variant.get('VariantName')!r} has "
                    f"{count:g} at first.",
                    f"at most {step.most_percent} % of the instances.",
                    endpoint.place,
                )


@rule(
    "SEA874",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.LATER,
    title="an update that has less time than it is to wait",
    scope=TEMPLATE,
    source=f"{_API}, BlueGreenUpdatePolicy, {_TIME_OUT}: larger than all waits together; RollingUpdatePolicy",
    symptom="Each update is refused, or runs into its time-out and is rolled back.",
    fix=f"Raise {_TIME_OUT}, or wait less.",
)
def time_out_below_the_waits(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """There are waits between the steps, and one before old instances go; starting takes time, too."""
    for endpoint, config in configured(references_of(templates)):
        for policy, routing in ((BLUE_GREEN, ROUTING), (ROLLING, ROLLING)):
            limit = number(config, *policy, _TIME_OUT)
            between = number(config, *routing, _WAIT) or 0
            waiting = between * waits(config) + (number(config, *policy, "TerminationWaitInSeconds") or 0)
            if limit is not None and waiting >= limit:
                yield Violation(
                    f"{_TIME_OUT} is {limit:g}, and the waits come to {waiting:g} seconds.",
                    f"more than {waiting:g}.",
                    endpoint.place,
                )


@rule(
    "SEA875",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="an update that can't be as it was asked for",
    scope=TEMPLATE,
    source="SageMaker Developer Guide, deployment guardrails, exclusions",
    symptom="SageMaker falls back to moving all traffic at once, without a time in which alarms would stop "
    "it.",
    fix="Take other instances or another policy, or leave DeploymentConfig out and know it.",
)
def guardrails_without_effect(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Inf1 instances have no guardrails; serverless variants and several variants no rolling update."""
    references = references_of(templates)
    for endpoint, deployment in configured(references):
        config = config_of(references, endpoint)
        if config is None:
            continue
        production = [each.data for each in variants(config) if not each.shadow]
        types = [name for variant in production for name in instance_type_names(variant)]
        inferentia = [name for name in types if name.startswith("ml.inf1.")]
        if inferentia:
            yield Violation(
                f"DeploymentConfig is given, and {inferentia[0]} takes no deployment guardrails.",
                "no DeploymentConfig with Inf1.",
                endpoint.place,
            )
        if "RollingUpdatePolicy" in deployment and len(production) > 1:
            yield Violation(
                f"RollingUpdatePolicy is given, and there are {len(production)} variants.",
                "one variant for a rolling update.",
                endpoint.place,
            )
        if "RollingUpdatePolicy" in deployment and any("ServerlessConfig" in each for each in production):
            yield Violation(
                "RollingUpdatePolicy is given, and a variant is serverless.",
                "instances for a rolling update.",
                endpoint.place,
            )


@rule(
    "SEA876",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="an update in steps that no alarm can stop",
    scope=TEMPLATE,
    source="SageMaker Developer Guide, deployment guardrails, auto-rollback configuration and monitoring: "
    "alarms are watched in each baking period",
    symptom="A model that answers wrongly takes over step by step, as nothing is watched between the steps.",
    fix="Name alarms in AutoRollbackConfiguration.",
)
def alarms_missing(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """A canary, linear steps and batches wait for alarms."""
    for endpoint, config in configured(references_of(templates)):
        kind = at(config, *ROUTING, "Type")
        stepwise = kind if kind in ("CANARY", "LINEAR") else None
        if "RollingUpdatePolicy" in config:
            stepwise = "RollingUpdatePolicy"
        if stepwise and not at(config, "AutoRollbackConfiguration", "Alarms"):
            yield Violation(f"{stepwise} waits between its steps for no alarm.", "1 to 10.", endpoint.place)
