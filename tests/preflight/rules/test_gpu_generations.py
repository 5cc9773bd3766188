"""The rules about GPUs, CUDA, and what the GPUs are to hold."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import catalogue
from catalogue.cuda_generations import OLDEST_COMPUTE_CAPABILITY
from tests.preflight.rules.packaged import SeveralModels

if TYPE_CHECKING:
    from tests.preflight.conftest import Project

MIB = 1 << 20


def released(project: "Project", release: str, instance_type: str) -> None:
    """Let the model be served by a release of Triton, on an instance type."""
    project.edit(
        "[{kind: KIND_GPU}]\n", f'[{{kind: KIND_GPU}}]\n    container: {{triton_release: "{release}"}}\n'
    )
    project.edit("ml.g4dn.xlarge", instance_type)


@pytest.mark.parametrize(
    ("release", "instance_type", "words"),
    [
        ("24.09", "ml.p2.xlarge", "ml.p2.xlarge has the GPU K80, compute capability 3.7; Triton 24.09"),
        ("25.09", "ml.p3.2xlarge", "ml.p3.2xlarge has the GPU V100, compute capability 7.0; Triton 25.09"),
        ("26.05", "ml.p3.2xlarge", "ml.p3.2xlarge has the GPU V100, compute capability 7.0; Triton 26.05"),
    ],
)
def test_sea506_gpus_that_cuda_has_given_up(
    project: "Project", release: str, instance_type: str, words: str
) -> None:
    """Kepler is too old for CUDA 12, Volta for CUDA 13."""
    released(project, release, instance_type)
    [finding] = project.found("SEA506")
    assert finding.what.startswith(words)
    assert finding.subject == "endpoints.dedicated"


@pytest.mark.parametrize(
    ("release", "instance_type"),
    [
        ("24.09", "ml.p3.2xlarge"),
        ("25.04", "ml.p3.2xlarge"),
        ("26.05", "ml.g4dn.xlarge"),
        ("26.05", "ml.m5.large"),
    ],
)
def test_sea506_lets_served_gpus_pass(project: "Project", release: str, instance_type: str) -> None:
    """Volta with CUDA 12, Turing with CUDA 13, and instances without a GPU."""
    released(project, release, instance_type)
    assert project.found("SEA506") == []


def test_sea506_models_on_cpus(project: "Project") -> None:
    """Who asks for the CPU needs no CUDA."""
    released(project, "25.09", "ml.p3.2xlarge")
    project.edit("kind: KIND_GPU", "kind: KIND_CPU")
    assert project.found("SEA506") == []


def test_every_release_has_a_generation() -> None:
    """No release's CUDA is missing in the table."""
    assert {each.cuda for each in catalogue.triton_drivers().values()} == set(OLDEST_COMPUTE_CAPABILITY)


def counted(project: "Project", group: str, size_mib: int) -> None:
    """Let the model have this instance group and size."""
    project.edit("{kind: KIND_GPU}", f"{{{group}}}")
    project.package(model_size_bytes=size_mib * MIB)


def test_sea507_instances_of_one_model(project: "Project") -> None:
    """Three times 6 GiB don't fit into 16."""
    counted(project, "kind: KIND_GPU, count: 3", 6000)
    [finding] = project.found("SEA507")
    assert finding.what == (
        "The instances of classifier take 18000 MiB of weights on one GPU; a GPU of ml.g4dn.xlarge has "
        "16384 MiB."
    )
    assert finding.subject == "endpoints.dedicated"
    project.edit("count: 3", "count: 2")
    assert project.found("SEA507") == []


def test_sea507_gpus_are_counted_each(project: "Project") -> None:
    """On several GPUs each has its own instances, those of several groups together."""
    project.edit("ml.g4dn.xlarge", "ml.g4dn.12xlarge")
    counted(project, "kind: KIND_GPU, count: 2, gpus: [0]}, {kind: KIND_GPU, count: 2, gpus: [1]", 6000)
    assert project.found("SEA507") == []
    project.edit("gpus: [1]", "gpus: [0, 1]")
    [finding] = project.found("SEA507")
    assert "take 24000 MiB" in finding.what


@pytest.mark.parametrize("group", ["kind: KIND_CPU, count: 9", "kind: KIND_AUTO, count: 9"])
def test_sea507_counts_what_must_be_on_a_gpu(project: "Project", group: str) -> None:
    """What may be elsewhere is not counted."""
    counted(project, group, 6000)
    assert project.found("SEA507") == []


def test_sea507_shared_weights(project: "Project") -> None:
    """The PyTorch backend can share one model's weights among its instances."""
    counted(project, "kind: KIND_GPU, count: 3", 6000)
    project.edit(
        "      max_batch_size: 16\n",
        "      max_batch_size: 16\n      parameters: {ENABLE_WEIGHT_SHARING: 'true'}\n",
    )
    assert project.found("SEA507") == []


def test_sea507_one_model_alone_is_another_rules(project: "Project") -> None:
    """A model that doesn't fit even once is SEA505's."""
    counted(project, "kind: KIND_GPU, count: 3", 17000)
    assert project.found("SEA507") == []
    assert len(project.found("SEA505")) == 1


def test_sea507_instances_without_gpus(tmp_path: Path) -> None:
    """Without a GPU there is no GPU's memory to fill."""
    serving = "triton: {max_batch_size: 4, instance_group: [{kind: KIND_GPU, count: 3}]}"
    models = SeveralModels(tmp_path, "type: realtime, model: one", {"one": serving}, size_bytes=6000 * MIB)
    assert models.found("SEA507") == []
