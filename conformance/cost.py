"""What probes would cost, before anything is created: an estimate from the catalogue's prices."""

from collections.abc import Sequence
from dataclasses import dataclass

from catalogue import instance_price, instance_prices
from conformance.benches import BENCH_INSTANCES, BENCH_MINUTES
from conformance.errors import ConformanceError
from conformance.laboratory import INSTANCE_TYPE
from conformance.probe import Bench, Probe

__all__ = ["Estimate", "affordable", "estimate"]

_API_USD = 0.01
"""For a run's requests, some objects of a few KiB and a key for minutes; chosen, above what they cost."""
_MARGIN = 2.0
"""On the dearest price of the catalogue, where it has none of the region; chosen."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run would use.

    Attributes:
        minutes: of instances, by bench.
        usd: of everything.
        price: of what it was reckoned with, in words.
    """

    minutes: dict[Bench, float]
    usd: float
    price: str


def estimate(probes: Sequence[Probe], region: str) -> Estimate:
    """Return what ``probes`` would use in ``region``.

    Raises:
        ConformanceError: the catalogue has no price of the instance type.
    """
    usd_per_hour, words = _price(region)
    minutes: dict[Bench, float] = {}
    for probe in probes:
        instances = BENCH_INSTANCES.get(probe.bench, 1)
        minutes.setdefault(probe.bench, instances * BENCH_MINUTES[probe.bench])
        minutes[probe.bench] += instances * probe.minutes + probe.own_minutes
    usd = _API_USD + sum(minutes.values()) / 60 * usd_per_hour if probes else 0.0
    return Estimate(minutes, usd, words)


def _price(region: str) -> tuple[float, str]:
    here = instance_price(INSTANCE_TYPE, region)
    if here is not None:
        return here.usd_per_hour, f"{here.usd_per_hour} USD an hour as of {here.as_of}"
    known = [price for price in instance_prices() if price.instance_type == INSTANCE_TYPE]
    if not known:
        raise ConformanceError(f"the catalogue has no price of {INSTANCE_TYPE}, so no cost can be told")
    dearest = max(known, key=lambda price: price.usd_per_hour)
    usd = dearest.usd_per_hour * _MARGIN
    return usd, f"{usd} USD an hour: {_MARGIN:g} times that of {dearest.region} as of {dearest.as_of}"


def affordable(probes: Sequence[Probe], region: str, most_usd: float) -> list[Probe]:
    """Return as many of ``probes``, in their order, as cost ``most_usd`` together."""
    chosen: list[Probe] = []
    for probe in probes:
        if estimate([*chosen, probe], region).usd <= most_usd:
            chosen.append(probe)
    return chosen
