from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest

from seatrial_hosting import EndpointAlarms, HostingError, RealtimeEndpoint

Find = Callable[[cdk.Stack, str], dict[str, dict[str, Any]]]

ALARM = "AWS::CloudWatch::Alarm"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:on-call"


def add(stack: cdk.Stack, **arguments: Any) -> EndpointAlarms:  # noqa: ANN401 - passed on
    endpoint = RealtimeEndpoint.from_endpoint_name(stack, "Endpoint", "fast", variant_name="Blue")
    return EndpointAlarms(stack, "Alarms", endpoint=endpoint, **arguments)


def properties(stack: cdk.Stack, find: Find) -> dict[str, dict[str, Any]]:
    return {each["Properties"]["AlarmName"]: each["Properties"] for each in find(stack, ALARM).values()}


def test_errors_are_watched_by_default(stack: cdk.Stack, find: Find) -> None:
    """Five answers with a 5xx status in one minute; a minute without requests is a good one."""
    assert add(stack).server_errors_alarm_name == "fast-server-errors"
    assert properties(stack, find) == {
        "fast-server-errors": {
            "AlarmName": "fast-server-errors",
            "AlarmDescription": "The model of fast answers with errors of its own",
            "Namespace": "AWS/SageMaker",
            "MetricName": "Invocation5XXErrors",
            "Dimensions": [
                {"Name": "EndpointName", "Value": "fast"},
                {"Name": "VariantName", "Value": "Blue"},
            ],
            "Statistic": "Sum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "DatapointsToAlarm": 1,
            "Threshold": 5,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "notBreaching",
        }
    }


def test_latency_is_watched_where_it_is_given(stack: cdk.Stack, find: Find) -> None:
    """The metric is in microseconds; three minutes in a row are above the limit."""
    add(stack, model_latency_p99=cdk.Duration.millis(250))
    alarm = properties(stack, find)["fast-model-latency"]
    assert (alarm["MetricName"], alarm["ExtendedStatistic"]) == ("ModelLatency", "p99")
    assert (alarm["Threshold"], alarm["Unit"]) == (250_000, "Microseconds")
    assert (alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"]) == (3, 3)
    assert alarm["ComparisonOperator"] == "GreaterThanThreshold"


def test_topics_are_told_of_both_ends(stack: cdk.Stack, find: Find) -> None:
    """Whoever was called learns that it is over."""
    add(stack, errors_per_minute=1, notify=[TOPIC])
    alarm = properties(stack, find)["fast-server-errors"]
    assert (alarm["AlarmActions"], alarm["OKActions"]) == ([TOPIC], [TOPIC])
    assert alarm["Threshold"] == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"errors_per_minute": 0}, "errors_per_minute is 0; it is at least 1."),
        (
            {"model_latency_p99": cdk.Duration.millis(0)},
            "model_latency_p99 is 0; give what requests may take",
        ),
        ({"notify": [TOPIC] * 6}, "notify has 6 topics; an alarm tells at most 5."),
    ],
)
def test_what_cloudwatch_refuses_is_refused(stack: cdk.Stack, arguments: dict[str, Any], words: str) -> None:
    """Each broken limit is named with its value."""
    with pytest.raises(HostingError) as refusal:
        add(stack, **arguments)
    assert words in str(refusal.value)
