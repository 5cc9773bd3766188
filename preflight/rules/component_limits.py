"""SEA82x: what SageMaker's service model says about single values of components and their endpoints.

CloudFormation hands most of these on to SageMaker as they are. The tests compare the tables with botocore's
service model, which is not there at synth.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catalogue.limits import (
    COMPONENT_NAME_MAXIMUM_LENGTH,
    ENDPOINT_NAME_MAXIMUM_LENGTH,
    ENDPOINT_NAME_PATTERN,
    INLINE_ENVIRONMENT_MAXIMUM_ENTRIES,
    VARIANT_TIMEOUT_MAXIMUM_SECONDS,
    VARIANT_TIMEOUT_MINIMUM_SECONDS,
)
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TEMPLATE, Enforcer, SeenAfter, Violation
from preflight.rules._template_components import components, specifications
from preflight.rules._template_references import Place, references_of
from preflight.rules._template_values import number, objects
from preflight.templates import SynthesizedTemplates

__all__ = [
    "COUNTS",
    "NUMBERS",
    "TEXTS",
    "Count",
    "Numeric",
    "Text",
    "artifact_not_packed",
    "count_outside_its_range",
    "number_outside_its_range",
    "text_refused",
]

_COMPONENT = "InferenceComponent"
_SPECIFICATION = "InferenceComponentSpecification"
_VARIANT = "ProductionVariant"

_STARTUP = ("StartupParameters",)
_COMPUTE = ("ComputeResourceRequirements",)
_ROLLING = ("DeploymentConfig", "RollingUpdatePolicy")
_MANAGED = ("ManagedInstanceScaling",)
_PREFIX = ("RoutingConfig", "PrefixAwareRoutingConfig")
_TIMEOUTS = (VARIANT_TIMEOUT_MINIMUM_SECONDS, VARIANT_TIMEOUT_MAXIMUM_SECONDS)


@dataclass(frozen=True, slots=True)
class Numeric:
    """The range of one number.

    Attributes:
        owner: what ``path`` begins in: a component, one of its specifications, or a variant.
        path: to the number.
        least: the smallest value.
        most: the largest; None for none.
    """

    owner: str
    path: tuple[str, ...]
    least: float
    most: float | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How many entries a list or a map has; the attributes are ``Numeric``'s."""

    owner: str
    path: tuple[str, ...]
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Text:
    """The form of one text.

    Attributes:
        owner: as ``Numeric``'s.
        path: to the text.
        most: its characters.
        pattern: that the whole text matches; None for any.
        words: the pattern, in words.
    """

    owner: str
    path: tuple[str, ...]
    most: int
    pattern: str | None
    words: str


NUMBERS = (
    Numeric(_SPECIFICATION, (*_COMPUTE, "MinMemoryRequiredInMb"), 128),
    Numeric(_SPECIFICATION, (*_COMPUTE, "MaxMemoryRequiredInMb"), 128),
    Numeric(_SPECIFICATION, (*_COMPUTE, "NumberOfAcceleratorDevicesRequired"), 1),
    Numeric(_SPECIFICATION, (*_STARTUP, "ContainerStartupHealthCheckTimeoutInSeconds"), *_TIMEOUTS),
    Numeric(_SPECIFICATION, (*_STARTUP, "ModelDataDownloadTimeoutInSeconds"), *_TIMEOUTS),
    Numeric(_SPECIFICATION, ("SchedulingConfig", "AvailabilityZoneBalance", "MaxImbalance"), 0, 100),
    Numeric(_COMPONENT, (*_ROLLING, "MaximumBatchSize", "Value"), 1),
    Numeric(_COMPONENT, (*_ROLLING, "RollbackMaximumBatchSize", "Value"), 1),
    Numeric(_COMPONENT, (*_ROLLING, "WaitIntervalInSeconds"), 0, 3600),
    Numeric(_COMPONENT, (*_ROLLING, "MaximumExecutionTimeoutInSeconds"), 600, 28800),
    Numeric(_VARIANT, ("InitialInstanceCount",), 1),
    Numeric(_VARIANT, (*_MANAGED, "MinInstanceCount"), 0),
    Numeric(_VARIANT, (*_MANAGED, "MaxInstanceCount"), 1),
    Numeric(_VARIANT, (*_MANAGED, "ScaleInPolicy", "MaximumStepSize"), 1, 100),
    Numeric(_VARIANT, (*_MANAGED, "ScaleInPolicy", "CooldownInMinutes"), 5, 1440),
    Numeric(_VARIANT, ("InstancePools", "Priority"), 1, 5),
    Numeric(_VARIANT, (*_PREFIX, "PrefixLength"), 1024, 65536),
    Numeric(_VARIANT, (*_PREFIX, "ConcurrencyThreshold"), 1, 1024),
    Numeric(_VARIANT, ("ContainerStartupHealthCheckTimeoutInSeconds",), *_TIMEOUTS),
    Numeric(_VARIANT, ("ModelDataDownloadTimeoutInSeconds",), *_TIMEOUTS),
)
"""Every range of a number but that of CPUs, which SEA812 looks after."""

