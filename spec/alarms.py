"""When an endpoint calls for somebody."""

from typing import Annotated

from pydantic import Field

from spec._base import Distinct, Items, SpecModel, text

__all__ = ["Alarms", "TopicArn"]

TopicArn = Annotated[
    str,
    text(
        r"^arn:aws(-[a-z]+)*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$",
        allowed="the ARN of an SNS topic (arn:aws:sns:<region>:<account>:<name>)",
        maximum=256,
    ),
]


class Alarms(SpecModel):
    """The CloudWatch alarms of an endpoint."""

    errors_per_minute: int = Field(
        default=5,
        ge=1,
        description="How many answers with a 5xx status within a minute set off the alarm. Default: 5.",
    )
    model_latency_p99_milliseconds: int | None = Field(
        default=None,
        ge=1,
        le=60_000,
        description="The model's latency, as 99 of 100 requests see it at the most, above which for three "
        "minutes an alarm is set off; SageMaker gives up after 60 seconds (Developer Guide, troubleshooting "
        "real-time endpoints). Default: no such alarm: no number fits every model.",
    )
    notify: Annotated[Items[TopicArn], Distinct()] = Field(
        default=(),
        max_length=5,
        description="The SNS topics that are told when an alarm is set off and when it is over; CloudWatch "
        "takes 5 (API Reference, PutMetricAlarm, AlarmActions). Default: none, the alarms only show.",
    )
