"""The rules about models on instances."""

from typing import TYPE_CHECKING

import pytest

from preflight import Location, Severity

MIB = 1 << 20

if TYPE_CHECKING:
    from tests.preflight.conftest import Project


def test_sea501_gpu_kind_on_cpu_instance(project: "Project") -> None:
    """A model that wants a GPU on an instance type without one: told at the instance type."""
    project.edit("ml.g4dn.xlarge", "ml.m5.xlarge")
    [finding] = project.found("SEA501")
    assert finding.what == "ml.m5.xlarge has no GPU, and the model 'classifier' asks for KIND_GPU."
    assert finding.subject == "endpoints.dedicated"
    assert finding.location == Location("deployments/vision.yaml", 13)


def test_sea501_knows_what_is_packed_beside_the_model(project: "Project") -> None:
    """An ensemble has no instances of its own; those of its members are on the same instance."""
    tensor = "[{name: x, data_type: TYPE_FP32, dims: [1]}]"
    step = "{model_name: classifier, input_map: {image: x}, output_map: {OUTPUT__0: y}}"
    chain = (
        f"  chain:\n    ensemble: {{step: [{step}]}}\n"
        f"    triton: {{max_batch_size: 16, input: {tensor}, output: {tensor}}}\nendpoints:\n"
    )
    project.edit("endpoints:\n", chain)
    project.edit(
        "    model: classifier\n    instances: {type: ml.g4dn.xlarge}",
        "    model: chain\n    instances: {type: ml.m5.xlarge}",
    )
    [finding] = project.found("SEA501")
    assert finding.what == "ml.m5.xlarge has no GPU, and the model 'chain' asks for KIND_GPU."


@pytest.mark.parametrize("kind", ["KIND_CPU", "KIND_AUTO"])
def test_sea501_lets_other_kinds_pass(project: "Project", kind: str) -> None:
    """KIND_AUTO falls back to the CPU, KIND_CPU wants it."""
    project.edit("ml.g4dn.xlarge", "ml.m5.xlarge")
    project.edit("KIND_GPU", kind)
    assert project.found("SEA501") == []


def test_sea502_gpu_beyond_the_instance(project: "Project") -> None:
    """GPUs are counted from 0."""
    project.edit("{kind: KIND_GPU}", "{kind: KIND_GPU, gpus: [0, 1]}")
    [finding] = project.found("SEA502")
    assert finding.what == "The model 'classifier' names the GPUs [1]; ml.g4dn.xlarge has 1, counted from 0."
    assert finding.allowed == "0 to 0."
    project.edit("ml.g4dn.xlarge", "ml.g4dn.12xlarge")
    assert project.found("SEA502") == []


def set_ami(project: "Project", name: str) -> None:
    project.edit("    model: classifier\n", f"    model: classifier\n    inference_ami_version: {name}\n")


@pytest.mark.parametrize(
    ("instance_type", "ami", "words"),
    [
        ("ml.m5.xlarge", "al2-ami-sagemaker-inference-gpu-2", "'gpu'; ml.m5.xlarge has 'none'."),
        ("ml.g4dn.xlarge", "al2-ami-sagemaker-inference-neuron-2", "'neuron'; ml.g4dn.xlarge has 'gpu'."),
        ("ml.inf2.xlarge", "al2-ami-sagemaker-inference-gpu-2", "'gpu'; ml.inf2.xlarge has 'neuron'."),
    ],
)
def test_sea503_ami_of_another_accelerator(
    project: "Project", instance_type: str, ami: str, words: str
) -> None:
    """A driver for what the instance type does not have: a warning, as no document says it is refused."""
    project.edit("ml.g4dn.xlarge", instance_type)
    set_ami(project, ami)
    [finding] = project.found("SEA503")
    assert finding.what == f"{ami} is for the accelerator {words}"
    assert finding.severity is Severity.WARNING
    assert finding.subject == "endpoints.dedicated"


@pytest.mark.parametrize(
    ("instance_type", "ami"),
    [
        ("ml.g4dn.xlarge", "al2-ami-sagemaker-inference-gpu-3-1"),
        ("ml.inf2.xlarge", "al2-ami-sagemaker-inference-neuron-2"),
    ],
)
def test_sea503_lets_the_right_driver_pass(project: "Project", instance_type: str, ami: str) -> None:
    """A machine image for the accelerator that is there."""
    project.edit("ml.g4dn.xlarge", instance_type)
    set_ami(project, ami)
    assert project.found("SEA503") == []


def test_sea504_model_larger_than_memory(project: "Project") -> None:
    """A model that can't be loaded where it is to be served: memory of CPU instance types alone is judged."""
    project.package(model_size_bytes=16 * 2**30 + 2**20)
    assert project.found("SEA504") == []
    project.edit("ml.g4dn.xlarge", "ml.m5.xlarge")
    [finding] = project.found("SEA504")
    assert finding.what == (
        "The model 'classifier' has a file of 16385 MiB; ml.m5.xlarge has 16384 MiB of memory."
    )
    assert finding.subject == "endpoints.dedicated"
    project.edit("ml.m5.xlarge", "ml.m5.2xlarge")
    assert project.found("SEA504") == []


SHARED = """\
endpoints:
  shared:
    type: inference-components
    instances: {pools: [{type: ml.g5.2xlarge, priority: 1}, {type: ml.g4dn.2xlarge, priority: 2}], max: 4}
    components:
      it: {model: classifier, copies: {min: 1, max: 1}, compute: {accelerators: 1, memory_mib: 4096}}
"""


def test_sea505_model_larger_than_a_gpus_memory(project: "Project") -> None:
    """One instance of a model is on one GPU, whose memory it fits into."""
    project.package(model_size_bytes=17_000 * MIB)
    [finding] = project.found("SEA505")
    assert finding.what == (
        "The model 'classifier' has a file of 17000 MiB; a GPU of ml.g4dn.xlarge has 16384 MiB."
    )
    assert finding.subject == "endpoints.dedicated"
    project.edit("ml.g4dn.xlarge", "ml.g5.xlarge")
    assert project.found("SEA505") == []
    project.edit("KIND_GPU", "KIND_CPU")
    project.package(model_size_bytes=30_000 * MIB)
    assert project.found("SEA505") == []


def test_sea505_holds_for_components_on_every_type(project: "Project") -> None:
    """A copy may be on any of the endpoint's types."""
    project.text = project.text[: project.text.index("endpoints:")] + SHARED
    project.package(model_size_bytes=17_000 * MIB)
    [finding] = project.found("SEA505")
    assert "ml.g4dn.2xlarge" in finding.what
    assert finding.subject == "endpoints.shared.components.it"


def test_sea503_says_what_the_catalogue_says(project: "Project") -> None:
    """The catalogue says which accelerator a type has; names of families are not guessed."""
    project.edit("ml.g4dn.xlarge", "ml.dl1.24xlarge")
    set_ami(project, "al2-ami-sagemaker-inference-gpu-2")
    [finding] = project.found("SEA503")
    assert finding.what.endswith("ml.dl1.24xlarge has 'habana'.")
