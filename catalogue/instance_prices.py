"""What an instance of an endpoint costs by the hour, where a source says so."""

from dataclasses import dataclass
from functools import cache

from catalogue._data import read_data
from catalogue.instance_types import instance_type
from catalogue.regions import region as region_named

__all__ = ["InstancePrice", "instance_price", "instance_prices"]


@dataclass(frozen=True, slots=True)
class InstancePrice:
    """One on-demand price of a hosting instance.

    Attributes:
        instance_type: such as ``ml.g5.xlarge``.
        region: such as ``us-west-2``.
        usd_per_hour: price of one instance for an hour, in US dollars, without tax.
        as_of: when it held, as far as the source says: a year or a day.
        source: where it stands.
    """

    instance_type: str
    region: str
    usd_per_hour: float
    as_of: str
    source: str


def instance_prices() -> tuple[InstancePrice, ...]:
    """Return every price there is, in the order of the file: dated, and for few types and regions."""
    return tuple(_by_type_and_region().values())


def instance_price(name: str, region: str) -> InstancePrice | None:
    """Return the price of the instance type ``name`` in ``region``; None where no source gives one.

    Raises:
        UnknownInstanceTypeError: there is no such instance type; the message lists near names.
        UnknownRegionError: there is no such region; the message lists near names.
    """
    return _by_type_and_region().get((instance_type(name).name, region_named(region).name))


@cache
def _by_type_and_region() -> dict[tuple[str, str], InstancePrice]:
    document = read_data("instance_prices")
    texts = document["sources"]
    rows = [InstancePrice(**{**row, "source": texts[row["source"]]}) for row in document["instance_prices"]]
    return {(each.instance_type, each.region): each for each in rows}
