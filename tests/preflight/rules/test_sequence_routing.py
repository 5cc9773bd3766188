"""The rule about sequences on several instances."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from model_packaging.artifact import MANIFEST_FILE_NAME, write_manifest
from model_packaging.artifact.image_needs import ImageNeeds
from preflight import Finding

SEQUENCES = ImageNeeds(("ModelConfig.sequence_batching",))
COMPONENT = """  shared:
    type: inference-components
    instances: {type: ml.g4dn.xlarge, min: 1, max: 2}
    components:
      scores:
        model: classifier
        compute: {accelerators: 1, memory_mib: 2048}
        copies: {min: 1, max: COPIES}
        scaling: {invocations_per_copy: 300}
"""


@pytest.fixture
def found(project: Any) -> Callable[..., list[Finding]]:  # noqa: ANN401 - the fixture of conftest
    def of(needs: ImageNeeds = SEQUENCES, *, instances: int = 1, copies: int = 1) -> list[Finding]:
        project.edit("{type: ml.g4dn.xlarge}", f"{{type: ml.g4dn.xlarge, count: {instances}}}")
        if copies > 1:
            project.text += COMPONENT.replace("COPIES", str(copies))
        folder: Path = project.model_folder
        write_manifest(replace(project.package(), image_needs=needs), folder / MANIFEST_FILE_NAME)
        return [each for each in project.check().findings if each.rule == "SEA443"]

    return of


def test_sea443_sequences_on_several_instances(found: Callable[..., list[Finding]]) -> None:
    """A warning, at the number of instances."""
    [finding] = found(instances=2)
    assert finding.what == "'classifier' has sequence_batching, and the endpoint 2 instances."
    assert (finding.allowed, finding.severity) == ("one instance.", "warning")


def test_one_instance_keeps_its_sequences(found: Callable[..., list[Finding]]) -> None:
    """Nobody else gets their requests."""
    assert found() == []


def test_other_models_have_no_sequences(found: Callable[..., list[Finding]]) -> None:
    """Any instance answers as well as another."""
    assert found(ImageNeeds(("ModelConfig.dynamic_batching",)), instances=2) == []


def test_sea443_sequences_on_several_copies(found: Callable[..., list[Finding]]) -> None:
    """A component's copies share no state either."""
    [finding] = found(copies=2)
    assert finding.what == "'classifier' has sequence_batching, and up to 2 copies."
