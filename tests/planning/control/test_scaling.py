"""Capacities, cooldowns and how several policies combine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.control.errors import InvalidPolicyError
from planning.control.scaling import Decision, Direction, ScalableCapacity, ScalingState, combine
from planning.control.scheduled_actions import ScheduledAction

STATE = ScalingState()
FIVE = ScalableCapacity(5, 0, 10)


def _decision(desired: int) -> Decision:
    direction = Direction.OUT if desired > 5 else Direction.IN if desired < 5 else Direction.NONE
    return Decision(desired, direction, f"to {desired}", STATE.after(5, desired, 0))


def test_out_if_any_policy_is_ready_and_the_largest_wins() -> None:
    """One policy that scales out suffices, against any that scale in."""
    decided = combine([_decision(2), _decision(7), _decision(8)], [_decision(6)], STATE, FIVE)
    assert (decided.desired, decided.direction) == (8, Direction.OUT)


def test_in_only_if_all_target_tracking_policies_are_ready() -> None:
    """A target tracking policy that holds keeps the capacity."""
    assert combine([_decision(2), _decision(5)], [], STATE, FIVE).direction is Direction.NONE
    assert combine([_decision(2), _decision(3)], [], STATE, FIVE).desired == 3


def test_step_scaling_scales_in_by_itself() -> None:
    """A step scaling policy in ALARM needs no other's consent, and leaves the largest capacity."""
    assert combine([_decision(5)], [_decision(4)], STATE, FIVE).desired == 4
    assert combine([_decision(1)], [_decision(4)], STATE, FIVE).desired == 4


def test_without_policies_nothing_happens() -> None:
    """A scalable target without policy stays as it is, its cooldowns too."""
    decided = combine([], [], STATE, FIVE)
    assert (decided.desired, decided.direction, decided.state) == (5, Direction.NONE, STATE)


@given(st.lists(st.integers(0, 10), min_size=1, max_size=5), st.lists(st.integers(0, 10), max_size=3))
def test_combination_is_one_of_the_decisions_or_none(tracked: list[int], stepped: list[int]) -> None:
    """Out if any, in only if all, never anything in between."""
    decided = combine([_decision(n) for n in tracked], [_decision(n) for n in stepped], STATE, FIVE)
    everything = tracked + stepped
    if max(everything) > 5:
        assert decided.desired == max(everything)
    elif all(n < 5 for n in tracked):
        assert decided.desired == max(n for n in everything if n < 5)
    elif not any(n < 5 for n in stepped):
        assert decided.desired == 5


def test_scale_out_cancels_the_scale_in_cooldown() -> None:
    """After a scale-out nothing remembers the scale-in before it."""
    state = STATE.after(5, 3, 100)
    assert state.scaled_in_within(300, 200)
    assert not state.after(3, 6, 200).scaled_in_within(300, 201)


def test_scale_in_leaves_the_scale_out_cooldown() -> None:
    """A scale-in starts its own cooldown beside that of the scale-out."""
    state = STATE.after(3, 6, 0).after(6, 5, 100)
    assert state.scaled_out_within(300, 200)
    assert state.scaled_in_within(300, 200)
    assert not state.scaled_out_within(300, 300)


@pytest.mark.parametrize(("desired", "moved"), [(0, 2), (3, 3), (9, 4)])
def test_scheduled_action_moves_limits_and_capacity(desired: int, moved: int) -> None:
    """New limits take hold at once: capacity below goes up to the minimum, above down to the maximum."""
    applied = ScheduledAction(2, 4).apply(ScalableCapacity(desired, 0, 10, running=desired))
    assert applied == ScalableCapacity(moved, 2, 4, running=desired)


def test_scheduled_action_leaves_what_it_does_not_name() -> None:
    """Either limit can change alone."""
    assert ScheduledAction(minimum=6).apply(FIVE) == ScalableCapacity(6, 6, 10)
    assert ScheduledAction(maximum=4).apply(FIVE) == ScalableCapacity(4, 0, 4)


def test_scheduled_action_without_limits_is_refused() -> None:
    """An action that changes nothing is a mistake."""
    with pytest.raises(InvalidPolicyError, match="minimum and maximum are both null: give one of them"):
        ScheduledAction()


@pytest.mark.parametrize(
    ("desired", "minimum", "maximum", "words"),
    [
        (1, 3, 2, "minimum 3, maximum 2: take 0 <= minimum <= maximum"),
        (-1, 0, 2, "desired -1, running -1: capacities are never negative"),
    ],
)
def test_contradictory_capacity_is_refused(desired: int, minimum: int, maximum: int, words: str) -> None:
    """Limits the wrong way round and negative capacities are named."""
    with pytest.raises(InvalidPolicyError) as caught:
        ScalableCapacity(desired, minimum, maximum)
    assert str(caught.value) == words
