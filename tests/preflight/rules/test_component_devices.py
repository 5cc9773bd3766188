"""The rules about the accelerators that the models of inference components ask for."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.preflight.conftest import Project

SHARED = """\
endpoints:
  shared:
    type: inference-components
    instances: {type: ml.g5.2xlarge, min: 0, max: 4}
    components:
      classifier:
        model: classifier
        copies: {min: 0, max: 3}
        compute: {accelerators: 1, cpus: 2, memory_mib: 4096}
        scaling: {invocations_per_copy: 300}
"""
CLASSIFIER = "endpoints.shared.components.classifier"


@pytest.fixture
def shared(project: "Project") -> "Project":
    """A good project with one component on at most four one-GPU instances."""
    project.text = project.text[: project.text.index("endpoints:")] + SHARED
    return project


def test_sea528_gpu_kind_without_accelerators(shared: "Project") -> None:
    """A model that wants a GPU must be given one, however many the instance has."""
    shared.edit("accelerators: 1, ", "")
    [finding] = shared.found("SEA528")
    assert finding.what == "The model 'classifier' asks for KIND_GPU; a copy is given no accelerator."
    assert finding.subject == CLASSIFIER
    shared.edit("KIND_GPU", "KIND_AUTO")
    assert shared.found("SEA528") == []


def test_sea529_gpu_beyond_the_copy(shared: "Project") -> None:
    """A copy sees its own devices alone, however many the instance has."""
    shared.edit("kind: KIND_GPU}", "kind: KIND_GPU, gpus: [0, 1]}")
    [finding] = shared.found("SEA529")
    assert finding.what == "The model 'classifier' names the GPUs [1]; a copy is given 1, counted from 0."
    assert (finding.allowed, finding.subject) == ("0 to 0.", CLASSIFIER)
    shared.edit("gpus: [0, 1]", "gpus: [0]")
    assert shared.found("SEA529") == []
