"""Rows of ``instance_types.json``: from a family's rule, and the file around them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from catalogue.errors import RefreshError
from catalogue.refresh.families import FAMILIES, SOURCES

__all__ = ["Row", "complete", "instance_types_document", "rows_by_rule", "usable_memory_mib"]

_OVERHEAD = 0.075
"""Part of the memory that containers never see (Karpenter, settings, ``VM_MEMORY_OVERHEAD_PERCENT``)."""

_SOURCE = (
    "One row for each value of ProductionVariantInstanceType in botocore, with its own sources. What a row's "
    "sources do not cover rests on general knowledge of the EC2 family. usable_memory_mib is an assumption: "
    "92.5 per cent of memory_mib (Karpenter's default overhead); AWS documents no figure for SageMaker"
)


@dataclass(frozen=True, slots=True)
class Row:
    """The facts of one instance type, as they stand in the file; see ``catalogue.InstanceType``."""

    vcpus: int
    memory_mib: int
    usable_memory_mib: int
    architecture: str
    accelerator: str | None
    accelerators: int
    accelerator_memory_mib: int
    local_nvme: bool
    driver: str | None
    sources: tuple[str, ...]


def usable_memory_mib(memory_mib: int) -> int:
    """Return what of ``memory_mib`` is left for containers, at most; an assumption."""
    return int(memory_mib * (1 - _OVERHEAD))


def rows_by_rule(names: Iterable[str]) -> dict[str, Row]:
    """Return a row for each of ``names``, in their order, whose family has a rule that fits its size."""
    return {name: _row(name) for name in names if _family_and_size(name)[0] in FAMILIES and _vcpus(name)}


def complete(names: Iterable[str], *rows: Mapping[str, Row]) -> dict[str, Row]:
    """Return one row for each of ``names``, in their order, from the first of ``rows`` that has it.

    Raises:
        RefreshError: names that none of them has, all at once.
    """
    merged = {name: next((each[name] for each in rows if name in each), None) for name in names}
    missing = [name for name, row in merged.items() if row is None]
    if missing:
        raise RefreshError(
            f"No rule in catalogue/refresh/families.py fits {', '.join(missing)}, and AWS was not asked or "
            "does not know them; add a rule for the family, or run with --from-aws"
        )
    return {name: row for name, row in merged.items() if row is not None}


def instance_types_document(rows: Mapping[str, Row], as_of: str) -> str:
    """Return the text of ``instance_types.json``: one line for each type, only the sources that are used."""
    used = {key for row in rows.values() for key in row.sources}
    head = {
        "as_of": as_of,
        "source": _SOURCE,
        "sources": {key: text for key, text in SOURCES.items() if key in used},
    }
    lines = [f"  {json.dumps(name)}: {json.dumps(asdict(row))}" for name, row in rows.items()]
    body = ",\n".join(lines)
    return f'{json.dumps(head, indent=1)[:-2]},\n "instance_types": {{\n{body}\n }}\n}}\n'


def _row(name: str) -> Row:
    family_name, size_name = _family_and_size(name)
    family = FAMILIES[family_name]
    size = family.sizes.get(size_name)
    vcpus = _vcpus(name) or 0
    memory_mib = (size.memory_mib if size else None) or vcpus * family.mib_per_vcpu
    devices = size.accelerators if size else None
    return Row(
        vcpus=vcpus,
        memory_mib=memory_mib,
        usable_memory_mib=usable_memory_mib(memory_mib),
        architecture=family.architecture,
        accelerator=family.accelerator,
        accelerators=devices.count if devices else 0,
        accelerator_memory_mib=devices.memory_mib if devices else 0,
        local_nvme=family.local_nvme,
        driver=family.driver,
        sources=(size.sources if size else None) or family.sources,
    )


def _family_and_size(name: str) -> tuple[str, str]:
    family, _, size = name.removeprefix("ml.").partition(".")
    return family, size


def _vcpus(name: str) -> int | None:
    """1 for medium, 2 for large, 4 for each xlarge, unless the size says otherwise; None if it is no size."""
    family, size_name = _family_and_size(name)
    size = FAMILIES[family].sizes.get(size_name)
    if size and size.vcpus:
        return size.vcpus
    times = size_name.removesuffix("xlarge")
    if size_name.endswith("xlarge") and (not times or times.isdecimal()):
        return 4 * int(times or 1)
    return {"medium": 1, "large": 2}.get(size_name)
