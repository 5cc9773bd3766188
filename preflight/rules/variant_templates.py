"""SEA880 to SEA888: the variants of endpoint configurations in any template."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import catalogue
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TEMPLATE, Enforcer, SeenAfter, Violation
from preflight.rules._template_hosting import CONFIG, HostedVariant, instance_type_names, variants
from preflight.rules._template_models import MODEL
from preflight.rules._template_references import Place, Resource, references_of
from preflight.rules._template_values import number, objects
from preflight.templates import SynthesizedTemplates

__all__ = [
    "COUNTS",
    "NUMBERS",
    "Limit",
    "count_outside_its_range",
    "name_of_another_variant",
    "number_outside_its_range",
    "shadow_of_many",
    "volume_beside_local_disks",
    "weights_of_nothing",
    "without_instances",
]

_CREATE_CONFIG = "SageMaker API Reference, CreateEndpointConfig"
_REFUSED = "The configuration is refused, and the stack rolls back."


@dataclass(frozen=True, slots=True)
class Limit:
    """The range of a number, or of how many entries a list has.

    Attributes:
        owner: the type of resource whose properties ``path`` begins in.
        path: to it, into each item of the lists on the way.
        least: the smallest.
        most: the largest.
    """

    owner: str
    path: tuple[str, ...]
    least: int
    most: int


_VARIANT = ("ProductionVariants",)
_SERVERLESS = (*_VARIANT, "ServerlessConfig")

NUMBERS = (
    Limit(CONFIG, (*_VARIANT, "VolumeSizeInGB"), 1, 512),
    Limit(CONFIG, (*_VARIANT, "VariantInstanceProvisionTimeoutInSeconds"), 300, 3600),
    Limit(CONFIG, (*_SERVERLESS, "MemorySizeInMB"), 1024, 6144),
    Limit(CONFIG, (*_SERVERLESS, "MaxConcurrency"), 1, 200),
    Limit(CONFIG, (*_SERVERLESS, "ProvisionedConcurrency"), 1, 200),
    Limit(CONFIG, ("AsyncInferenceConfig", "ClientConfig", "MaxConcurrentInvocationsPerInstance"), 1, 1000),
    Limit(CONFIG, ("DataCaptureConfig", "InitialSamplingPercentage"), 0, 100),
)
"""Numbers of a configuration that SEA821 doesn't look after."""

COUNTS = (
    Limit(CONFIG, ("ProductionVariants",), 1, 10),
    Limit(CONFIG, ("ShadowProductionVariants",), 1, 10),
    Limit(CONFIG, ("DataCaptureConfig", "CaptureOptions"), 1, 32),
    Limit(CONFIG, ("VpcConfig", "Subnets"), 1, 16),
    Limit(CONFIG, ("VpcConfig", "SecurityGroupIds"), 1, 5),
    Limit(CONFIG, ("Tags",), 0, 50),
    Limit(MODEL, ("VpcConfig", "Subnets"), 1, 16),
    Limit(MODEL, ("VpcConfig", "SecurityGroupIds"), 1, 5),
    Limit(MODEL, ("PrimaryContainer", "Environment"), 0, 100),
    Limit(MODEL, ("Containers", "Environment"), 0, 100),
    Limit(MODEL, ("Tags",), 0, 50),
)
"""Counts of a configuration and of a model; the tests compare both tables with botocore's service model."""


