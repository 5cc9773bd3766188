"""SEA270 to SEA273 and SEA228: queues, priorities and batches of a config.pbtxt's dynamic batcher."""

from collections.abc import Iterator
from typing import Any

from model_packaging.artifact.inspection import ArtifactInspection
from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import ARTIFACT, Enforcer, SeenAfter, Violation
from preflight.rules._completion import completes_batch_size
from preflight.rules._config_message import enum_name, message_of

__all__ = [
    "batcher_without_batches",
    "no_version_served",
    "order_and_priorities",
    "priority_out_of_range",
    "waits_longer_than_an_invocation",
]

_NOT_LOADED = "and the endpoint fails after its start-up time-out."
_CORE = "Triton core, src/model_config_utils.cc, ValidateModelConfig; seen on Triton 2.51"
_INVOCATION_SECONDS = 60
"""How long a container may take to answer (SageMaker Runtime API, InvokeEndpoint)."""
_MICROSECONDS = 1_000_000
_FOR_QUEUES = (
    "default_priority_level",
    "default_queue_policy",
    "preserve_ordering",
    "priority_levels",
    "priority_queue_policy",
)
"""What a dynamic batcher is good for without batches."""


@rule(
    "SEA270",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a priority level that there is not",
    scope=ARTIFACT,
    source=f"Triton, model configuration, priority levels; {_CORE}",
    symptom=f"Triton says 'default priority level must be in range', {_NOT_LOADED}",
    fix="Set default_priority_level, from 1 to priority_levels; so the levels of priority_queue_policy.",
)
def priority_out_of_range(artifact: ArtifactInspection) -> Iterator[Violation]:
    """With priority_levels a default must be named; levels count from 1."""
    batching = _batching(artifact)
    levels = batching.priority_levels if batching is not None else 0
    if batching is None or levels == 0:
        return
    if not 1 <= batching.default_priority_level <= levels:
        yield Violation(
            f"priority_levels is {levels}, default_priority_level {batching.default_priority_level}.",
            f"a default_priority_level from 1 to {levels}.",
            field=("dynamic_batching", "priority_levels"),
        )
    for level in sorted(batching.priority_queue_policy):
        if not 1 <= level <= levels:
            yield Violation(
                f"priority_queue_policy names the level {level}; priority_levels is {levels}.",
                f"1 to {levels}.",
                field=("dynamic_batching", "priority_queue_policy"),
            )


@rule(
    "SEA271",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="preserve_ordering with what changes the order",
    scope=ARTIFACT,
    source=f"Triton, model configuration, preserve ordering; {_CORE}",
    symptom=f"Triton says \"when 'preserve_ordering' is true\", {_NOT_LOADED}",
    fix="Leave preserve_ordering out, or the priority levels and the DELAY.",
)
def order_and_priorities(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Answers in the order of requests leave no room for requests that wait behind others."""
    batching = _batching(artifact)
    if batching is None or not batching.preserve_ordering:
        return
    if batching.priority_levels > 1:
        yield Violation(
            f"preserve_ordering is true, with {batching.priority_levels} priority levels.",
            "one priority level, or no preserve_ordering.",
            field=("dynamic_batching", "preserve_ordering"),
        )
    policies = [batching.default_queue_policy, *batching.priority_queue_policy.values()]
    if any(
        policy.default_timeout_microseconds and enum_name(policy, "timeout_action") == "DELAY"
        for policy in policies
    ):
        yield Violation(
            "preserve_ordering is true, and requests that time out are to wait (DELAY).",
            "timeout_action REJECT, or no preserve_ordering.",
            field=("dynamic_batching", "preserve_ordering"),
        )


@rule(
    "SEA272",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="a dynamic batcher that can't batch",
    scope=ARTIFACT,
    source="Triton, model configuration, maximum batch size and dynamic batcher; seen on Triton 2.51: it "
    "loads, and executes each request alone",
    symptom="The endpoint works and batches nothing.",
    fix="Set max_batch_size to the largest batch, or leave dynamic_batching out.",
)
def batcher_without_batches(artifact: ArtifactInspection) -> Iterator[Violation]:
    """Without a batch dimension there is nothing to join; priorities and time-outs of a queue still work.

    A backend may complete max_batch_size.
    """
    config, batching = message_of(artifact), _batching(artifact)
    if config is None or batching is None or config.max_batch_size > 0:
        return
    if completes_batch_size(artifact):
        return
    if not any(getattr(batching, name) for name in _FOR_QUEUES if name != "default_queue_policy") and (
        not batching.HasField("default_queue_policy")
    ):
        yield Violation(
            f"dynamic_batching is on, and max_batch_size is {config.max_batch_size}.",
            "max_batch_size above 1 with dynamic_batching.",
            field=("dynamic_batching",),
        )


@rule(
    "SEA273",
    severity=Severity.WARNING,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AT_REQUEST,
    title="a batch that is waited for longer than an invocation may take",
    scope=ARTIFACT,
    source="SageMaker Runtime API, InvokeEndpoint: containers must respond within 60 seconds; Triton, model "
    "configuration, delayed batching",
    symptom="A request that comes alone waits for others, and InvokeEndpoint fails after 60 s. Asynchronous "
    "endpoints and batch transform wait longer.",
    fix="Give microseconds: 100000 is a tenth of a second.",
)
def waits_longer_than_an_invocation(artifact: ArtifactInspection) -> Iterator[Violation]:
    """The delay is in microseconds, and a lone request waits for all of it."""
    config = message_of(artifact)
    if config is None:
        return
    for path, batcher in (
        (("dynamic_batching",), config.dynamic_batching),
        (("sequence_batching", "oldest"), config.sequence_batching.oldest),
        (("sequence_batching", "direct"), config.sequence_batching.direct),
    ):
        delay = batcher.max_queue_delay_microseconds
        if delay >= _INVOCATION_SECONDS * _MICROSECONDS:
            yield Violation(
                f"max_queue_delay_microseconds is {delay}: {delay / _MICROSECONDS:g} s.",
                f"less than the {_INVOCATION_SECONDS} s of an invocation.",
                field=(*path, "max_queue_delay_microseconds"),
            )


@rule(
    "SEA228",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AFTER_START_UP,
    title="a version policy that serves no version",
    scope=ARTIFACT,
    source="Triton, model configuration, version policy; seen on Triton 2.51",
    symptom=f"Triton says 'at least one version must be available under the version policy', {_NOT_LOADED}",
    fix="Give latest a num_versions of at least 1, and specific its versions; or leave version_policy out.",
)
def no_version_served(artifact: ArtifactInspection) -> Iterator[Violation]:
    """``latest`` without a number means none, and so does ``specific`` without versions."""
    config = message_of(artifact)
    if config is None or not config.HasField("version_policy"):
        return
    policy = config.version_policy
    choice = policy.WhichOneof("policy_choice")
    if choice == "latest" and policy.latest.num_versions == 0:
        yield Violation(
            "version_policy serves the latest 0 versions.",
            "num_versions of at least 1.",
            field=("version_policy", "latest"),
        )
    if choice == "specific" and not policy.specific.versions:
        yield Violation(
            "version_policy names no specific version.",
            "at least one version.",
            field=("version_policy", "specific"),
        )


def _batching(artifact: ArtifactInspection) -> Any | None:  # noqa: ANN401 - protobuf's classes ship no types
    config = message_of(artifact)
    return config.dynamic_batching if config is not None and config.HasField("dynamic_batching") else None
