"""Target tracking: when and how far."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.control.errors import InvalidPolicyError
from planning.control.scaling import Direction, ScalableCapacity, ScalingState
from planning.control.target_tracking import TargetTracking

POLICY = TargetTracking(100)
STATE = ScalingState()
LOW = [10.0] * 15

metrics = st.floats(0, 1000)
series = st.lists(st.none() | metrics, max_size=20)
capacities = st.builds(
    lambda desired, low, more: ScalableCapacity(max(desired, low), low, low + more + 1),
    st.integers(1, 30),
    st.integers(0, 5),
    st.integers(0, 30),
)


def test_scales_out_in_proportion_rounded_up() -> None:
    """Two copies at 1.6 times the target need 3.2 copies: 4."""
    decided = POLICY.decide(STATE, [160, 160, 160], ScalableCapacity(2, 0, 10), 0)
    assert (decided.desired, decided.direction) == (4, Direction.OUT)
    assert decided.reason == "160 is above the target 100: 2 to 4"


def test_exact_proportions_are_not_rounded_up() -> None:
    """Floating point makes no copy: 3 at 0.3 with a target of 0.1 are 9."""
    policy = TargetTracking(0.1)
    assert policy.decide(STATE, [0.3] * 3, ScalableCapacity(3, 0, 20), 0).desired == 9


@pytest.mark.parametrize("datapoints", [[160, 160], [160, 90, 160], [160, None, 160], [100, 100, 100]])
def test_scale_out_needs_three_datapoints_above_the_target(datapoints: list[float | None]) -> None:
    """Two datapoints, one below, a gap, or exactly the target: nothing happens."""
    assert POLICY.decide(STATE, datapoints, ScalableCapacity(2, 0, 10), 0).direction is Direction.NONE


def test_scales_in_after_fifteen_low_datapoints() -> None:
    """Fifteen minutes at a tenth of the target take ten copies to one; fourteen do nothing."""
    ten = ScalableCapacity(10, 0, 10)
    assert POLICY.decide(STATE, LOW, ten, 0).desired == 1
    assert POLICY.decide(STATE, LOW[1:], ten, 0).direction is Direction.NONE


def test_scale_in_waits_until_the_metric_is_ten_percent_lower() -> None:
    """At 90 per cent of the target the metric is not low yet."""
    ten = ScalableCapacity(10, 0, 10)
    assert POLICY.decide(STATE, [90.0] * 15, ten, 0).direction is Direction.NONE
    assert POLICY.decide(STATE, [89.9] * 15, ten, 0).desired == 9


def test_scale_in_keeps_room_for_the_highest_datapoint() -> None:
    """The busiest of the fifteen minutes decides what stays."""
    assert POLICY.decide(STATE, [*LOW[1:], 45.0], ScalableCapacity(10, 0, 10), 0).desired == 5


def test_no_traffic_goes_to_the_minimum() -> None:
    """Zeros, which are data, lead to the minimum, zero among them."""
    assert POLICY.decide(STATE, [0.0] * 15, ScalableCapacity(3, 0, 5), 0).desired == 0
    assert POLICY.decide(STATE, [0.0] * 15, ScalableCapacity(3, 2, 5), 0).desired == 2


def test_larger_scale_out_goes_through_the_cooldown() -> None:
    """2 copies went to 4; 1.6 times the target again is no larger, three times is: 6."""
    first = POLICY.decide(STATE, [160] * 3, ScalableCapacity(2, 0, 10), 0)
    now = ScalableCapacity(4, 0, 10)
    assert POLICY.decide(first.state, [160] * 3, now, 60).direction is Direction.NONE
    larger = POLICY.decide(first.state, [300] * 3, now, 120)
    assert (larger.desired, larger.direction) == (6, Direction.OUT)
    assert POLICY.decide(larger.state, [300] * 3, ScalableCapacity(6, 0, 10), 180).direction is Direction.NONE


def test_after_the_cooldown_the_present_capacity_counts() -> None:
    """The same breach after 300 seconds is measured on what there is now."""
    first = POLICY.decide(STATE, [160] * 3, ScalableCapacity(2, 0, 10), 0)
    assert POLICY.decide(first.state, [160] * 3, ScalableCapacity(4, 0, 10), 300).desired == 7


def test_scale_in_waits_for_its_cooldown() -> None:
    """A second scale-in comes 300 seconds after the first."""
    first = POLICY.decide(STATE, [80.0] * 15, ScalableCapacity(10, 0, 10), 0)
    assert first.desired == 8
    now = ScalableCapacity(8, 0, 10)
    assert POLICY.decide(first.state, LOW, now, 299).direction is Direction.NONE
    assert POLICY.decide(first.state, LOW, now, 300).desired == 1


def test_scale_out_cancels_the_scale_in_cooldown() -> None:
    """Out goes at once during a scale-in's cooldown, and in is free again after it."""
    into = POLICY.decide(STATE, [80.0] * 15, ScalableCapacity(10, 0, 20), 0)
    out = POLICY.decide(into.state, [200] * 3, ScalableCapacity(8, 0, 20), 60)
    assert out.desired == 16
    assert POLICY.decide(out.state, LOW, ScalableCapacity(16, 0, 20), 120).direction is Direction.IN