@rule(
    "SEA880",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="two variants of one name",
    scope=TEMPLATE,
    source="SageMaker API Reference, InvokeEndpoint, TargetVariant, and DesiredWeightAndCapacity, "
    "VariantName: "
    "the name alone says which variant is meant",
    symptom=_REFUSED,
    fix="Give each variant a name of its own.",
)
def name_of_another_variant(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """A variant is named in requests, alarms and scaling, so no other one has its name."""
    for config in _configs(templates):
        names = Counter(each.data.get("VariantName") for each in variants(config) if _named(each))
        for name, count in names.items():
            if count > 1:
                yield Violation(f"{count} variants are called {name!r}.", "names that differ.", config.place)


@rule(
    "SEA881",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="a shadow of several variants",
    scope=TEMPLATE,
    source=f"{_CREATE_CONFIG}, ShadowProductionVariants: one production variant and one shadow variant",
    symptom=_REFUSED,
    fix="Keep one of each.",
)
def shadow_of_many(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Where requests are copied, there is one variant that they are copied from, and one to."""
    for config in _configs(templates):
        every = list(variants(config))
        shadows = sum(each.shadow for each in every)
        if (shadows and len(every) != 1 + shadows) or shadows > 1:
            yield Violation(
                f"There are {shadows} shadow variants and {len(every) - shadows} production variants.",
                "one of each.",
                config.place,
            )


@rule(
    "SEA882",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="a variant without instances, or with two kinds of them",
    scope=TEMPLATE,
    source="SageMaker API Reference, ProductionVariant, InstanceType, InstancePools and ServerlessConfig "
    "(instead "
    "of an instance-based configuration)",
    symptom=_REFUSED,
    fix="Give one of InstanceType, InstancePools and ServerlessConfig.",
)
def without_instances(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """A variant runs on instances of one type, of pools, or without instances of its own."""
    kinds = ("InstanceType", "InstancePools", "ServerlessConfig")
    for config in _configs(templates):
        for variant in variants(config):
            given = [kind for kind in kinds if kind in variant.data]
            if "ServerlessConfig" in given and "InitialInstanceCount" in variant.data:
                given.append("InitialInstanceCount")
            # What a function leaves out of the variant, nobody knows before the deployment.
            if len(given) != 1 and not any(key.startswith("Fn::") for key in variant.data):
                yield Violation(
                    f"The {variant.shown} has {' and '.join(given) or 'none of the three'}.",
                    f"one of {', '.join(kinds)}.",
                    config.place,
                )


@rule(
    "SEA883",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="a number outside of what a configuration takes",
    scope=TEMPLATE,
    source="SageMaker's service model (botocore): ProductionVariant, ProductionVariantServerlessConfig, "
    "AsyncInferenceClientConfig, DataCaptureConfig",
    symptom=_REFUSED,
    fix="Take a number in that range.",
)
def number_outside_its_range(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Volumes, times, serverless memory and concurrency, and the share of requests that is captured."""
    for place, owner, limit in _limited(templates, NUMBERS):
        value = number(owner, limit.path[-1])
        if value is not None and not limit.least <= value <= limit.most:
            yield Violation(f"{limit.path[-1]} is {value:g}.", f"{limit.least} to {limit.most}.", place)


@rule(
    "SEA884",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="more or fewer entries than a configuration or a model takes",
    scope=TEMPLATE,
    source="SageMaker's service model (botocore): CreateEndpointConfig, CreateModel, VpcConfig, "
    "ContainerDefinition",
    symptom=_REFUSED,
    fix="Take as many as that.",
)
def count_outside_its_range(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Variants, subnets, security groups, variables and tags."""
    for place, owner, limit in _limited(templates, COUNTS):
        entries = owner.get(limit.path[-1])
        countable = isinstance(entries, list) or (isinstance(entries, dict) and not _is_function(entries))
        if countable and entries is not None and not limit.least <= len(entries) <= limit.most:
            yield Violation(
                f"{limit.path[-1]} has {len(entries)} entries.", f"{limit.least} to {limit.most}.", place
            )


@rule(
    "SEA885",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="a volume's size for instances with local disks",
    scope=TEMPLATE,
    source="aws/sagemaker-python-sdk, pull 4828 and volume_size_supported: such an instance gets no EBS "
    "volume, and "
    "the size is refused",
    symptom=_REFUSED,
    fix="Leave VolumeSizeInGB out: the disks have the size they have. Or take an instance type without them.",
)
def volume_beside_local_disks(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Families that the SDK gives no size: a d in the name, and those that have disks without one."""
    for config in _configs(templates):
        for variant in variants(config):
            refusing = [each for each in instance_type_names(variant.data) if _has_no_volume(each)]
            if refusing and "VolumeSizeInGB" in variant.data:
                yield Violation(
                    f"VolumeSizeInGB is given, and {refusing[0]} has local disks instead of a volume.",
                    "no VolumeSizeInGB.",
                    config.place,
                )


@rule(
    "SEA886",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="variants whose weights come to 0",
    scope=TEMPLATE,
    source="SageMaker API Reference, ProductionVariant, InitialVariantWeight: traffic is the weight's ratio "
    "to the "
    "sum of all weights",
    symptom="No variant is given a share of the requests that name none.",
    fix="Give one variant a weight above 0, or leave it out for 1.",
)
def weights_of_nothing(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Among the production variants one at least has a weight."""
    for config in _configs(templates):
        production = [each.data for each in variants(config) if not each.shadow]
        if production and all(number(each, "InitialVariantWeight") == 0 for each in production):
            yield Violation("Every InitialVariantWeight is 0.", "one above 0.", config.place)


def _configs(templates: SynthesizedTemplates) -> Iterator[Resource]:
    return references_of(templates).of_type(CONFIG)


def _named(variant: HostedVariant) -> bool:
    return isinstance(variant.data.get("VariantName"), str)


def _limited(
    templates: SynthesizedTemplates, limits: tuple[Limit, ...]
) -> Iterator[tuple[Place, Mapping[str, Any], Limit]]:
    """Yield each structure that may hold the last part of a limit's path, with its resource's place."""
    references = references_of(templates)
    for limit in limits:
        for place, properties in references.properties_of(limit.owner):
            for each in objects(properties, *limit.path[:-1]):
                yield place, each, limit


def _is_function(value: Mapping[str, Any]) -> bool:
    return len(value) == 1 and next(iter(value)).startswith(("Fn::", "Ref"))


def _has_no_volume(name: str) -> bool:
    known = {each.name: each for each in catalogue.instance_types()}.get(name)
    # Of the newest families with local disks the SDK says nothing.
    return known is not None and known.local_nvme and known.family not in _FAMILIES_NOT_IN_THE_SDK


_FAMILIES_NOT_IN_THE_SDK = frozenset({"g7", "p6-b300", "p6e-gb200"})
