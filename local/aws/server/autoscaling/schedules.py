"""Schedule expressions: ``at(...)``, ``rate(...)`` and ``cron(...)``.

Source: PutScheduledAction, Schedule and Timezone, Application Auto Scaling API reference; the cron format
is that of the User Guide, "Schedule recurring scaling actions using cron expressions". ``L``, ``W`` and
``#`` are not understood.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

__all__ = ["Schedule", "ScheduleError", "parse_schedule"]

_AT = re.compile(r"at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)")
_RATE = re.compile(r"rate\(([1-9]\d*) (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\(([^()]+)\)")
_UNIT_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS: tuple[tuple[str, int, int, Mapping[str, int]], ...] = (
    ("minutes", 0, 59, {}),
    ("hours", 0, 23, {}),
    ("day of month", 1, 31, {}),
    ("month", 1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    ("day of week", 1, 7, {name: number for number, name in enumerate(_DAYS, 1)}),
    ("year", 1970, 2199, {}),
)
_MINUTE_SECONDS = 60


class ScheduleError(ValueError):
    """An expression isn't one; the message says what is allowed."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When an action is due.

    Attributes:
        moment: of an ``at`` expression, in seconds since the epoch.
        every_seconds: of a ``rate`` expression.
        fields: the values that each field of a ``cron`` expression allows.
        zone: in which a ``cron`` expression counts.
    """

    moment: float | None = None
    every_seconds: int | None = None
    fields: tuple[frozenset[int], ...] = ()
    zone: tzinfo = UTC

    def is_due(self, since: float, now: float, began: float) -> bool:
        """Whether it is due after ``since``, up to ``now``.

        Args:
            since: when that was asked last, less than a minute ago.
            now: in seconds since the epoch.
            began: from when a rate counts.
        """
        if self.moment is not None:
            return since < self.moment <= now
        if self.every_seconds is not None:
            return (now - began) // self.every_seconds > max((since - began) // self.every_seconds, 0)
        minute = now // _MINUTE_SECONDS * _MINUTE_SECONDS
        return since < minute and self._allows(datetime.fromtimestamp(minute, self.zone))

    def _allows(self, time: datetime) -> bool:
        weekday = time.isoweekday() % 7 + 1
        values = (time.minute, time.hour, time.day, time.month, weekday, time.year)
        return all(value in allowed for value, allowed in zip(values, self.fields, strict=True))


def parse_schedule(expression: str, timezone: str | None) -> Schedule:
    """Return what an expression says.

    Args:
        expression: as in the API.
        timezone: an IANA name; UTC if None.

    Raises:
        ScheduleError: it isn't one.
    """
    zone = _zone_of(timezone)
    if match := _AT.fullmatch(expression):
        try:
            return Schedule(moment=datetime.fromisoformat(match[1]).replace(tzinfo=zone).timestamp())
        except ValueError as error:
            raise ScheduleError(f"{expression}: {error}") from error
    if match := _RATE.fullmatch(expression):
        return Schedule(every_seconds=int(match[1]) * _UNIT_SECONDS[match[2]])
    if match := _CRON.fullmatch(expression):
        texts = match[1].split()
        if len(texts) == len(_FIELDS):
            allowed = tuple(_values(text, *field) for text, field in zip(texts, _FIELDS, strict=True))
            return Schedule(fields=allowed, zone=zone)
    raise ScheduleError(
        f"{expression!r} is no schedule: take at(yyyy-mm-ddThh:mm:ss), rate(N minutes|hours|days) or "
        "cron(minutes hours day-of-month month day-of-week year)"
    )


def _zone_of(timezone: str | None) -> tzinfo:
    if timezone is None:
        return UTC
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ScheduleError(f"{timezone!r} is no time zone of the IANA database") from error


def _values(text: str, name: str, low: int, high: int, names: Mapping[str, int]) -> frozenset[int]:
    found: set[int] = set()
    for part in text.upper().split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        try:
            if span in {"*", "?"}:
                start, end = low, high
            else:
                start = names.get(first) or int(first)
                end = (names.get(last) or int(last)) if last else high if step else start
            found.update(range(start, end + 1, int(step) if step else 1))
        except ValueError as error:
            raise ScheduleError(f"{text!r} can't be understood as {name} of a cron expression") from error
    if not found or min(found) < low or max(found) > high:
        raise ScheduleError(f"{text!r}: {name} of a cron expression is from {low} to {high}")
    return frozenset(found)
