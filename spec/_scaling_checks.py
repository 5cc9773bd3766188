"""What the numbers of scaling say about each other, of copies and of instances alike."""

import re
from collections.abc import Iterator
from datetime import datetime

from catalogue.time_zones import time_zones
from spec._document import Complaint, DocumentPath, shorten
from spec._plain_data import entries, get, number
from spec._suggest import did_you_mean
from spec.scaling import TIMESTAMP_PATTERN

__all__ = ["range_complaints", "scheduled_complaints"]


def range_complaints(
    path: DocumentPath, least: int | None, most: int | None, what: str
) -> Iterator[Complaint]:
    """Yield what is wrong with the ``min`` and ``max`` at ``path``, of ``what``."""
    if least is not None and most is not None and least > most:
        yield Complaint(
            (*path, "min"),
            f"the fewest {what}, {least}, are more than the most, {most}",
            f"at most {most}",
            "lower min, or raise max",
            value=str(least),
        )


def scheduled_complaints(
    path: DocumentPath,
    scaling: dict[str, object],
    *,
    least: int | None,
    most: int | None,
    what: str,
    smallest: int = 0,
) -> Iterator[Complaint]:
    """Yield what is wrong with the scheduled actions of a ``scaling`` section.

    Args:
        path: of the section.
        scaling: its data.
        least: the fewest copies or instances before any action.
        most: the most before any action.
        what: ``copies`` or ``instances``.
        smallest: how few there may ever be.
    """
    actions = list(entries(scaling, "scheduled"))
    lows = [least, *(number(action, "min") for _, action in actions)]
    highs = [most, *(number(action, "max") for _, action in actions)]
    for name, action in actions:
        at: DocumentPath = (*path, "scheduled", name)
        fewest, largest = number(action, "min"), number(action, "max")
        yield from range_complaints(at, fewest, largest, what)
        for key, value in (("min", fewest), ("max", largest)):
            if value is not None and value < smallest:
                yield Complaint(
                    (*at, key),
                    f"a scheduled action never takes {what} to {value}",
                    f"at least {smallest}",
                    f"set it to {smallest} or more",
                    value=str(value),
                )
        yield from _out_of_reach(at, fewest, largest, lows, highs)
        yield from _times(at, action)
        yield from _time_zone(at, action)
        if action.get("min") is None and action.get("max") is None:
            yield Complaint(
                at, "the action changes nothing", "min, max or both", "add one, or remove the action"
            )


def _out_of_reach(
    at: DocumentPath,
    fewest: int | None,
    largest: int | None,
    lows: list[int | None],
    highs: list[int | None],
) -> Iterator[Complaint]:
    """Yield where one new limit contradicts the other one, whichever action has set that before."""
    most = max((each for each in highs if each is not None), default=None)
    least = min((each for each in lows if each is not None), default=None)
    if largest is None and fewest is not None and most is not None and fewest > most:
        yield Complaint(
            (*at, "min"),
            f"the action asks for at least {fewest}, and there are never more than {most}",
            f"at most {most}, or a max beside it",
            "add max to the action, or lower min",
            value=str(fewest),
        )
    if fewest is None and largest is not None and least is not None and largest < least:
        yield Complaint(
            (*at, "max"),
            f"the action allows {largest}, and there are never fewer than {least}",
            f"at least {least}, or a min beside it",
            "add min to the action, or raise max",
            value=str(largest),
        )


def _times(at: DocumentPath, action: dict[str, object]) -> Iterator[Complaint]:
    start, end = get(action, str, "start"), get(action, str, "end")
    if start is not None and end is not None and start >= end:
        yield Complaint(
            (*at, "end"),
            f"the action ends at {end}, and begins at {start}",
            f"later than {start}",
            "change end, or start",
            value=end,
        )
    for key, time in (("start", start), ("end", end)):
        # What has another form is the schema's to tell.
        if time is not None and re.fullmatch(TIMESTAMP_PATTERN, time) and not _is_a_time(time):
            yield Complaint(
                (*at, key), f"no calendar has {time}", "a day that there is", "correct the date", value=time
            )


def _time_zone(at: DocumentPath, action: dict[str, object]) -> Iterator[Complaint]:
    zone = get(action, str, "time_zone")
    if zone is not None and zone not in time_zones():
        yield Complaint(
            (*at, "time_zone"),
            f"there is no time zone {shorten(zone)!r}",
            "a name of IANA's Time Zone Database, such as UTC or Europe/Paris",
            did_you_mean(zone, time_zones(), "take such a name"),
            value=shorten(zone),
        )


def _is_a_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
