"""How Application Auto Scaling moves copies and instances."""

from typing import Annotated

from pydantic import Field

from spec._base import SpecModel, text

__all__ = ["ComponentScaling", "Scaling", "ScheduledAction", "VariantScaling"]

_MAXIMUM_TARGET = 1_000_000
_MAXIMUM_COOLDOWN_SECONDS = 86_400

CooldownSeconds = Annotated[int, Field(ge=0, le=_MAXIMUM_COOLDOWN_SECONDS)]
TargetValue = Annotated[float, Field(gt=0, le=_MAXIMUM_TARGET)]
Capacity = Annotated[int, Field(ge=0)]
ActionName = Annotated[
    str,
    text(
        r"^[A-Za-z0-9_-]+$",
        allowed="the action's name: letters, digits, _ and -",
        maximum=256,  # Application Auto Scaling API Reference, PutScheduledAction, ScheduledActionName
    ),
]
ScheduleExpression = Annotated[
    str,
    text(
        r"^(at\([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\)"
        r"|rate\([1-9][0-9]* (minute|hour|day)s?\)"
        r"|cron\([^\s()]+( +[^\s()]+){5}\))$",
        allowed="at(2030-01-31T08:00:00), rate(12 hours) or cron(0 8 * * ? *), of six fields",
        maximum=1600,  # Application Auto Scaling API Reference, PutScheduledAction, Schedule
    ),
]

TIMESTAMP_PATTERN = (
    r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$"
)

Timestamp = Annotated[
    str,
    text(
        TIMESTAMP_PATTERN,
        allowed="a time in UTC, in quotes: 2030-01-31T08:00:00Z",
        maximum=20,
    ),
]


class ScheduledAction(SpecModel):
    """A change of the smallest and largest capacity at a set time; scaling goes on between the new ones."""

    schedule: ScheduleExpression = Field(
        description="When, as at(), rate() or cron() (Application Auto Scaling API Reference, "
        "PutScheduledAction)."
    )
    time_zone: Annotated[str, Field(max_length=1600)] = Field(
        default="UTC",
        description="The time zone of at() and cron(), by its name in IANA's database, such as Europe/Paris. "
        "Default: UTC.",
    )
    min: Capacity | None = Field(
        default=None, description="The smallest capacity from then on. Default: it stays as it is."
    )
    max: Capacity | None = Field(
        default=None, description="The largest capacity from then on. Default: it stays as it is."
    )
    start: Timestamp | None = Field(
        default=None, description="When rate() and cron() begin. Default: at once."
    )
    end: Timestamp | None = Field(default=None, description="When rate() and cron() end. Default: never.")


class Scaling(SpecModel):
    """What target tracking of every kind takes."""

    scale_in_cooldown_seconds: CooldownSeconds = Field(
        default=300,
        description="How long after a scale-in the next one waits. Default: 300, as SageMaker's own.",
    )
    scale_out_cooldown_seconds: CooldownSeconds = Field(
        default=300,
        description="How long after a scale-out the next one waits. Default: 300, as SageMaker's own.",
    )
    disable_scale_in: bool = Field(
        default=False,
        description="Whether target tracking only adds; scheduled actions, or nobody, take back. "
        "Default: false.",
    )
    scheduled: dict[ActionName, ScheduledAction] = Field(
        default_factory=dict, description="Scheduled actions by name. Default: none."
    )


class ComponentScaling(Scaling):
    """How an inference component's copies follow its load; one of the two metrics at most."""

    invocations_per_copy: TargetValue | None = Field(
        default=None,
        description="The invocations per copy and minute to hold (predefined metric "
        "SageMakerInferenceComponentInvocationsPerCopy, a datapoint per minute). "
        "Default: this metric is not tracked.",
    )
    concurrent_requests_per_copy: TargetValue | None = Field(
        default=None,
        description="The requests in flight per copy to hold (predefined metric "
        "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution, a datapoint per 10 seconds). "
        "Default: this metric is not tracked.",
    )


class VariantScaling(Scaling):
    """How a variant's instances follow its load."""

    min: int = Field(ge=1, description="The fewest instances.")
    max: int = Field(ge=1, description="The most instances.")
    invocations_per_instance: TargetValue = Field(
        description="The invocations per instance and minute to hold (predefined metric "
        "SageMakerVariantInvocationsPerInstance)."
    )
