"""Amazon Elastic Inference: what it was, that it is retired, and what to take instead."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from catalogue._data import near_names, read_data
from catalogue.errors import UnknownAcceleratorError
from catalogue.instance_prices import instance_price
from catalogue.instance_types import instance_type

__all__ = [
    "Accelerator",
    "AcceleratorPrice",
    "Replacement",
    "Retirement",
    "accelerator",
    "accelerator_price",
    "accelerators",
    "elastic_inference_retirement",
]

_PRICE_REGION = "us-west-2"
"""The one region the posts print prices of."""


@dataclass(frozen=True, slots=True)
class Retirement:
    """When and where AWS said that a service ends.

    Attributes:
        closed_to_new_customers: the day, as ``YYYY-MM-DD``; since then it has gone altogether.
        sources: documents with AWS's own words.
    """

    closed_to_new_customers: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AcceleratorPrice:
    """What a host cost by the hour, with an accelerator or without.

    Attributes:
        instance_type: the host; with ``ml.`` where SageMaker ran it, without where EC2 did.
        accelerator: with or without ``ml.``, as the host; None for the host alone.
        region: where.
        usd_per_hour: of both together, in US dollars.
        as_of: when it held.
        source: where it stands.
    """

    instance_type: str
    accelerator: str | None
    region: str
    usd_per_hour: float
    as_of: str
    source: str


@dataclass(frozen=True, slots=True)
class Replacement:
    """What may take the place of an accelerator.

    Attributes:
        kind: a GPU instance, an inference component that shares a CPU instance, or an Inferentia2 instance.
        instance_type: SageMaker's; EC2's is the same without ``ml.``.
        cpus: of a component, cores; None for a whole instance.
        memory_mib: the accelerator memory of a whole instance; the main memory of a component.
        usd_per_hour: of the instance, of a component its share by the larger of its shares of cores and
            memory; None where the catalogue has no price.
        as_of: when that price held; empty where there is none.
    """

    kind: Literal["gpu-instance", "cpu-component", "inferentia2-instance"]
    instance_type: str
    cpus: int | None
    memory_mib: int
    usd_per_hour: float | None
    as_of: str

    def __str__(self) -> str:
        """Say what it is, its memory and its price."""
        price = f"{self.usd_per_hour:.2f} USD/h ({self.as_of})" if self.usd_per_hour else "price not known"
        memory = f"{self.memory_mib // 1024} GiB"
        if self.kind == "cpu-component":
            return (
                f"an inference component of {self.cpus} CPU and {memory} on {self.instance_type}, "
                f"its share {price}"
            )
        words = "GPU memory" if self.kind == "gpu-instance" else "Inferentia2 memory"
        return f"{self.instance_type} with {memory} of {words}, {price}"


@dataclass(frozen=True, slots=True)
class Accelerator:
    """A size of accelerator.

    Attributes:
        type: such as ``eia2.medium``; SageMaker writes ``ml.`` before it.
        memory_mib: its own memory.
        fp32_teraflops: in 32-bit floating point.
        fp16_teraflops: in 16-bit floating point.
        source: what the numbers rest on.
        replacements: what may take its place, the GPU instance first: the only one that serves the same
            TorchScript at the same speed or faster.
    """

    type: str
    memory_mib: int
    fp32_teraflops: int
    fp16_teraflops: int
    source: str
    replacements: tuple[Replacement, ...]

    @property
    def gpu_replacement(self) -> Replacement:
        """The GPU instance."""
        return self.replacements[0]


@cache
def elastic_inference_retirement() -> Retirement:
    """Return when AWS closed Elastic Inference."""
    document = read_data("elastic_inference")
    entry = document["retirement"]
    return Retirement(
        entry["closed_to_new_customers"], tuple(document["sources"][each] for each in entry["sources"])
    )


def accelerators() -> tuple[Accelerator, ...]:
    """Return every size, the smallest first."""
    return tuple(_by_type().values())


def accelerator(name: str) -> Accelerator:
    """Return the size called ``name``, with or without ``ml.``.

    Raises:
        UnknownAcceleratorError: there was none; the message lists near names.
    """
    found = _by_type().get(name.removeprefix("ml."))
    if found is None:
        raise UnknownAcceleratorError(
            f"{name!r} is no Elastic Inference accelerator; {near_names(name, tuple(_by_type()))}"
        )
    return found


def accelerator_price(host: str, accelerator_type: str | None) -> AcceleratorPrice | None:
    """Return what ``host`` cost in us-west-2 with one accelerator, or alone; None where no post says so."""
    return _prices().get((host, accelerator_type))


@cache
def _by_type() -> dict[str, Accelerator]:
    document = read_data("elastic_inference")
    return {
        row["type"]: Accelerator(
            type=row["type"],
            memory_mib=row["memory_mib"],
            fp32_teraflops=row["fp32_teraflops"],
            fp16_teraflops=row["fp16_teraflops"],
            source=document["sources"][row["source"]],
            replacements=(
                _instance("gpu-instance", row["gpu_instance_type"]),
                _component(row["component"]["instance_type"], row["component"]["cpus"], row["memory_mib"]),
                _instance("inferentia2-instance", row["inferentia_instance_type"]),
            ),
        )
        for row in document["accelerators"]
    }


def _instance(kind: Literal["gpu-instance", "inferentia2-instance"], name: str) -> Replacement:
    known, price = instance_type(name), instance_price(name, _PRICE_REGION)
    return Replacement(
        kind=kind,
        instance_type=name,
        cpus=None,
        memory_mib=known.accelerators * known.accelerator_memory_mib,
        usd_per_hour=price.usd_per_hour if price else None,
        as_of=price.as_of if price else "",
    )


def _component(name: str, cpus: int, memory_mib: int) -> Replacement:
    known, price = instance_type(name), instance_price(name, _PRICE_REGION)
    share = max(cpus / known.vcpus, memory_mib / known.usable_memory_mib)
    return Replacement(
        kind="cpu-component",
        instance_type=name,
        cpus=cpus,
        memory_mib=memory_mib,
        usd_per_hour=price.usd_per_hour * share if price else None,
        as_of=price.as_of if price else "",
    )


@cache
def _prices() -> dict[tuple[str, str | None], AcceleratorPrice]:
    document = read_data("elastic_inference")
    rows = [
        AcceleratorPrice(**{**row, "source": document["sources"][row["source"]]})
        for row in document["prices"]
    ]
    return {(each.instance_type, each.accelerator): each for each in rows}
