"""Instance types: what they have and whether their volume takes a KMS key."""

import json
from importlib.metadata import distribution
from pathlib import Path

import pytest
from botocore.loaders import Loader

import catalogue

WITH_LOCAL_NVME = {
    *(
        "c5d",
        "c6gd",
        "dl1",
        "g4dn",
        "g5",
        "g6",
        "g6e",
        "g7",
        "g7e",
        "m5d",
        "m6gd",
        "p4d",
        "p4de",
        "p5",
        "p5e",
    ),
    *("p5en", "p6-b200", "p6-b300", "p6e-gb200", "r5d", "r6gd", "r7gd", "trn1", "trn1n", "trn2"),
}


def test_every_hosting_instance_type_is_there() -> None:
    """The names are those that CreateEndpointConfig accepts, by botocore's model, in its order."""
    shapes = Loader().load_service_model("sagemaker", "service-2")["shapes"]
    names = [each.name for each in catalogue.instance_types()]
    assert names == shapes["ProductionVariantInstanceType"]["enum"]


def test_gpus_agree_with_the_sdk() -> None:
    """Where the SageMaker SDK knows a type's GPUs, the catalogue has as many, with as much memory."""
    name = "sagemaker/core/image_uri_config/instance_gpu_info.json"
    path = Path(str(distribution("sagemaker-core").locate_file(name)))
    sdk = json.loads(path.read_text(encoding="utf-8"))["us-west-2"]
    both = {each.name: each for each in catalogue.instance_types() if each.name in sdk}
    assert {name: each.gpus for name, each in both.items()} == {name: sdk[name]["Count"] for name in both}
    assert {name: each.gpus * each.gpu_memory_mib for name, each in both.items()} == {
        name: sdk[name]["TotalGpuMemoryInMiB"] for name in both
    }
    assert both["ml.g5.48xlarge"].gpus == 8


@pytest.mark.parametrize(
    ("name", "vcpus", "memory_gib", "accelerators"),
    [
        ("ml.p4d.24xlarge", 96, 1152, 8),
        ("ml.p5.48xlarge", 192, 2048, 8),
        ("ml.p5.4xlarge", 16, 256, 1),
        ("ml.p6e-gb200.36xlarge", 144, 960, 4),
        ("ml.trn1.32xlarge", 128, 512, 16),
        ("ml.trn2.48xlarge", 192, 2048, 16),
        ("ml.g6e.16xlarge", 64, 512, 1),
        ("ml.g7e.8xlarge", 32, 256, 1),
        ("ml.g7.12xlarge", 48, 192, 2),
        ("ml.c5.9xlarge", 36, 72, 0),
        ("ml.r7i.24xlarge", 96, 768, 0),
        ("ml.m6i.32xlarge", 128, 512, 0),
    ],
)
def test_figures_of_other_sources(name: str, vcpus: int, memory_gib: int, accelerators: int) -> None:
    """Figures that AWS's own tools and public copies of DescribeInstanceTypes give."""
    kind = catalogue.instance_type(name)
    assert (kind.vcpus, kind.memory_mib, kind.accelerators) == (vcpus, memory_gib * 1024, accelerators)


def test_accelerators_by_family() -> None:
    """GPU families have GPUs, Inferentia and Trainium are neuron, Gaudi is habana, the others have none."""
    for kind in catalogue.instance_types():
        expected = {"g": "gpu", "p": "gpu", "i": "neuron", "t": "neuron", "d": "habana"}.get(kind.family[0])
        assert kind.accelerator == (None if kind.family == "t2" else expected), kind.name
        assert (kind.accelerators > 0) is (kind.accelerator is not None), kind.name
        assert (kind.accelerator_memory_mib > 0) is (kind.accelerator is not None), kind.name
        assert (kind.gpus > 0) is (kind.accelerator == "gpu"), kind.name
        assert (kind.gpu_memory_mib > 0) is (kind.accelerator == "gpu"), kind.name


def test_figures_are_plausible() -> None:
    """Every type has vCPUs and 1.5 to 22 GiB for each, and containers get less than all of the memory."""
    for kind in catalogue.instance_types():
        assert 1 <= kind.vcpus <= 192, kind.name
        assert 1536 <= kind.memory_mib / kind.vcpus <= 22 * 1024, kind.name
        assert kind.usable_memory_mib == int(kind.memory_mib * 0.925), kind.name