def test_capacity_in_service_sizes_the_scale_out() -> None:
    """What the metric was measured over counts, not what is still starting."""
    starting = ScalableCapacity(4, 0, 10, running=2)
    assert POLICY.decide(STATE, [160] * 3, starting, 0).direction is Direction.NONE
    assert POLICY.decide(STATE, [300] * 3, starting, 0).desired == 6


def test_without_copies_there_is_no_metric() -> None:
    """Target tracking never leads out of zero."""
    assert POLICY.decide(STATE, [999] * 15, ScalableCapacity(0, 0, 5), 0).direction is Direction.NONE


def test_scale_in_can_be_disabled() -> None:
    """With disable_scale_in low metrics change nothing."""
    policy = TargetTracking(100, disable_scale_in=True)
    assert policy.decide(STATE, LOW, ScalableCapacity(10, 0, 10), 0).direction is Direction.NONE


def test_high_resolution_scales_out_sooner_and_in_as_late() -> None:
    """Ten-second datapoints: out after 30 seconds, in after 15 minutes."""
    policy = TargetTracking(5, high_resolution=True)
    out, into = policy.scale_out_alarm, policy.scale_in_alarm
    assert (out.evaluation_periods * out.period_seconds, into.evaluation_periods * into.period_seconds) == (
        30,
        900,
    )
    assert (policy.window, POLICY.window) == (90, 15)


@given(series, capacities, st.floats(0, 1000))
def test_never_leaves_its_range(
    datapoints: list[float | None], capacity: ScalableCapacity, now_seconds: float
) -> None:
    """Whatever the metric says, a policy moves between minimum and maximum, and by its direction."""
    decided = POLICY.decide(STATE, datapoints, capacity, now_seconds)
    if decided.direction is Direction.NONE:
        assert decided.desired == capacity.desired
        assert decided.state == STATE
    else:
        assert capacity.minimum <= decided.desired <= capacity.maximum
        assert (decided.desired > capacity.desired) is (decided.direction is Direction.OUT)


@given(st.lists(metrics, min_size=15, max_size=15), st.integers(0, 14), capacities)
def test_missing_data_never_scales_in(datapoints: list[float], gap: int, capacity: ScalableCapacity) -> None:
    """One gap in the fifteen minutes is enough to stay."""
    with_gap: list[float | None] = [*datapoints]
    with_gap[gap] = None
    assert POLICY.decide(STATE, with_gap, capacity, 0).direction is not Direction.IN


@given(
    st.lists(st.floats(0, 89).map(lambda each: round(each, 3)), min_size=15, max_size=15), st.integers(2, 30)
)
def test_scale_in_never_leads_above_the_target(datapoints: list[float], copies: int) -> None:
    """After a scale-in the busiest of the minutes would have stayed within the target."""
    decided = POLICY.decide(STATE, datapoints, ScalableCapacity(copies, 0, 30), 0)
    assert copies * max(datapoints) <= decided.desired * 100 * (1 + 1e-9)


@given(st.floats(100.001, 1000), st.integers(1, 30))
def test_scale_out_brings_the_metric_to_its_target(metric: float, copies: int) -> None:
    """With enough room the copies suffice for the load, and one copy less would not."""
    decided = POLICY.decide(STATE, [metric] * 3, ScalableCapacity(copies, 0, 1000), 0)
    assert (decided.desired - 1) * 100 < copies * metric + 1e-6
    assert copies * metric <= decided.desired * 100 + 1e-6


@given(st.floats(101, 1000), st.floats(101, 1000), st.integers(1, 30), st.floats(0, 299))
def test_in_the_cooldown_only_a_larger_scale_out(
    first: float, second: float, copies: int, now_seconds: float
) -> None:
    """Within 300 seconds a breach as large as the first one, or smaller, changes nothing."""
    out = POLICY.decide(STATE, [first] * 3, ScalableCapacity(copies, 0, 1000), 0)
    again = POLICY.decide(out.state, [second] * 3, ScalableCapacity(out.desired, 0, 1000), now_seconds)
    if second <= first:
        assert again.direction is Direction.NONE
    assert again.desired >= out.desired


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"target_value": 0}, "target_value 0: take more than 0"),
        (
            {"target_value": 1, "scale_in_fraction": 1.5},
            "scale_in_fraction 1.5: take more than 0 and at most 1",
        ),
        (
            {"target_value": 1, "scale_out_cooldown_seconds": -1, "scale_in_cooldown_seconds": -2},
            "scale_out_cooldown_seconds -1: take 0 or more; scale_in_cooldown_seconds -2: take 0 or more",
        ),
        ({"target_value": 1, "scale_out_datapoints": 0}, "scale_out_datapoints 0: take 1 or more"),
        ({"target_value": 1, "scale_in_minutes": 0}, "scale_in_minutes 0: take 1 or more"),
    ],
)
def test_contradictory_policies_are_refused(arguments: dict[str, Any], words: str) -> None:
    """All that is wrong is said at once, with what is allowed."""
    with pytest.raises(InvalidPolicyError) as caught:
        TargetTracking(**arguments)
    assert str(caught.value) == words
