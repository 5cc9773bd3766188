"""When a CloudWatch metric alarm fires."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from planning.control.errors import InvalidPolicyError

__all__ = ["Alarm", "AlarmState", "Comparison", "MissingData"]


class AlarmState(StrEnum):
    """The three states of an alarm, in CloudWatch's words."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


class Comparison(StrEnum):
    """``ComparisonOperator`` of a static threshold, in CloudWatch's words."""

    GREATER = "GreaterThanThreshold"
    GREATER_OR_EQUAL = "GreaterThanOrEqualToThreshold"
    LESS = "LessThanThreshold"
    LESS_OR_EQUAL = "LessThanOrEqualToThreshold"

    def breaches(self, value: float, threshold: float) -> bool:
        """Whether ``value`` is on the alarm's side of ``threshold``."""
        if self is Comparison.GREATER:
            return value > threshold
        if self is Comparison.GREATER_OR_EQUAL:
            return value >= threshold
        return value < threshold if self is Comparison.LESS else value <= threshold


class MissingData(StrEnum):
    """``TreatMissingData``, in CloudWatch's words."""

    MISSING = "missing"
    BREACHING = "breaching"
    NOT_BREACHING = "notBreaching"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Alarm:
    """A metric alarm with a static threshold.

    Attributes:
        threshold: what datapoints are compared with.
        comparison: how.
        evaluation_periods: how many of the newest periods are looked at.
        datapoints_to_alarm: how many of them must breach; None for all of them ("M out of N", CloudWatch User
            Guide, "Evaluating an alarm").
        treat_missing_data: what a period without datapoint counts as.
        period_seconds: length of a period.
    """

    threshold: float
    comparison: Comparison
    evaluation_periods: int
    datapoints_to_alarm: int | None = None
    treat_missing_data: MissingData = MissingData.MISSING
    period_seconds: int = 60

    def __post_init__(self) -> None:
        if not 1 <= self.needed <= self.evaluation_periods:
            raise InvalidPolicyError(
                f"datapoints_to_alarm {self.needed} of evaluation_periods {self.evaluation_periods}: take "
                "between 1 and evaluation_periods"
            )

    @property
    def needed(self) -> int:
        """How many of the ``evaluation_periods`` must breach."""
        return self.evaluation_periods if self.datapoints_to_alarm is None else self.datapoints_to_alarm

    def evaluate(
        self, datapoints: Sequence[float | None], previous: AlarmState = AlarmState.INSUFFICIENT_DATA
    ) -> AlarmState:
        """Return the alarm's state over the newest ``evaluation_periods`` of ``datapoints``.

        CloudWatch User Guide, "Configuring how CloudWatch alarms treat missing data". CloudWatch also looks
        a few periods further back for datapoints in place of missing ones; this does not, so a gap counts as
        a gap.

        Args:
            datapoints: one per period, oldest first; None where the period has none. Periods before the first
                count as without datapoint.
            previous: the state so far, which ``ignore`` keeps while datapoints are missing.
        """
        window = list(datapoints[-self.evaluation_periods :])
        missing = self.evaluation_periods - sum(each is not None for each in window)
        breaching = sum(
            each is not None and self.comparison.breaches(each, self.threshold) for each in window
        )
        if self.treat_missing_data is MissingData.BREACHING:
            breaching, missing = breaching + missing, 0
        elif self.treat_missing_data is MissingData.NOT_BREACHING:
            missing = 0
        if breaching >= self.needed:
            return AlarmState.ALARM
        if missing and (missing == self.evaluation_periods or breaching + missing >= self.needed):
            ignored = self.treat_missing_data is MissingData.IGNORE
            return previous if ignored else AlarmState.INSUFFICIENT_DATA
        return AlarmState.OK
