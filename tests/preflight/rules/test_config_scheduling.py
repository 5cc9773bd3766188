"""The rules about queues, priorities, batches and versions of a config.pbtxt."""

import pytest

from preflight import inspect_artifact
from tests.preflight.rules.broken_configs import (
    GOOD,
    RULES,
    BrokenConfig,
    artifact_of,
    assert_found,
    examples_of,
)


@pytest.mark.parametrize("broken", examples_of("SEA228"), ids=lambda each: each.what)
def test_sea228_no_version_served(broken: BrokenConfig) -> None:
    """Neither the latest none nor no specific one."""
    assert_found(broken)


@pytest.mark.parametrize("broken", examples_of("SEA270"), ids=lambda each: each.what)
def test_sea270_priority_out_of_range(broken: BrokenConfig) -> None:
    """The default, and those of policies."""
    assert_found(broken)


@pytest.mark.parametrize("broken", examples_of("SEA271"), ids=lambda each: each.what)
def test_sea271_order_and_priorities(broken: BrokenConfig) -> None:
    """Several levels, and a delay."""
    assert_found(broken)


@pytest.mark.parametrize("broken", examples_of("SEA272"), ids=lambda each: each.what)
def test_sea272_batcher_without_batches(broken: BrokenConfig) -> None:
    """Triton loads it, and joins nothing."""
    assert_found(broken)


@pytest.mark.parametrize("broken", examples_of("SEA273"), ids=lambda each: each.what)
def test_sea273_waits_longer_than_an_invocation(broken: BrokenConfig) -> None:
    """Of either batcher."""
    assert_found(broken)


@pytest.mark.parametrize(
    "words",
    [
        "dynamic_batching { priority_levels: 2 default_priority_level: 2 }",
        "dynamic_batching { preserve_ordering: true priority_levels: 1 default_priority_level: 1 }",
        "dynamic_batching { preserve_ordering: true default_queue_policy { timeout_action: DELAY } }",
        "dynamic_batching { max_queue_delay_microseconds: 59999999 }",
        "version_policy { all { } }",
        "version_policy { }",
        "sequence_batching { oldest { max_candidate_sequences: 4 preferred_batch_size: [ 4 ] } }",
        "sequence_batching { direct { minimum_slot_utilization: 1.0 } }",
    ],
)
def test_what_triton_takes_of_a_scheduler(words: str) -> None:
    """The edges of each range."""
    assert not {each.rule for each in inspect_artifact(artifact_of(f"{GOOD}{words}"))} & RULES


def test_a_queue_without_batches_is_still_a_queue() -> None:
    """Priorities and time-outs need no batch dimension."""
    unbatched = GOOD.replace("max_batch_size: 4", "max_batch_size: 0")
    for words in (
        "priority_levels: 2 default_priority_level: 1",
        "default_queue_policy { max_queue_size: 9 }",
    ):
        found = inspect_artifact(artifact_of(f"{unbatched}dynamic_batching {{ {words} }}"))
        assert "SEA272" not in {each.rule for each in found}
