"""The time zones that schedules count in."""

from functools import cache

from catalogue._data import read_data

__all__ = ["time_zones"]


@cache
def time_zones() -> tuple[str, ...]:
    """Return the names of all time zones, such as ``Europe/Paris``, sorted.

    Application Auto Scaling takes "the canonical names of the IANA time zones supported by Joda-Time" (API
    Reference, PutScheduledAction, ``Timezone``). Joda-Time keeps zones apart that IANA has made links of
    others, so links are here, too (source: IANA's Time Zone Database; ``catalogue/data/time_zones.json``
    names the release).
    """
    return tuple(read_data("time_zones")["zones"])