def test_larger_sizes_have_more() -> None:
    """Within a family, more vCPUs never come with less memory."""
    by_family: dict[str, list[catalogue.InstanceType]] = {}
    for kind in catalogue.instance_types():
        by_family.setdefault(kind.family, []).append(kind)
    for kinds in by_family.values():
        ordered = sorted(kinds, key=lambda each: each.vcpus)
        assert [each.memory_mib for each in ordered] == sorted(each.memory_mib for each in ordered)


def test_architectures() -> None:
    """Graviton and Grace are arm64, everything else x86_64."""
    arm = {kind.family for kind in catalogue.instance_types() if kind.architecture == "arm64"}
    assert arm == {
        *(
            "c6g",
            "c6gd",
            "c6gn",
            "c7g",
            "c8g",
            "m6g",
            "m6gd",
            "m8g",
            "p6e-gb200",
            "r6g",
            "r6gd",
            "r7gd",
            "r8g",
        )
    }
    others = {kind.architecture for kind in catalogue.instance_types() if kind.family not in arm}
    assert others == {"x86_64"}


def test_default_drivers() -> None:
    """The documented drivers of endpoints that name no machine image; None where no document says."""
    drivers = {kind.family: kind.driver for kind in catalogue.instance_types() if kind.gpus}
    assert {family for family, driver in drivers.items() if driver == "470"} == {
        *("p2", "p3", "p4d", "p4de", "g4dn", "g5")
    }
    assert {family for family, driver in drivers.items() if driver == "535"} == {"p5", "g6"}
    assert {family for family, driver in drivers.items() if driver == "550"} == {"p5e", "p5en"}
    assert not any(kind.driver for kind in catalogue.instance_types() if not kind.gpus)


def test_every_row_says_its_sources() -> None:
    """A reader sees what each row rests on, and which rows rest on nothing that could be compared."""
    for kind in catalogue.instance_types():
        assert kind.sources, kind.name
        assert all(len(each) > 20 for each in kind.sources), kind.name
    (unchecked,) = catalogue.instance_type("ml.r8g.medium").sources
    assert "not compared with any document" in unchecked


@pytest.mark.parametrize("kind", catalogue.instance_types(), ids=lambda each: each.name)
def test_volume_takes_a_key_without_local_nvme(kind: catalogue.InstanceType) -> None:
    """A KMS key goes with every type but those of families with local NVMe disks."""
    assert kind.takes_volume_kms_key is (kind.family not in WITH_LOCAL_NVME)


def test_facts_of_one_type() -> None:
    """An instance type says its vCPUs, memory in MiB, accelerators, local disks and driver."""
    kind = catalogue.instance_type("ml.p3.2xlarge")
    assert kind == catalogue.InstanceType(
        name="ml.p3.2xlarge",
        vcpus=8,
        memory_mib=61 * 1024,
        usable_memory_mib=57779,
        architecture="x86_64",
        accelerator="gpu",
        accelerators=1,
        accelerator_memory_mib=16384,
        local_nvme=False,
        driver="470",
        sources=kind.sources,
    )
    assert (kind.family, kind.gpus, kind.gpu_memory_mib) == ("p3", 1, 16384)


def test_unknown_type_gets_near_names() -> None:
    """A type without its ml. prefix is refused with the names it may stand for."""
    with pytest.raises(catalogue.UnknownInstanceTypeError) as caught:
        catalogue.instance_type("g4dn.xlarge")
    assert str(caught.value) == (
        "'g4dn.xlarge' is not among the instance types of the catalogue; near names are ml.g4dn.xlarge, "
        "ml.g4dn.8xlarge, ml.g4dn.4xlarge"
    )


def test_name_that_is_near_nothing_gets_a_few() -> None:
    """A message never lists hundreds of names."""
    with pytest.raises(catalogue.UnknownInstanceTypeError) as caught:
        catalogue.instance_type("?")
    assert str(caught.value) == (
        "'?' is not among the instance types of the catalogue; there are 277, such as ml.t2.medium, "
        "ml.t2.large, ml.t2.xlarge"
    )
