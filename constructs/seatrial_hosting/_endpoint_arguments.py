"""What a real-time endpoint's arguments may be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import aws_cdk as cdk

import catalogue
from seatrial_hosting.routing import PrefixAwareRouting, RoutingStrategy
from seatrial_hosting.shared_instances import SharedInstances

if TYPE_CHECKING:
    from aws_cdk import aws_cloudwatch as cloudwatch
    from aws_cdk import aws_kms as kms

__all__ = [
    "instance_problems",
    "name_problems",
    "rollback_problems",
    "routing_problems",
    "shared_instance_problems",
    "timeout_problems",
]

_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
"""Source: botocore 1.44.5, sagemaker service model: EndpointName, VariantName; at most 63 characters."""

NAME_LIMIT = 63
TIMEOUT_SECONDS = range(60, 3601)
"""Source: API reference, ProductionVariant: both time-outs."""

POOL_LIMIT = 5
"""Source: API reference, ProductionVariant, InstancePools."""

ROLLBACK_ALARM_LIMIT = 10
"""Source: API reference, AutoRollbackConfig."""


def name_problems(endpoint_name: str, variant_name: str) -> Iterator[str]:
    """Check both names against SageMaker's pattern."""
    for argument, name in (("endpoint_name", endpoint_name), ("variant_name", variant_name)):
        if not _NAME.fullmatch(name) or len(name) > NAME_LIMIT:
            yield (
                f"{argument} is {name!r}; SageMaker takes at most {NAME_LIMIT} letters, digits and hyphens, "
                "with no hyphen at either end."
            )


def instance_problems(
    instance_type: str, count: int, volume_key: kms.IKey | None, ami: str | None
) -> Iterator[str]:
    """Check the instances: type, count, and what goes with the type."""
    try:
        known = catalogue.instance_type(instance_type)
    except catalogue.UnknownInstanceTypeError as error:
        yield f"instance_type: {error}."
    else:
        if volume_key and not known.takes_volume_kms_key:
            yield (
                f"volume_key is given, but {instance_type} has local NVMe disks, which a key of the hardware "
                "encrypts and no other. Leave it out, or take a type without such disks."
            )
    if count < 1:
        yield f"instance_count is {count}; an endpoint has at least 1."
    amis = [each.name for each in catalogue.inference_amis()]
    if ami is not None and ami not in amis:
        yield f"inference_ami_version is {ami!r}; SageMaker has {', '.join(amis)}."


def timeout_problems(timeouts: Mapping[str, cdk.Duration | None]) -> Iterator[str]:
    """Check the time-outs, by argument name."""
    for argument, timeout in timeouts.items():
        if timeout is not None and timeout.to_seconds() not in TIMEOUT_SECONDS:
            yield (
                f"{argument} is {timeout.to_seconds():g} s; SageMaker takes {TIMEOUT_SECONDS.start} to "
                f"{TIMEOUT_SECONDS.stop - 1} s."
            )


def rollback_problems(alarms: Sequence[cloudwatch.IAlarm]) -> Iterator[str]:
    """Check the number of alarms."""
    if len(alarms) > ROLLBACK_ALARM_LIMIT:
        yield f"rollback_alarms has {len(alarms)}; SageMaker watches at most {ROLLBACK_ALARM_LIMIT}."


def routing_problems(strategy: RoutingStrategy, prefix_aware: PrefixAwareRouting | None) -> Iterator[str]:
    """Check that prefix-aware routing has its settings, and no other has them."""
    wanted = strategy is RoutingStrategy.PREFIX_AWARE
    if wanted and prefix_aware is None:
        yield "PREFIX_AWARE routing needs prefix_aware settings; take a ComponentEndpoint and give them."
    if prefix_aware is not None and not wanted:
        yield f"prefix_aware is given, and routing is {strategy.value}; take PREFIX_AWARE, or leave it out."


def shared_instance_problems(instances: SharedInstances, ami: str | None) -> Iterator[str]:
    """Check the instances that components share."""
    if not 1 <= len(instances.instance_types) <= POOL_LIMIT:
        yield f"there are {len(instances.instance_types)} instance types; SageMaker takes 1 to {POOL_LIMIT}."
    if len(set(instances.instance_types)) < len(instances.instance_types):
        yield "an instance type is named twice; name each once."
    for instance_type in instances.instance_types:
        yield from instance_problems(instance_type, max(instances.minimum, 1), None, None)
    if instances.instance_types:
        yield from instance_problems(instances.instance_types[0], 1, None, ami)
    if not 0 <= instances.minimum <= instances.maximum or instances.maximum < 1:
        yield (
            f"instances go from {instances.minimum} to {instances.maximum}; the minimum is at least 0, the "
            "maximum at least 1 and not below the minimum."
        )
    if instances.minimum == 0 and not instances.managed:
        yield "instances go to 0, which only SageMaker's managed instance scaling does; set managed."
