"""AWS regions, their partition and the suffix of their host names."""

from dataclasses import dataclass
from functools import cache

from catalogue._data import near_names, read_data
from catalogue.errors import UnknownRegionError

__all__ = ["Region", "region", "regions"]


@dataclass(frozen=True, slots=True)
class Region:
    """One AWS region.

    Attributes:
        name: such as ``eu-west-1``.
        partition: ``aws``, ``aws-cn``, ``aws-us-gov``, ...: the second field of every ARN.
        dns_suffix: such as ``amazonaws.com``; China's is ``amazonaws.com.cn``.
    """

    name: str
    partition: str
    dns_suffix: str


def regions() -> tuple[Region, ...]:
    """Return every region of every partition, sorted by name (source: botocore's ``partitions.json``)."""
    return tuple(_by_name().values())


def region(name: str) -> Region:
    """Return the region called ``name``.

    Raises:
        UnknownRegionError: there is none; the message lists near names.
    """
    found = _by_name().get(name)
    if found is None:
        raise UnknownRegionError(f"{name!r} is no AWS region; {near_names(name, tuple(_by_name()))}")
    return found


@cache
def _by_name() -> dict[str, Region]:
    found = [
        Region(name, partition, facts["dns_suffix"])
        for partition, facts in read_data("regions")["partitions"].items()
        for name in facts["regions"]
    ]
    return {each.name: each for each in sorted(found, key=lambda each: each.name)}
