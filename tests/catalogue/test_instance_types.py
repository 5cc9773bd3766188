"""Instance types: what they have and whether their volume takes a KMS key."""

import json
from importlib.metadata import distribution
from pathlib import Path

import pytest
from botocore.loaders import Loader

import catalogue

WITH_LOCAL_NVME = {"g4dn", "g5", "g6"}


def test_names_are_hosting_instance_types() -> None:
    """Every name is one that CreateEndpointConfig accepts, by botocore's model."""
    shapes = Loader().load_service_model("sagemaker", "service-2")["shapes"]
    assert {each.name for each in catalogue.instance_types()} <= set(
        shapes["ProductionVariantInstanceType"]["enum"]
    )


def test_gpu_counts_agree_with_the_sdk() -> None:
    """Where the SageMaker SDK knows an instance type's GPUs, the catalogue has the same number."""
    name = "sagemaker/core/image_uri_config/instance_gpu_info.json"
    path = Path(str(distribution("sagemaker-core").locate_file(name)))
    sdk = json.loads(path.read_text(encoding="utf-8"))["us-west-2"]
    both = {each.name: each.gpus for each in catalogue.instance_types() if each.name in sdk}
    assert both == {name: sdk[name]["Count"] for name in both}
    assert both["ml.g5.48xlarge"] == 8


@pytest.mark.parametrize("kind", catalogue.instance_types(), ids=lambda each: each.name)
def test_volume_takes_a_key_without_local_nvme(kind: catalogue.InstanceType) -> None:
    """A KMS key goes with every type but those of families with local NVMe disks."""
    assert kind.takes_volume_kms_key is (kind.name.split(".")[1] not in WITH_LOCAL_NVME)


@pytest.mark.parametrize("kind", catalogue.instance_types(), ids=lambda each: each.name)
def test_gpus_are_those_of_gpu_families(kind: catalogue.InstanceType) -> None:
    """GPU families have GPUs and the others, Inferentia among them, have none."""
    assert (kind.gpus > 0) is kind.name.startswith(("ml.g", "ml.p"))


def test_facts_of_one_type() -> None:
    """An instance type says its vCPUs, memory in MiB, GPUs and local disks."""
    assert catalogue.instance_type("ml.p3.2xlarge") == catalogue.InstanceType(
        name="ml.p3.2xlarge", vcpus=8, memory_mib=61 * 1024, gpus=1, local_nvme=False
    )


def test_unknown_type_gets_near_names() -> None:
    """A type without its ml. prefix is refused with the names it may stand for."""
    with pytest.raises(catalogue.UnknownInstanceTypeError) as caught:
        catalogue.instance_type("g4dn.xlarge")
    assert str(caught.value) == (
        "'g4dn.xlarge' is not among the instance types of the catalogue; near names are ml.g4dn.xlarge, "
        "ml.g4dn.8xlarge, ml.g4dn.4xlarge"
    )
