"""How a changed inference component replaces its copies, and what stops that."""

from typing import Annotated, Literal

from pydantic import Field

from spec._base import Distinct, Items, SpecModel, text

__all__ = ["CapacitySize", "RollingUpdate"]

AlarmName = Annotated[
    str,
    text(
        r"^[!-~]([ -~]*[!-~])?$",
        allowed="the name of a CloudWatch alarm, in printable characters, without blanks at its ends",
        maximum=255,  # SageMaker API Reference, Alarm, AlarmName
    ),
]

_EIGHT_HOURS = 28_800
_ROLLBACK_ALARMS = 9
"""SageMaker API Reference, AutoRollbackConfig: ten; one is the component's own."""


class CapacitySize(SpecModel):
    """A part of the copies, as a number or as a share."""

    type: Literal["COPY_COUNT", "CAPACITY_PERCENT"] = Field(description="What value counts.")
    value: int = Field(ge=1, description="Copies, or per cent of the copies.")


class RollingUpdate(SpecModel):
    """How a changed component replaces its copies: batch by batch, new ones first."""

    maximum_batch_size: CapacitySize = Field(
        default=CapacitySize(type="CAPACITY_PERCENT", value=25),
        description="Copies replaced at a time, 5 to 50 % of all (SageMaker API Reference, "
        "InferenceComponentRollingUpdatePolicy). Instances need room for one batch more than all copies. "
        "Default: 25 %.",
    )
    wait_interval_seconds: int = Field(
        default=60,
        ge=0,
        le=3600,
        description="How long alarms are watched after each batch, 0 to 3600. Default: 60.",
    )
    maximum_execution_timeout_seconds: int | None = Field(
        default=None,
        ge=600,
        le=_EIGHT_HOURS,
        description="After how long the update is given up and rolled back, 600 to 28800. "
        "Default: SageMaker's own.",
    )
    rollback_maximum_batch_size: CapacitySize | None = Field(
        default=None, description="Copies brought back at a time in a rollback. Default: all at once."
    )
    rollback_alarms: Annotated[Items[AlarmName], Distinct()] = Field(
        default=(),
        max_length=_ROLLBACK_ALARMS,
        description="Alarms that are there already and roll an update back, besides the component's own on "
        "its errors; at most 9. Their names begin with the endpoint's name and a hyphen: the endpoint's role "
        "sees no others. Default: none.",
    )
