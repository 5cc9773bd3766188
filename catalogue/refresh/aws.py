"""What AWS says of instance types and prices: EC2 DescribeInstanceTypes and the price list.

The functions take the clients' pages, not the network, so that they can be held to recorded answers.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from catalogue.errors import RefreshError
from catalogue.refresh.rows import Row, usable_memory_mib

__all__ = ["described_rows", "hosting_prices"]

_NEURON_NAMES = ("inferentia", "trainium")


def described_rows(
    described: Iterable[Mapping[str, Any]], names: Iterable[str], by_rule: Mapping[str, Row]
) -> dict[str, Row]:
    """Return a row for each EC2 instance type that is also a hosting one; EC2 does not know the driver.

    Args:
        described: entries of ``InstanceTypes`` of DescribeInstanceTypes.
        names: the hosting instance types; others are left out.
        by_rule: rows by ``ml.`` name, which have the driver.
    """
    known = set(names)
    rows = {}
    for each in described:
        name = f"ml.{each['InstanceType']}"
        if name in known:
            rows[name] = _described_row(each, by_rule[name].driver if name in by_rule else None)
    return rows


def hosting_prices(price_list: Iterable[str], names: Iterable[str], as_of: str) -> list[dict[str, Any]]:
    """Return a row of ``instance_prices.json`` for each hosting price, sorted by type and region.

    Args:
        price_list: entries of ``PriceList`` of GetProducts for ``AmazonSageMaker`` with the component
            ``Hosting``: JSON texts.
        names: the hosting instance types; others are left out.
        as_of: the day on which the price list was asked.

    Raises:
        RefreshError: one type has two prices in one region, so that neither can be told to be the one.
    """
    known = set(names)
    found: dict[tuple[str, str], float] = {}
    for text in price_list:
        product = json.loads(text)
        attributes = product["product"]["attributes"]
        key = (attributes.get("instanceName", ""), attributes.get("regionCode", ""))
        if key[0] not in known or attributes.get("component") != "Hosting":
            continue
        for price in _hourly_usd(product):
            if found.setdefault(key, price) != price:
                raise RefreshError(
                    f"The price list has two hosting prices for {key[0]} in {key[1]}, {found[key]} and "
                    f"{price} USD per hour; nothing was written"
                )
    return [
        {
            "instance_type": name,
            "region": region,
            "usd_per_hour": price,
            "as_of": as_of,
            "source": "price-list",
        }
        for (name, region), price in sorted(found.items())
    ]


def _hourly_usd(product: Mapping[str, Any]) -> Iterator[float]:
    for term in product.get("terms", {}).get("OnDemand", {}).values():
        for dimension in term["priceDimensions"].values():
            price = float(dimension["pricePerUnit"].get("USD", 0))
            # Reservations and free tiers are listed at 0.
            if price > 0 and dimension["unit"] in {"Hrs", "Hours", "hrs"}:
                yield price


def _described_row(each: Mapping[str, Any], driver: str | None) -> Row:
    memory_mib = each["MemoryInfo"]["SizeInMiB"]
    kind, count, device_mib = _accelerators(each)
    architectures = each["ProcessorInfo"]["SupportedArchitectures"]
    storage = each.get("InstanceStorageInfo", {})
    return Row(
        vcpus=each["VCpuInfo"]["DefaultVCpus"],
        memory_mib=memory_mib,
        usable_memory_mib=usable_memory_mib(memory_mib),
        architecture="arm64" if "arm64" in architectures else "x86_64",
        accelerator=kind,
        accelerators=count,
        accelerator_memory_mib=device_mib,
        local_nvme=bool(each.get("InstanceStorageSupported")) and storage.get("NvmeSupport") != "unsupported",
        driver=driver,
        sources=("aws-describe",) if driver is None else ("aws-describe", "gpu-drivers"),
    )


def _accelerators(each: Mapping[str, Any]) -> tuple[str | None, int, int]:
    """Return kind, number and memory in MiB of each of the accelerators."""
    gpus = each.get("GpuInfo", {}).get("Gpus", [])
    neuron = each.get("NeuronInfo", {}).get("NeuronDevices", [])
    inference = [
        device
        for device in each.get("InferenceAcceleratorInfo", {}).get("Accelerators", [])
        if device.get("Name", "").lower() in _NEURON_NAMES
    ]
    devices = gpus or neuron or inference
    if not devices:
        return None, 0, 0
    kind = "neuron"
    if gpus:
        kind = "habana" if gpus[0].get("Manufacturer", "").lower() == "habana" else "gpu"
    count = sum(device["Count"] for device in devices)
    return kind, count, devices[0].get("MemoryInfo", {}).get("SizeInMiB", 0)
