"""When an alarm fires."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.control.alarm import Alarm, AlarmState, Comparison, MissingData
from planning.control.errors import InvalidPolicyError

values = st.floats(-100, 100)
series = st.lists(st.none() | values, max_size=30)


@pytest.mark.parametrize(
    ("comparison", "breaching"),
    [
        (Comparison.GREATER, [6]),
        (Comparison.GREATER_OR_EQUAL, [5, 6]),
        (Comparison.LESS, [4]),
        (Comparison.LESS_OR_EQUAL, [4, 5]),
    ],
)
def test_comparisons(comparison: Comparison, breaching: list[int]) -> None:
    """Each of the four operators breaches on its own side of the threshold."""
    assert [value for value in (4, 5, 6) if comparison.breaches(value, 5)] == breaching


def test_all_of_the_periods_must_breach() -> None:
    """Without datapoints_to_alarm one datapoint within the threshold keeps the alarm OK."""
    alarm = Alarm(10, Comparison.GREATER, 3)
    assert alarm.evaluate([11, 11, 11]) is AlarmState.ALARM
    assert alarm.evaluate([11, 9, 11]) is AlarmState.OK


def test_m_out_of_n() -> None:
    """With datapoints_to_alarm so many of the periods suffice."""
    alarm = Alarm(10, Comparison.GREATER, 3, datapoints_to_alarm=2)
    assert alarm.evaluate([11, 9, 11]) is AlarmState.ALARM
    assert alarm.evaluate([9, 9, 11]) is AlarmState.OK


def test_only_the_newest_periods_count() -> None:
    """What lies before the evaluation periods does not matter."""
    assert Alarm(10, Comparison.GREATER, 2).evaluate([0, 0, 11, 11]) is AlarmState.ALARM


@pytest.mark.parametrize(
    ("treatment", "state"),
    [
        (MissingData.MISSING, AlarmState.INSUFFICIENT_DATA),
        (MissingData.BREACHING, AlarmState.ALARM),
        (MissingData.NOT_BREACHING, AlarmState.OK),
        (MissingData.IGNORE, AlarmState.ALARM),
    ],
)
def test_missing_data(treatment: MissingData, state: AlarmState) -> None:
    """A period without datapoint counts as treat_missing_data says; ignore keeps the state."""
    alarm = Alarm(10, Comparison.GREATER, 3, treat_missing_data=treatment)
    assert alarm.evaluate([11, None, 11], previous=AlarmState.ALARM) is state


def test_periods_before_the_first_are_missing() -> None:
    """A metric that is younger than the evaluation periods is insufficient data."""
    assert Alarm(10, Comparison.GREATER, 3).evaluate([11, 11]) is AlarmState.INSUFFICIENT_DATA


def test_datapoints_that_can_no_longer_alarm_decide_despite_gaps() -> None:
    """Where missing datapoints could not make it alarm any more, the alarm is OK."""
    assert Alarm(10, Comparison.GREATER, 3).evaluate([9, None, 11]) is AlarmState.OK


@given(series, values, st.integers(1, 20))
def test_alarms_only_on_breaching_datapoints(
    datapoints: list[float | None], threshold: float, periods: int
) -> None:
    """Missing data by itself never fires an alarm unless it counts as breaching."""
    state = Alarm(threshold, Comparison.GREATER, periods).evaluate(datapoints)
    window = datapoints[-periods:]
    full = len(window) == periods and all(each is not None and each > threshold for each in window)
    assert (state is AlarmState.ALARM) is full


def test_more_datapoints_than_periods_are_refused() -> None:
    """The message names both numbers."""
    with pytest.raises(InvalidPolicyError) as caught:
        Alarm(1, Comparison.LESS, 2, datapoints_to_alarm=3)
    assert str(caught.value) == (
        "datapoints_to_alarm 3 of evaluation_periods 2: take between 1 and evaluation_periods"
    )