COUNTS = (
    Count(_COMPONENT, ("DeploymentConfig", "AutoRollbackConfiguration", "Alarms"), 1, 10),
    Count(_COMPONENT, ("Specifications",), 2, 5),
    Count(_SPECIFICATION, ("Container", "Environment"), 0, INLINE_ENVIRONMENT_MAXIMUM_ENTRIES),
    Count(_SPECIFICATION, ("Container", "ContainerMetricsConfig", "MetricsEndpoints"), 1, 1),
    Count(_VARIANT, ("InstancePools",), 1, 5),
)
"""Every range of a count. CloudFormation asks for two specifications at least, and takes 16 variables."""

_FORM = (ENDPOINT_NAME_PATTERN, "letters, digits and hyphens, none at the ends")
_NAME = (ENDPOINT_NAME_MAXIMUM_LENGTH, *_FORM)
_COMPONENT_NAME = (COMPONENT_NAME_MAXIMUM_LENGTH, *_FORM)

TEXTS = (
    Text(_COMPONENT, ("InferenceComponentName",), *_COMPONENT_NAME),
    Text(_COMPONENT, ("EndpointName",), *_NAME),
    Text(_COMPONENT, ("VariantName",), *_NAME),
    Text(_SPECIFICATION, ("ModelName",), *_NAME),
    Text(_SPECIFICATION, ("BaseInferenceComponentName",), *_COMPONENT_NAME),
    Text(_SPECIFICATION, ("Container", "Image"), 255, r"\S+", "text without blanks"),
    Text(_SPECIFICATION, ("Container", "ArtifactUrl"), 1024, r"(https|s3)://([^/]+)/?(.*)", "s3://..."),
    Text(_VARIANT, ("VariantName",), *_NAME),
)
"""Every form of a text."""

_SOURCE = "SageMaker's service model (botocore); CloudFormation, AWS::SageMaker::InferenceComponent"
_REFUSED = "SageMaker or CloudFormation refuses the resource while the stack is deployed, and it rolls back."


@rule(
    "SEA821",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="a number outside of what SageMaker takes",
    scope=TEMPLATE,
    source=_SOURCE,
    symptom=_REFUSED,
    fix="Take a number in that range.",
)
def number_outside_its_range(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Memory, accelerators, times, batches, instances and routing."""
    for place, owner, data in _owners(templates):
        for limit in NUMBERS:
            *way, last = limit.path
            for each in objects(data, *way) if limit.owner == owner else ():
                value, most = number(each, last), limit.most
                if value is not None and not limit.least <= value <= (value if most is None else most):
                    allowed = f"at least {limit.least}" if most is None else f"{limit.least} to {most}"
                    yield Violation(f"{last} is {value:g}.", f"{allowed}.", place)


@rule(
    "SEA822",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="more or fewer entries than SageMaker takes",
    scope=TEMPLATE,
    source=_SOURCE,
    symptom=_REFUSED,
    fix="Take as many as that. A Model takes 100 environment variables.",
)
def count_outside_its_range(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Alarms, specifications, variables and pools."""
    for place, owner, data in _owners(templates):
        for limit in COUNTS:
            *way, last = limit.path
            for each in objects(data, *way) if limit.owner == owner else ():
                entries = each.get(last)
                if isinstance(entries, list | dict) and not limit.least <= len(entries) <= limit.most:
                    yield Violation(
                        f"{last} has {len(entries)} entries.", f"{limit.least} to {limit.most}.", place
                    )


@rule(
    "SEA823",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="a text that SageMaker refuses",
    scope=TEMPLATE,
    source=_SOURCE,
    symptom=_REFUSED,
    fix="Write it in that form.",
)
def text_refused(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Names, images and addresses; of a component's name the length is SEA817's."""
    for place, owner, data in _owners(templates):
        for limit in TEXTS:
            *way, last = limit.path
            for each in objects(data, *way) if limit.owner == owner else ():
                value = each.get(last)
                if not isinstance(value, str):
                    continue
                too_long = len(value) > limit.most and last != "InferenceComponentName"
                if too_long or not re.fullmatch(limit.pattern or ".*", value):
                    allowed = f"{limit.words}, at most {limit.most} characters."
                    yield Violation(f"{last} is {value!r}.", allowed, place)


@rule(
    "SEA824",
    severity=Severity.ERROR,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AFTER_ENDPOINT,
    title="an inline container whose artifact is not packed",
    scope=TEMPLATE,
    source="SageMaker API Reference, InferenceComponentContainerSpecification, ArtifactUrl: a single gzip "
    "compressed tar archive",
    symptom="The component fails: 'Failed to extract model data archive', and its copies never start.",
    fix="Pack it, or take a Model: a Model may refer to what is not packed.",
)
def artifact_not_packed(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """What a component itself refers to is one .tar.gz."""
    for place, specification in specifications(templates):
        for container in objects(specification, "Container"):
            url = container.get("ArtifactUrl")
            if isinstance(url, str) and not url.endswith(".tar.gz"):
                yield Violation(f"ArtifactUrl is {url!r}.", "s3://<bucket>/<key>.tar.gz.", place)


def _owners(templates: SynthesizedTemplates) -> Iterator[tuple[Place, str, Mapping[str, Any]]]:
    for place, properties in components(templates):
        yield place, _COMPONENT, properties
    for place, specification in specifications(templates):
        yield place, _SPECIFICATION, specification
    for place, properties in references_of(templates).properties_of("AWS::SageMaker::EndpointConfig"):
        for variant in objects(properties, "ProductionVariants"):
            yield place, _VARIANT, variant
