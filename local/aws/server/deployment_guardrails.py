"""What SageMaker refuses of the way in which an update replaces an endpoint's instances.

Sources: DeploymentConfig ("Only one update policy should be used"), TrafficRoutingConfig (a canary at most 50
% of the variant's instances, a linear step 10 to 50 %), RollingUpdatePolicy (a batch 5 to 50 %) and
BlueGreenUpdatePolicy (the time-out above all waits) of the SageMaker API reference. Ranges of single numbers
are botocore's model's. The words are this server's own.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.aws.server.errors import validation_exception

__all__ = ["check_deployment_config"]

_PERCENT, _INSTANCES = "CAPACITY_PERCENT", "INSTANCE_COUNT"


@dataclass(frozen=True, slots=True)
class _Size:
    """A part of the instances that changes at once: what it is called, and its share in per cent."""

    name: str
    size: Mapping[str, Any]
    least: int
    most: int = 50


def check_deployment_config(config: Mapping[str, Any] | None, variants: Sequence[Mapping[str, Any]]) -> None:
    """Check UpdateEndpoint's ``DeploymentConfig``.

    Args:
        config: as the request has it.
        variants: of the endpoint, as DescribeEndpoint describes them.

    Raises:
        AwsError: it can't be carried out.
    """
    if not config:
        return
    blue_green, rolling = config.get("BlueGreenUpdatePolicy"), config.get("RollingUpdatePolicy")
    if blue_green and rolling:
        raise validation_exception(
            "DeploymentConfig can't have both BlueGreenUpdatePolicy and RollingUpdatePolicy."
        )
    fewest = min((each["DesiredInstanceCount"] for each in variants), default=1)
    for each in _sizes(blue_green or {}, rolling or {}):
        _check_size(each, fewest)
    for policy in (blue_green, rolling):
        if policy:
            _check_waits(policy)


def _sizes(blue_green: Mapping[str, Any], rolling: Mapping[str, Any]) -> Iterator[_Size]:
    routing = blue_green.get("TrafficRoutingConfiguration", {})
    for name, owner, least in (
        ("CanarySize", routing, 1),
        ("LinearStepSize", routing, 10),
        ("MaximumBatchSize", rolling, 5),
    ):
        if name in owner:
            yield _Size(name, owner[name], least)


def _check_size(each: _Size, instances: int) -> None:
    kind, value = each.size["Type"], each.size["Value"]
    if kind == _PERCENT and not each.least <= value <= each.most:
        raise validation_exception(
            f"{each.name} {value} of type {kind} must be between {each.least} and {each.most}."
        )
    if kind == _INSTANCES and 100 * value > each.most * max(instances, 1):
        raise validation_exception(
            f"{each.name} {value} of type {kind} must be at most {each.most}% of the instance count of every "
            f"variant, of which one has {instances}."
        )


def _check_waits(policy: Mapping[str, Any]) -> None:
    limit = policy.get("MaximumExecutionTimeoutInSeconds")
    routing = policy.get("TrafficRoutingConfiguration", policy)
    between = routing.get("WaitIntervalInSeconds", 0)
    waiting = between * _waits(routing) + policy.get("TerminationWaitInSeconds", 0)
    if limit is not None and waiting >= limit:
        raise validation_exception(
            f"MaximumExecutionTimeoutInSeconds {limit} must be greater than the sum of the wait intervals "
            f"and TerminationWaitInSeconds, which is {waiting}."
        )


def _waits(routing: Mapping[str, Any]) -> int:
    """Return how often an update waits at least: between steps whose number the request alone says."""
    for name in ("LinearStepSize", "MaximumBatchSize"):
        size = routing.get(name, {})
        if size.get("Type") == _PERCENT:
            return math.ceil(100 / int(size["Value"])) - 1
    return 1
