"""What CloudWatch refuses of a metric alarm, of a stack or of PutMetricAlarm.

Sources: botocore's model of PutMetricAlarm; CloudWatch API reference, PutMetricAlarm: Period ("10, 20, 30, or
any multiple of 60") and EvaluationPeriods (the product "can't exceed 604,800 seconds", and 86,400 where the
period is shorter than an hour). The words are this server's own.
"""

from collections.abc import Mapping
from typing import Any

from local.aws.server._api_model import validate_request
from local.aws.server.errors import AwsError

__all__ = ["check_alarm"]

_HIGH_RESOLUTION = frozenset({10, 20, 30})
_MINUTE_SECONDS, _HOUR_SECONDS, _DAY_SECONDS = 60, 3600, 86_400


def check_alarm(request: Mapping[str, Any]) -> None:
    """Check PutMetricAlarm's request.

    Raises:
        AwsError: ``ValidationError``.
    """
    try:
        validate_request("PutMetricAlarm", request, "cloudwatch")
    except AwsError as error:
        raise AwsError("ValidationError", error.message) from error
    period = request.get("Period")
    if period is None:
        return
    if period not in _HIGH_RESOLUTION and period % _MINUTE_SECONDS:
        raise AwsError("ValidationError", f"Period {period} must be 10, 20, 30 or a multiple of 60")
    periods = request.get("EvaluationPeriods") or 1
    week = 7 * _DAY_SECONDS
    if period < _HOUR_SECONDS and period * periods > _DAY_SECONDS:
        raise AwsError(
            "ValidationError",
            "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).",
        )
    if period * periods > week:
        raise AwsError(
            "ValidationError",
            "Metrics cannot be checked across more than a week (EvaluationPeriods * Period must be <= "
            f"{week}).",
        )
