"""The alarms of an endpoint that serves one model: errors of its own, and a slow model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import aws_cdk as cdk
from constructs import Construct

from seatrial_hosting._scaling_properties import ALARM_TYPE
from seatrial_hosting._template_json import Properties, present
from seatrial_hosting._validation import raise_problems
from seatrial_hosting.endpoint import INVOCATION_NAMESPACE, Endpoint

__all__ = ["EndpointAlarms"]

ACTION_LIMIT = 5
"""Source: CloudWatch API Reference, PutMetricAlarm, AlarmActions."""

_LATENCY_MINUTES = 3
_MICROSECONDS_PER_MILLISECOND = 1000


class EndpointAlarms(Construct):
    """Two alarms of one variant; names begin with the endpoint's.

    Creates ``<endpoint>-server-errors``, set off by answers with a 5xx status within one minute, and where a
    latency is given ``<endpoint>-model-latency``, set off when the model's 99th percentile is above it for
    three minutes. Minutes without a request set nothing off.

    Does not create the topics that are told.

    Grants nothing; a topic of another account must itself admit CloudWatch.

    Args:
        endpoint: what is watched.
        errors_per_minute: how many set off the alarm. Default: 5.
        model_latency_p99: what 99 of 100 requests stay below. Default: no such alarm.
        notify: ARNs of SNS topics that are told when an alarm is set off and when it is over, at most five.
            Default: none.

    Raises:
        HostingError: the arguments don't fit; all problems at once.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        endpoint: Endpoint,
        errors_per_minute: int = 5,
        model_latency_p99: cdk.Duration | None = None,
        notify: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, construct_id)
        raise_problems(self, _problems(errors_per_minute, model_latency_p99, notify))
        self._server_errors = f"{endpoint.endpoint_name}-server-errors"
        errors = {
            "AlarmName": self._server_errors,
            "AlarmDescription": f"The model of {endpoint.endpoint_name} answers with errors of its own",
            "MetricName": "Invocation5XXErrors",
            "Statistic": "Sum",
            "EvaluationPeriods": 1,
            "DatapointsToAlarm": 1,
            "Threshold": errors_per_minute,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        }
        self._add("ServerErrors", endpoint, errors, notify)
        if model_latency_p99 is None:
            return
        latency = {
            "AlarmName": f"{endpoint.endpoint_name}-model-latency",
            "AlarmDescription": f"The model of {endpoint.endpoint_name} answers too slowly",
            "MetricName": "ModelLatency",
            "ExtendedStatistic": "p99",
            "EvaluationPeriods": _LATENCY_MINUTES,
            "DatapointsToAlarm": _LATENCY_MINUTES,
            "Threshold": model_latency_p99.to_milliseconds() * _MICROSECONDS_PER_MILLISECOND,
            "ComparisonOperator": "GreaterThanThreshold",
            "Unit": "Microseconds",
        }
        self._add("ModelLatency", endpoint, latency, notify)

    @property
    def server_errors_alarm_name(self) -> str:
        """The name of the alarm on errors, which an update can take to roll back."""
        return self._server_errors

    def _add(self, construct_id: str, endpoint: Endpoint, own: Properties, notify: Sequence[str]) -> None:
        properties = {
            **own,
            "Namespace": INVOCATION_NAMESPACE,
            "Dimensions": [
                {"Name": "EndpointName", "Value": endpoint.endpoint_name},
                {"Name": "VariantName", "Value": endpoint.variant_name},
            ],
            "Period": 60,
            "TreatMissingData": "notBreaching",
            "AlarmActions": list(notify),
            "OKActions": list(notify),
        }
        cdk.CfnResource(self, construct_id, type=ALARM_TYPE, properties=present(properties))


def _problems(
    errors_per_minute: int, model_latency_p99: cdk.Duration | None, notify: Sequence[str]
) -> Iterator[str]:
    if errors_per_minute < 1:
        yield f"errors_per_minute is {errors_per_minute}; it is at least 1."
    if model_latency_p99 is not None and model_latency_p99.to_milliseconds() <= 0:
        yield "model_latency_p99 is 0; give what requests may take, or leave it out."
    if len(notify) > ACTION_LIMIT:
        yield f"notify has {len(notify)} topics; an alarm tells at most {ACTION_LIMIT}."
