"""The rules about what a component's copies are to hold."""

from typing import TYPE_CHECKING

import pytest

from preflight import Severity

if TYPE_CHECKING:
    from tests.preflight.conftest import Project

SHARED = """\
endpoints:
  shared:
    type: inference-components
    instances: {type: ml.g5.2xlarge, max: 4}
    components:
      classifier:
        model: classifier
        copies: {min: 1, max: 1}
        compute: {accelerators: 1, memory_mib: 4096, memory_maximum_mib: 8192}
"""
CLASSIFIER = "endpoints.shared.components.classifier"
MIB = 1 << 20


@pytest.fixture
def shared(project: "Project") -> "Project":
    """A good project with one component."""
    project.text = project.text[: project.text.index("endpoints:")] + SHARED
    return project


def test_sea531_model_larger_than_a_copy_may_grow(shared: "Project") -> None:
    """A model is read into main memory whole; exactly as much as there is passes."""
    shared.package(model_size_bytes=8192 * MIB)
    assert shared.found("SEA531") == []
    shared.package(model_size_bytes=8200 * MIB)
    [finding] = shared.found("SEA531")
    assert finding.subject == CLASSIFIER
    assert finding.what == ("The model 'classifier' has a file of 8200 MiB; a copy may grow to 8192 MiB.")
    shared.edit(", memory_maximum_mib: 8192", "")
    assert shared.found("SEA531") == []


def test_sea532_model_larger_than_its_reservation(shared: "Project") -> None:
    """Without accelerators the model stays in the memory that is reserved for a copy."""
    shared.edit("accelerators: 1, ", "cpus: 1, ")
    shared.edit("kind: KIND_GPU", "kind: KIND_CPU")
    shared.package(model_size_bytes=4096 * MIB)
    assert shared.found("SEA532") == []
    shared.package(model_size_bytes=5000 * MIB)
    [finding] = shared.found("SEA532")
    assert finding.severity is Severity.WARNING
    assert finding.subject == CLASSIFIER
    assert finding.what.endswith("a file of 5000 MiB; 4096 MiB are reserved for a copy.")


def test_sea532_a_model_on_accelerators_leaves_main_memory(shared: "Project") -> None:
    """What lies in a GPU's memory needs no place beside it."""
    shared.package(model_size_bytes=5000 * MIB)
    assert shared.found("SEA532") == []


def test_sea533_adapters_on_the_laptop(shared: "Project") -> None:
    """Adapters are refused there, and only there; and the finding can be read at the adapter."""
    shared.text += "    adapters:\n      french: {base: classifier, artifact: s3://adapters/french.tar.gz}\n"
    shared.package()
    assert shared.found("SEA533") == []
    shared.edit('"123456789012"', '"000000000000"')
    [finding] = shared.found("SEA533")
    assert finding.subject == "endpoints.shared.adapters.french"
    assert finding.what == "An adapter is declared for the laptop's account."


def test_an_adapters_finding_may_be_acknowledged(shared: "Project") -> None:
    """An acknowledgment stands at the adapter that it is about."""
    reason = "only synthesized, never deployed"
    shared.text += (
        "    adapters:\n      french: {base: classifier, artifact: s3://adapters/french.tar.gz, "
        f'acknowledge: {{SEA533: "{reason}"}}}}\n'
    )
    shared.package()
    shared.edit('"123456789012"', '"000000000000"')
    [finding] = shared.found("SEA533")
    assert finding.acknowledged == reason
