"""The rules about images and variables of containers in any template."""

from typing import Any

import pytest

import catalogue
from tests.preflight.rules.template_findings import findings, rules_in

MODEL, CONFIG = "AWS::SageMaker::Model", "AWS::SageMaker::EndpointConfig"
AWS = "763104351884.dkr.ecr.eu-west-1.amazonaws.com"
GPU, CPU, ARM, NEURON = "ml.g5.xlarge", "ml.m5.large", "ml.c7g.large", "ml.inf2.xlarge"

Resources = dict[str, tuple[str, dict[str, Any]]]


def served(image: str, instance_type: str = CPU) -> Resources:
    """Return a model with one container, and a variant that it runs on."""
    variant = {"ModelName": {"Fn::GetAtt": ["Model", "ModelName"]}, "InstanceType": instance_type}
    return {
        "Model": (MODEL, {"PrimaryContainer": {"Image": image}}),
        "Config": (CONFIG, {"ProductionVariants": [variant]}),
    }


def test_sea620_variables_of_all_containers() -> None:
    """Each container alone may be within the limit; a model's together must be."""
    half = {"Environment": {f"V{index:03}": "x" * 1020 for index in range(16)}}
    model = {"Containers": [half, half]}
    assert rules_in({"Model": (MODEL, model)}, "SEA620") == []
    [finding] = findings(
        {"Model": (MODEL, {"Containers": [half, half, {"Environment": {"A": "b"}}]})}, "SEA620"
    )
    assert finding.what == "The containers' variables have 32770 bytes together."
    assert finding.allowed == "32768."
    unknown = {"Environment": {"A": {"Ref": "Parameter"}}}
    assert rules_in({"Model": (MODEL, {"Containers": [half, half, unknown]})}, "SEA620") == ["Model"]


def test_sea621_a_cpu_image_on_a_gpu() -> None:
    """The tag says what the image was built for."""
    image = f"{AWS}/pytorch-inference:2.6.0-cpu-py312"
    [finding] = findings(served(image, GPU), "SEA621")
    assert finding.what == "pytorch-inference:2.6.0-cpu-py312 is to run on ml.g5.xlarge."
    assert finding.subject == "Model"
    assert rules_in(served(image, CPU), "SEA621") == []
    assert rules_in(served(image.replace("cpu", "gpu"), GPU), "SEA621") == []
    assert rules_in(served(f"1{AWS[1:]}/pytorch-inference:2.6.0-cpu-py312", GPU), "SEA621") == []


@pytest.mark.parametrize(
    ("image", "instance_type", "what"),
    [
        (
            "pytorch-inference:2.6.0-cpu-py312",
            ARM,
            "pytorch-inference is for x86_64, and ml.c7g.large has arm64.",
        ),
        (
            "sagemaker-tritonserver:25.09-py3",
            ARM,
            "sagemaker-tritonserver is for x86_64, and ml.c7g.large has arm64.",
        ),
        (
            "pytorch-inference-graviton:2.4.0-cpu-py311",
            CPU,
            "pytorch-inference-graviton is for arm64, and ml.m5.large has x86_64.",
        ),
        (
            "pytorch-inference-arm64:2.6.0-cpu-py312",
            CPU,
            "pytorch-inference-arm64 is for arm64, and ml.m5.large has x86_64.",
        ),
        (
            "pytorch-inference-neuronx:2.1.2-neuronx-py310",
            GPU,
            "pytorch-inference-neuronx is for Inferentia and Trainium, and ml.g5.xlarge has neither.",
        ),
    ],
)
def test_sea622_another_processor(image: str, instance_type: str, what: str) -> None:
    """Arm, x86_64 and Neuron."""
    [finding] = findings(served(f"{AWS}/{image}", instance_type), "SEA622")
    assert finding.what == what


@pytest.mark.parametrize(
    ("image", "instance_type"),
    [
        (f"{AWS}/pytorch-inference:2.6.0-gpu-py312", GPU),
        (f"{AWS}/pytorch-inference-graviton:2.4.0-cpu-py311", ARM),
        (f"{AWS}/pytorch-inference-neuronx:2.1.2-neuronx-py310", NEURON),
        (f"{AWS}/some-new-repository:1", ARM),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com/pytorch-inference:mine", ARM),
        (f"{AWS}/pytorch-inference:2.6.0-cpu-py312", "ml.future.large"),
    ],
)
def test_sea622_lets_others_pass(image: str, instance_type: str) -> None:
    """The right hardware, images of one's own, and types that the catalogue doesn't know."""
    assert rules_in(served(image, instance_type), "SEA622") == []


def test_sea622_looks_at_pools() -> None:
    """Each type of a pool may get the container."""
    resources = served(f"{AWS}/pytorch-inference:2.6.0-cpu-py312")
    variant = resources["Config"][1]["ProductionVariants"][0]
    del variant["InstanceType"]
    variant["InstancePools"] = [{"InstanceType": CPU}, {"InstanceType": ARM}]
    assert rules_in(resources, "SEA622") == ["Model"]


def test_sea623_another_regions_registry() -> None:
    """Hong Kong has a registry of its own."""
    image = "763104351884.dkr.ecr.ap-east-1.amazonaws.com/sagemaker-tritonserver:24.09-py3"
    [finding] = findings(served(image), "SEA623")
    own = catalogue.triton_image_account("ap-east-1")
    assert finding.what == (
        f"sagemaker-tritonserver is looked for in 763104351884, and AWS has it for ap-east-1 in {own}."
    )
    assert finding.allowed == f"{own}."
    for release in catalogue.triton_releases("ap-east-1"):
        assert rules_in(served(catalogue.triton_image_uri(release, "ap-east-1")), "SEA623") == []


def test_sea623_registries_of_ones_own() -> None:
    """A mirrored image lies wherever it was put."""
    image = "123456789012.dkr.ecr.ap-east-1.amazonaws.com/sagemaker-tritonserver:24.09-py3"
    assert rules_in(served(image), "SEA623") == []


@pytest.mark.parametrize("region", [each.name for each in catalogue.regions()])
def test_every_published_image_passes(region: str) -> None:
    """No image of the table is found to be missing, nor in another's registry."""
    for release in catalogue.triton_releases(region):
        resources = served(catalogue.triton_image_uri(release, region))
        assert [*rules_in(resources, "SEA623"), *rules_in(resources, "SEA624")] == []


def test_sea624_a_release_that_there_is_not() -> None:
    """A tag that the table doesn't have; mirrored images may have any."""
    [finding] = findings(served(f"{AWS}/sagemaker-tritonserver:24.02-py3"), "SEA624")
    assert finding.what == "There is no sagemaker-tritonserver:24.02-py3 for eu-west-1 in the table."
    assert finding.allowed == f"{', '.join(catalogue.triton_releases('eu-west-1'))}."
    assert rules_in(served(f"1{AWS[1:]}/sagemaker-tritonserver:24.02-py3"), "SEA624") == []
    assert rules_in(served(f"{AWS}/sagemaker-tritonserver:latest"), "SEA624") == []
