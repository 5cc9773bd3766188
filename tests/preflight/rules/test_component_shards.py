"""The rule about over how many stacks components are spread."""

from typing import TYPE_CHECKING

import pytest

from preflight import Location, Severity
from spec import DeploymentFileError
from spec.shard_lock import lock_path, write_lock

if TYPE_CHECKING:
    from tests.preflight.conftest import Project

SHARED = """\
endpoints:
  shared:
    type: inference-components
    instances: {type: ml.g5.2xlarge, min: 0, max: 4}
    shards: 3
    components:
      classifier:
        model: classifier
        copies: {min: 0, max: 3}
        compute: {accelerators: 1, cpus: 2, memory_mib: 4096}
        scaling: {invocations_per_copy: 300}
"""


@pytest.fixture
def sharded(project: "Project") -> "Project":
    """A project whose three shards nobody has accepted."""
    project.text = project.text[: project.text.index("endpoints:")] + SHARED
    (project.root / "deployments").mkdir(exist_ok=True)
    return project


def test_sea541_shards_not_accepted(sharded: "Project") -> None:
    """Another number than the accepted one is an error at its line, until it is accepted."""
    [finding] = sharded.found("SEA541")
    assert (finding.severity, finding.subject) == (Severity.ERROR, "endpoints.shared")
    assert finding.location == Location("deployments/vision.yaml", 13)
    assert "nothing is accepted yet" in finding.what
    assert finding.allowed.startswith("1, or an accepted plan; `seatrial shards ")
    write_lock(sharded.file)
    assert sharded.found("SEA541") == []
    sharded.edit("shards: 3", "shards: 2")
    [finding] = sharded.found("SEA541")
    assert finding.what.startswith("2 stacks of components are declared, and 3 accepted; ")


def test_sea541_is_accepted_by_its_plan_alone(sharded: "Project") -> None:
    """An acknowledgment would also cover the next change, whose plan nobody has seen."""
    sharded.edit("    shards: 3\n", '    shards: 3\n    acknowledge: {SEA541: "we know what moves"}\n')
    [finding] = sharded.found("SEA541")
    assert finding.acknowledged is None


def test_sea541_needs_a_lock_that_can_be_read(sharded: "Project") -> None:
    """A broken file of accepted numbers is told before any rule runs."""
    lock_path(sharded.file.path).write_text("{", encoding="utf-8")
    with pytest.raises(DeploymentFileError, match="restore it from version control"):
        sharded.check()
