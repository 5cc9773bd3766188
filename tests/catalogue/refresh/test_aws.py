"""What AWS answers becomes rows; the answers are of the API's documented shape."""

import json
from typing import Any

import pytest

from catalogue.errors import RefreshError
from catalogue.refresh.aws import described_rows, hosting_prices
from catalogue.refresh.rows import rows_by_rule

BY_RULE = rows_by_rule(["ml.g5.xlarge", "ml.inf2.24xlarge", "ml.m6g.large"])
NAMES = [*BY_RULE, "ml.dl1.24xlarge", "ml.inf1.6xlarge", "ml.z9.large"]


def _described(name: str, vcpus: int, memory_mib: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - as the API
    return {
        "InstanceType": name,
        "VCpuInfo": {"DefaultVCpus": vcpus},
        "MemoryInfo": {"SizeInMiB": memory_mib},
        "ProcessorInfo": {"SupportedArchitectures": ["x86_64"]},
        "InstanceStorageSupported": False,
        **more,
    }


def _rows(*described: dict[str, Any]) -> dict[str, Any]:
    return described_rows(described, NAMES, BY_RULE)


def test_gpu_instance() -> None:
    """GPUs with their memory, local NVMe, and the driver from the rule, which EC2 does not know."""
    gpu = {"Manufacturer": "NVIDIA", "Name": "A10G", "Count": 1, "MemoryInfo": {"SizeInMiB": 22888}}
    row = _rows(
        _described(
            "g5.xlarge",
            4,
            16384,
            GpuInfo={"Gpus": [gpu], "TotalGpuMemoryInMiB": 22888},
            InstanceStorageSupported=True,
            InstanceStorageInfo={"NvmeSupport": "required"},
        )
    )["ml.g5.xlarge"]
    assert (row.accelerator, row.accelerators, row.accelerator_memory_mib) == ("gpu", 1, 22888)
    assert (row.vcpus, row.memory_mib, row.usable_memory_mib) == (4, 16384, 15155)
    assert (row.local_nvme, row.driver, row.architecture) == (True, "470", "x86_64")
    assert row.sources == ("aws-describe", "gpu-drivers")


def test_neuron_instances() -> None:
    """Inferentia and Trainium devices, whether EC2 lists them as Neuron devices or inference accelerators."""
    device = {"Count": 6, "Name": "Inferentia2", "MemoryInfo": {"SizeInMiB": 32768}}
    older = {"Count": 4, "Name": "Inferentia", "MemoryInfo": {"SizeInMiB": 8192}}
    rows = _rows(
        _described("inf2.24xlarge", 96, 393216, NeuronInfo={"NeuronDevices": [device]}),
        _described("inf1.6xlarge", 24, 49152, InferenceAcceleratorInfo={"Accelerators": [older]}),
    )
    assert [(row.accelerator, row.accelerators, row.accelerator_memory_mib) for row in rows.values()] == [
        ("neuron", 6, 32768),
        ("neuron", 4, 8192),
    ]


def test_gaudi_is_not_an_nvidia_gpu() -> None:
    """EC2 lists Gaudi under GPUs, with another manufacturer."""
    gaudi = {"Manufacturer": "Habana", "Name": "Gaudi HL-205", "Count": 8, "MemoryInfo": {"SizeInMiB": 32768}}
    row = _rows(_described("dl1.24xlarge", 96, 786432, GpuInfo={"Gpus": [gaudi]}))["ml.dl1.24xlarge"]
    assert (row.accelerator, row.accelerators) == ("habana", 8)


def test_arm_instance_without_anything() -> None:
    """No accelerator, no disk, arm64."""
    described = _described("m6g.large", 2, 8192, ProcessorInfo={"SupportedArchitectures": ["arm64"]})
    row = _rows(described)["ml.m6g.large"]
    assert (row.architecture, row.accelerator, row.local_nvme, row.sources) == (
        "arm64",
        None,
        False,
        ("aws-describe",),
    )


def test_types_without_rule_are_taken_and_others_left_out() -> None:
    """A hosting type that no rule knows gets its row from AWS; EC2's other types get none."""
    assert set(_rows(_described("z9.large", 2, 8192), _described("i3.large", 2, 15616))) == {"ml.z9.large"}


def _product(name: str, region: str, usd: str, component: str = "Hosting", unit: str = "Hrs") -> str:
    dimension = {"unit": unit, "pricePerUnit": {"USD": usd}}
    return json.dumps(
        {
            "product": {"attributes": {"instanceName": name, "regionCode": region, "component": component}},
            "terms": {"OnDemand": {"A.B": {"priceDimensions": {"A.B.C": dimension}}}},
        }
    )


def test_hosting_prices_by_type_and_region() -> None:
    """Prices per hour of hosting instances; other components, types, units and free terms are left out."""
    rows = hosting_prices(
        [
            _product("ml.g5.xlarge", "us-west-2", "1.4080000000"),
            _product("ml.g5.xlarge", "eu-west-1", "1.5700000000"),
            _product("ml.g5.xlarge", "us-west-2", "0.0000000000"),
            _product("ml.g5.xlarge", "us-west-2", "9.9", component="Training"),
            _product("ml.g5.xlarge", "us-west-2", "9.9", unit="GB"),
            _product("ml.t3.medium", "us-west-2", "0.05"),
        ],
        NAMES,
        "2026-01-02",
    )
    assert [(row["region"], row["usd_per_hour"], row["as_of"], row["source"]) for row in rows] == [
        ("eu-west-1", 1.57, "2026-01-02", "price-list"),
        ("us-west-2", 1.408, "2026-01-02", "price-list"),
    ]


def test_two_prices_for_one_thing_are_refused() -> None:
    """Where the price list contradicts itself, neither price is taken."""
    products = [_product("ml.g5.xlarge", "us-west-2", price) for price in ("1.4", "1.5")]
    with pytest.raises(RefreshError) as caught:
        hosting_prices(products, NAMES, "2026-01-02")
    assert str(caught.value) == (
        "The price list has two hosting prices for ml.g5.xlarge in us-west-2, 1.4 and 1.5 USD per hour; "
        "nothing was written"
    )
