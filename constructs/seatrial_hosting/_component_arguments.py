"""What an inference component's arguments may be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from catalogue.limits import COMPONENT_NAME_MAXIMUM_LENGTH as NAME_LIMIT
from catalogue.limits import ENDPOINT_NAME_PATTERN as NAME_PATTERN
from catalogue.limits import INLINE_ENVIRONMENT_MAXIMUM_ENTRIES as ENVIRONMENT_LIMIT
from catalogue.limits import ROLLING_BATCH_MAXIMUM_PERCENT, ROLLING_BATCH_MINIMUM_PERCENT
from seatrial_hosting.component_settings import CapacitySize, ComponentSpecification, RollingUpdate
from seatrial_hosting.scaling_settings import Scaling

__all__ = ["component_problems", "scaling_problems"]

MEMORY_MINIMUM_MIB = 128
CPU_MINIMUM = 0.25
ACCELERATOR_MINIMUM = 1
TIMEOUT_SECONDS = range(60, 3601)
SPECIFICATION_LIMIT = 5
BATCH_PERCENT = range(ROLLING_BATCH_MINIMUM_PERCENT, ROLLING_BATCH_MAXIMUM_PERCENT + 1)
WAIT_SECONDS = range(3601)
EXECUTION_SECONDS = range(600, 28801)
ALARM_LIMIT = 10
"""Sources: botocore 1.44.5, sagemaker service model; CloudFormation, AWS::SageMaker::InferenceComponent."""


def component_problems(
    name: str,
    specifications: Sequence[ComponentSpecification],
    copy_count: int | None,
    rolling_update: RollingUpdate | None,
    *,
    declares_model: bool = False,
) -> Iterator[str]:
    """Check one component; ``declares_model``: every specification gets a Model that is yet to be named."""
    if not re.fullmatch(NAME_PATTERN, name) or len(name) > NAME_LIMIT:
        yield (
            f"component_name is {name!r}; SageMaker takes at most {NAME_LIMIT} letters, digits and hyphens, "
            "with no hyphen at either end."
        )
    if copy_count is not None and copy_count < 1:
        yield (
            f"copy_count is {copy_count}; SageMaker creates no component with less than 1. Leave it out "
            "where scaling decides."
        )
    yield from _specification_problems(specifications, declares_model=declares_model)
    if rolling_update is not None:
        yield from _rolling_problems(rolling_update)


def scaling_problems(scaling: Scaling, smallest: int) -> Iterator[str]:
    """Check a range of capacity whose smallest possible minimum is ``smallest``."""
    if not smallest <= scaling.minimum <= scaling.maximum or scaling.maximum < 1:
        yield (
            f"scaling goes from {scaling.minimum} to {scaling.maximum}; the minimum is at least {smallest}, "
            "the maximum at least 1 and not below the minimum."
        )
    if scaling.target_tracking is None and not scaling.scheduled_actions:
        yield "scaling has neither target_tracking nor scheduled_actions; give one."
    for action in scaling.scheduled_actions:
        if action.minimum is None and action.maximum is None:
            yield f"the scheduled action {action.name!r} changes nothing; give minimum, maximum or both."
        given = [each for each in (action.minimum, action.maximum) if each is not None]
        if min(given, default=smallest) < smallest:
            yield f"the scheduled action {action.name!r} goes to {min(given)}; it is at least {smallest}."


def _specification_problems(
    specifications: Sequence[ComponentSpecification], *, declares_model: bool
) -> Iterator[str]:
    count = len(specifications)
    if not 1 <= count <= SPECIFICATION_LIMIT:
        yield f"there are {count} specifications; give one, or 2 to {SPECIFICATION_LIMIT} for as many types."
    types = [each.instance_type for each in specifications]
    if count > 1 and (None in types or len(set(types)) < count):
        yield "of several specifications each has an instance_type of its own; CloudFormation asks for it."
    if count == 1 and types[0] is not None:
        yield f"the only specification is for {types[0]}; leave instance_type out, it is for all instances."
    for each in specifications:
        has_model = declares_model or each.model_name is not None
        if each.base_component_name is not None:
            yield from _adapter_problems(each, count, has_model=has_model)
        elif has_model == (each.container is not None):
            yield "a specification has either model_name or container; give one of the two."
        elif each.compute is None:
            yield "a specification has no compute; state at least memory_mib."
        yield from _limit_problems(each)


def _adapter_problems(given: ComponentSpecification, count: int, *, has_model: bool) -> Iterator[str]:
    if count > 1:
        yield "an adapter has one specification; CloudFormation takes no base component in several."
    if given.compute is not None or has_model:
        yield "an adapter has neither compute nor model_name: its base component's copies load it."
    if given.container is None or given.container.artifact_url is None:
        yield "an adapter has a container with its artifact_url; give it."


def _limit_problems(given: ComponentSpecification) -> Iterator[str]:
    compute, container = given.compute, given.container
    if compute is not None:
        yield from _below("memory_mib", compute.memory_mib, MEMORY_MINIMUM_MIB)
        yield from _below("memory_maximum_mib", compute.memory_maximum_mib, compute.memory_mib)
        yield from _below("cpus", compute.cpus, CPU_MINIMUM)
        yield from _below("accelerators", compute.accelerators, ACCELERATOR_MINIMUM)
    if container is not None:
        if len(container.environment) > ENVIRONMENT_LIMIT:
            yield (
                f"container has {len(container.environment)} variables; CloudFormation takes "
                f"{ENVIRONMENT_LIMIT}. A Model takes 100."
            )
        if container.artifact_url is not None and not container.artifact_url.endswith(".tar.gz"):
            yield (
                f"artifact_url is {container.artifact_url!r}; SageMaker takes one .tar.gz here. What is not "
                "packed needs a Model."
            )
    for argument in (
        "container_startup_health_check_timeout_seconds",
        "model_data_download_timeout_seconds",
    ):
        yield from _outside(argument, getattr(given, argument), TIMEOUT_SECONDS)


def _rolling_problems(given: RollingUpdate) -> Iterator[str]:
    if given.maximum_batch_size.type == "CAPACITY_PERCENT":
        yield from _outside("maximum_batch_size in per cent", given.maximum_batch_size.value, BATCH_PERCENT)
    for size in (given.maximum_batch_size, given.rollback_maximum_batch_size):
        if isinstance(size, CapacitySize) and size.type not in {"COPY_COUNT", "CAPACITY_PERCENT"}:
            yield f"a batch size has the type {size.type!r}; SageMaker knows COPY_COUNT and CAPACITY_PERCENT."
    yield from _outside("wait_interval_seconds", given.wait_interval_seconds, WAIT_SECONDS)
    yield from _outside(
        "maximum_execution_timeout_seconds", given.maximum_execution_timeout_seconds, EXECUTION_SECONDS
    )
    if len(given.rollback_alarm_names) > ALARM_LIMIT:
        yield f"there are {len(given.rollback_alarm_names)} rollback alarms; SageMaker watches {ALARM_LIMIT}."


def _below(argument: str, value: float | None, least: float) -> Iterator[str]:
    if value is not None and value < least:
        yield f"{argument} is {value:g}; SageMaker takes at least {least:g}."


def _outside(argument: str, value: int | None, allowed: range) -> Iterator[str]:
    if value is not None and value not in allowed:
        yield f"{argument} is {value}; SageMaker takes {allowed.start} to {allowed.stop - 1}."
