"""The GPUs of instance types."""

from botocore.session import get_session

import catalogue
from catalogue.gpu_families import GpuFamily, gpu_family, processing_gpu_types


def test_every_instance_type_with_a_gpu_has_its_family() -> None:
    """Whatever the catalogue hosts on can be compared with what a plan was built on."""
    assert all((gpu_family(each.name) is not None) == (each.gpus > 0) for each in catalogue.instance_types())


def test_families_of_equal_capability_are_told_apart() -> None:
    """L4 and L40S have the same compute capability, and a plan of one is no plan of the other."""
    assert gpu_family("ml.g4dn.12xlarge") == GpuFamily("T4", "7.5")
    small, large = gpu_family("ml.g6.xlarge"), gpu_family("ml.g6e.xlarge")
    assert small is not None
    assert large is not None
    assert small.compute_capability == large.compute_capability
    assert small.gpu != large.gpu


def test_processing_types_are_those_of_the_api() -> None:
    """CreateProcessingJob takes exactly these of the types with a GPU."""
    offered = set(get_session().get_service_model("sagemaker").shape_for("ProcessingInstanceType").enum)
    with_gpu = {each.name for each in catalogue.instance_types() if each.gpus}
    assert set(processing_gpu_types()) == with_gpu & offered
