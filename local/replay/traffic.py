"""What may be said in a traffic file: whose requests come when, and which endpoints are compared."""

from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, Strict

from planning.control.day import MINUTES_PER_DAY, Delays

__all__ = ["Arm", "AssumedDelays", "Hours", "Traffic"]

MAXIMUM_DAYS = 7
MAXIMUM_INVOCATIONS_PER_MINUTE = 1000
MAXIMUM_DELAY_MINUTES = 60
TIME_PATTERN = r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$"

_NOT_SAID = Delays()

Name: TypeAlias = Annotated[str, Field(pattern=r"^\S(?:.{0,60}\S)?$")]
DelayMinutes: TypeAlias = Annotated[int, Field(ge=0, le=MAXIMUM_DELAY_MINUTES)]


class _Section(BaseModel):
    """No unknown keys, no conversion of values, never changed once read."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Hours(_Section):
    """A part of each day, and what comes in it.

    Attributes:
        begin: ``from`` in the file: the first minute, as HH:MM.
        until: the minute behind the last, as HH:MM; 24:00 for the day's end.
        invocations_per_minute: requests in each of its minutes.
    """

    begin: str = Field(alias="from", pattern=TIME_PATTERN)
    until: str = Field(pattern=TIME_PATTERN)
    invocations_per_minute: int = Field(ge=1, le=MAXIMUM_INVOCATIONS_PER_MINUTE)

    @property
    def minutes(self) -> range:
        """Its minutes of the day; none where it ends before it begins."""
        return range(_minute(self.begin), _minute(self.until))


class AssumedDelays(_Section):
    """How long things take at AWS, which promises none of these.

    Attributes:
        provisioning_minutes: from an instance's launch until copies can start on it.
        copy_start_minutes: from then, or from its placement, until a copy answers.
        idle_release_minutes: how long an instance without copies stays. They are looked at once a minute, so
            it is 1 or more.
    """

    provisioning_minutes: DelayMinutes = _NOT_SAID.provisioning_minutes
    copy_start_minutes: DelayMinutes = _NOT_SAID.copy_start_minutes
    idle_release_minutes: int = Field(default=10, ge=1, le=MAXIMUM_DELAY_MINUTES)


class Arm(_Section):
    """One way to serve the same traffic, compared with the others.

    Attributes:
        name: what the report calls it.
        endpoints: by the deployment file's endpoint key: for each component's key, whose traffic it gets.
        most_instances: at most so many instances on each endpoint while the days pass, fewer than the
            deployment file's; None for that.
    """

    name: Name
    endpoints: dict[str, dict[str, str]] = Field(min_length=1)
    most_instances: int | None = Field(default=None, ge=1)


class Traffic(_Section):
    """A traffic file.

    Attributes:
        days: how many equal days pass; the last one is reported, which begins as the one before ended.
        delays: how long instances and copies take.
        traffic: parts of the day by name, such as ``europe``.
        arms: what is compared; every endpoint belongs to one arm.
    """

    days: int = Field(default=2, ge=1, le=MAXIMUM_DAYS)
    delays: AssumedDelays = Field(default_factory=AssumedDelays)
    traffic: dict[Name, Annotated[tuple[Hours, ...], Strict(strict=False)]] = Field(min_length=1)
    arms: Annotated[tuple[Arm, ...], Strict(strict=False)] = Field(min_length=1)

    def per_minute(self, name: str) -> tuple[int, ...]:
        """Return how many requests each minute of the day has, of the traffic called ``name``."""
        counts = [0] * MINUTES_PER_DAY
        for hours in self.traffic[name]:
            for minute in hours.minutes:
                counts[minute] += hours.invocations_per_minute
        return tuple(counts)


def _minute(time: str) -> int:
    hours, minutes = time.split(":")
    return 60 * int(hours) + int(minutes)
