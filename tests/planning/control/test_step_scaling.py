"""Step scaling: which step, how far, and when it waits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.control.errors import InvalidPolicyError
from planning.control.scaling import Direction, ScalableCapacity, ScalingState
from planning.control.step_scaling import (
    AdjustmentType,
    MetricAggregation,
    StepAdjustment,
    StepScaling,
    scale_from_zero,
)

STATE = ScalingState()
TEN = ScalableCapacity(10, 0, 100)
STEPS = (
    StepAdjustment(-2, None, -10),
    StepAdjustment(0, -10, 10),
    StepAdjustment(2, 10, 20),
    StepAdjustment(3, 20, None),
)


@pytest.mark.parametrize(
    ("metric", "desired"), [(35, 8), (40, 8), (41, 10), (59, 10), (60, 12), (69, 12), (70, 13), (500, 13)]
)
def test_step_is_chosen_by_the_breach(metric: float, desired: int) -> None:
    """Above the threshold a step includes its lower bound, below it its upper bound."""
    assert StepScaling(STEPS).decide(STATE, [metric], 50, TEN, 0).desired == desired


@pytest.mark.parametrize(("percent", "desired"), [(12, 11), (5, 11), (-5, 9), (-18, 9), (127, 22)])
def test_per_cent_are_rounded_towards_zero_but_never_to_nothing(percent: int, desired: int) -> None:
    """12 % of 10 is 1; 5 % is 1 too; 127 % is 12; likewise downwards."""
    bounds = (0, None) if percent > 0 else (None, 0)
    policy = StepScaling((StepAdjustment(percent, *bounds),), AdjustmentType.PERCENT_CHANGE_IN_CAPACITY)
    assert policy.decide(STATE, [50], 50, TEN, 0).desired == desired


def test_least_change_of_a_percentage() -> None:
    """25 % of 4 is 1, and a minimum magnitude of 2 makes it 2 (API Reference, MinAdjustmentMagnitude)."""
    policy = StepScaling(
        (StepAdjustment(25, 0),), AdjustmentType.PERCENT_CHANGE_IN_CAPACITY, min_adjustment_magnitude=2
    )
    assert policy.decide(STATE, [50], 50, ScalableCapacity(4, 0, 10), 0).desired == 6


def test_exact_capacity_is_the_capacity() -> None:
    """An exact capacity is taken as it is, within the limits."""
    policy = StepScaling((StepAdjustment(200, 0),), AdjustmentType.EXACT_CAPACITY)
    assert policy.decide(STATE, [50], 50, TEN, 0).desired == 100


@pytest.mark.parametrize(
    ("aggregation", "desired"),
    [
        (MetricAggregation.MINIMUM, 10),
        (MetricAggregation.AVERAGE, 12),
        (MetricAggregation.MAXIMUM, 13),
    ],
)
def test_datapoints_become_one_value(aggregation: MetricAggregation, desired: int) -> None:
    """The alarm's datapoints, without the missing ones, are aggregated as the policy says."""
    policy = StepScaling(STEPS, metric_aggregation_type=aggregation)
    assert policy.decide(STATE, [50, None, 80], 50, TEN, 0).desired == desired


def test_in_the_cooldown_what_was_added_counts() -> None:
    """After 2 more, a step of 3 adds only 1, and the step of 2 nothing (step scaling guide, cooldown)."""
    policy = StepScaling(STEPS)
    first = policy.decide(STATE, [60], 50, TEN, 0)
    assert first.desired == 12
    now = ScalableCapacity(12, 0, 100)
    assert policy.decide(first.state, [60], 50, now, 299).direction is Direction.NONE
    assert policy.decide(first.state, [70], 50, now, 299).desired == 13
    assert policy.decide(first.state, [60], 50, now, 300).desired == 14


def test_scale_in_waits_and_scale_out_does_not() -> None:
    """During a scale-in's cooldown only a scale-out goes through."""
    policy = StepScaling(STEPS)
    first = policy.decide(STATE, [35], 50, TEN, 0)
    now = ScalableCapacity(first.desired, 0, 100)
    assert policy.decide(first.state, [35], 50, now, 299).direction is Direction.NONE
    assert policy.decide(first.state, [60], 50, now, 1).desired == 10


def test_from_zero_adds_the_first_copy() -> None:
    """AWS's policy for scaling from zero adds one copy to none, and not a second one within a minute."""
    policy = scale_from_zero()
    first = policy.decide(STATE, [7], 1, ScalableCapacity(0, 0, 5), 0)
    assert (first.desired, first.direction) == (1, Direction.OUT)
    assert policy.decide(first.state, [7], 1, ScalableCapacity(1, 0, 5), 59).direction is Direction.NONE


def test_without_datapoints_nothing_happens() -> None:
    """An alarm that fired on missing data alone changes no capacity."""
    assert StepScaling(STEPS).decide(STATE, [None], 50, TEN, 0).direction is Direction.NONE


@given(st.floats(-1000, 1000), st.integers(0, 50), st.integers(0, 50), st.sampled_from(AdjustmentType))
def test_never_leaves_its_range(metric: float, minimum: int, more: int, kind: AdjustmentType) -> None:
    """Every decision lies between minimum and maximum, or changes nothing."""
    capacity = ScalableCapacity(minimum + more // 2, minimum, minimum + more)
    steps = tuple(
        StepAdjustment(abs(each.scaling_adjustment), each.lower_bound, each.upper_bound) for each in STEPS
    )
    decided = StepScaling(steps, kind).decide(STATE, [metric], 0, capacity, 0)
    assert capacity.minimum <= decided.desired <= capacity.maximum


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ((), "steps: take at least one"),
        ((StepAdjustment(1),), "one of them not null"),
        (
            (StepAdjustment(1, 5, 5), StepAdjustment(2, 5)),
            "the upper bound must be greater than the lower one",
        ),
        ((StepAdjustment(1, 0, 5), StepAdjustment(2, 6)), "they overlap or leave a gap"),
        ((StepAdjustment(1, 0, 5), StepAdjustment(2, 4)), "they overlap or leave a gap"),
        ((StepAdjustment(1, 0, 5),), "above 0, the highest step has no upper bound"),
        ((StepAdjustment(-1, -5, 0),), "below 0, the lowest step has no lower bound"),
    ],
)
def test_steps_that_the_api_refuses(steps: tuple[StepAdjustment, ...], words: str) -> None:
    """Overlaps, gaps and bounds that are missing are refused with the step that has them."""
    with pytest.raises(InvalidPolicyError) as caught:
        StepScaling(steps)
    assert words in str(caught.value)


def test_negative_cooldown_is_refused() -> None:
    """The message names the value."""
    with pytest.raises(InvalidPolicyError, match="cooldown_seconds -1: take 0 or more"):
        StepScaling((StepAdjustment(1, 0),), cooldown_seconds=-1)
