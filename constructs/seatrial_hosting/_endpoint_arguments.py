"""What a real-time endpoint's arguments may be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import aws_cdk as cdk

import catalogue
from catalogue.limits import (
    ENDPOINT_NAME_MAXIMUM_LENGTH,
    ENDPOINT_NAME_PATTERN,
    VARIANT_TIMEOUT_MAXIMUM_SECONDS,
    VARIANT_TIMEOUT_MINIMUM_SECONDS,
)
from seatrial_hosting.routing import PrefixAwareRouting, RoutingStrategy
from seatrial_hosting.shared_instances import SharedInstances

if TYPE_CHECKING:
    from aws_cdk import aws_cloudwatch as cloudwatch
    from aws_cdk import aws_kms as kms

__all__ = [
    "accelerator_problems",
    "instance_problems",
    "name_problems",
    "rollback_problems",
    "routing_problems",
    "shared_instance_problems",
    "timeout_problems",
]

_NAME = re.compile(ENDPOINT_NAME_PATTERN)

POOL_LIMIT = 5
"""Source: API reference, ProductionVariant, InstancePools."""

ROLLBACK_ALARM_LIMIT = 10
"""Source: API reference, AutoRollbackConfig."""

BAKING_TIME_MAXIMUM_SECONDS = 3600
"""Source: API reference, TrafficRoutingConfig, WaitIntervalInSeconds."""


def name_problems(endpoint_name: str, variant_name: str) -> Iterator[str]:
    """Check both names against SageMaker's pattern."""
    for argument, name in (("endpoint_name", endpoint_name), ("variant_name", variant_name)):
        if not _NAME.fullmatch(name) or len(name) > ENDPOINT_NAME_MAXIMUM_LENGTH:
            yield (
                f"{argument} is {name!r}; SageMaker takes at most {ENDPOINT_NAME_MAXIMUM_LENGTH} letters, "
                "digits and hyphens, with no hyphen at either end."
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
    least, most = VARIANT_TIMEOUT_MINIMUM_SECONDS, VARIANT_TIMEOUT_MAXIMUM_SECONDS
    for argument, timeout in timeouts.items():
        if timeout is not None and not least <= timeout.to_seconds() <= most:
            yield f"{argument} is {timeout.to_seconds():g} s; SageMaker takes {least} to {most} s."


def accelerator_problems(accelerator_type: str | None) -> Iterator[str]:
    """Check the Elastic Inference accelerator against the sizes there were."""
    if accelerator_type is None:
        return
    sizes = [f"ml.{each.type}" for each in catalogue.accelerators()]
    if accelerator_type not in sizes:
        yield f"accelerator_type is {accelerator_type!r}; there were {', '.join(sizes)}."


def rollback_problems(alarms: Sequence[cloudwatch.IAlarm], baking_time: cdk.Duration | None) -> Iterator[str]:
    """Check the number of alarms, and how long an update waits for them."""
    if len(alarms) > ROLLBACK_ALARM_LIMIT:
        yield f"rollback_alarms has {len(alarms)}; SageMaker watches at most {ROLLBACK_ALARM_LIMIT}."
    if baking_time is None:
        return
    if not alarms:
        yield (
            f"baking_time is {baking_time.to_seconds():g} s without rollback_alarms, for which alone the old "
            "instances wait. Give alarms, or leave it out."
        )
    if baking_time.to_seconds() > BAKING_TIME_MAXIMUM_SECONDS:
        yield (
            f"baking_time is {baking_time.to_seconds():g} s; SageMaker takes at most "
            f"{BAKING_TIME_MAXIMUM_SECONDS} s."
        )


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
