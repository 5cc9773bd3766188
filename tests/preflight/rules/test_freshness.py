"""The rules that hold what was packaged against what the deployment file says now."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from model_packaging.artifact import RecordedFinding, read_manifest, write_manifest
from preflight import Location, Severity

if TYPE_CHECKING:
    from tests.preflight.conftest import Project

MANIFEST = "build/vision/classifier/manifest.json"
PACKAGE = "Run `seatrial package deployments/vision.yaml`"


def test_good_project_has_no_findings(project: "Project") -> None:
    """What was packaged from the file as it stands is clean."""
    assert project.check().findings == ()


def test_sea401_not_packaged(unpackaged: "Project") -> None:
    """The command to run and the model's own line stand in the finding."""
    [finding] = unpackaged.check().findings
    assert finding.rule == "SEA401"
    assert finding.severity is Severity.ERROR
    assert finding.subject == "models.classifier"
    assert finding.what == f"There is no {MANIFEST}: the model was not packaged."
    assert finding.fix == f"{PACKAGE}."
    assert finding.location == Location("deployments/vision.yaml", 4)


def test_sea401_leaves_unserved_models_alone(project: "Project") -> None:
    """A model that no endpoint serves can't fail a deployment."""
    model = project.text[project.text.index("    export") : project.text.index("endpoints:")]
    project.edit("endpoints:\n", f"  spare:\n{model}endpoints:\n")
    assert project.check().findings == ()


def test_sea402_manifest_unreadable(project: "Project") -> None:
    """A manifest that is no manifest says why."""
    (project.model_folder / "manifest.json").write_text("{", encoding="utf-8")
    [finding] = project.check().findings
    assert finding.rule == "SEA402"
    assert "can't be read as JSON" in finding.what
    assert finding.fix == f"{PACKAGE}."


def test_sea402_manifest_with_an_unknown_severity(project: "Project") -> None:
    """A manifest that says what no version ever wrote is not guessed at."""
    project.package(RecordedFinding("SEA303", "fatal", "What.", "Allowed.", "Fix."))
    [finding] = project.check().findings
    assert finding.rule == "SEA402"
    assert finding.what == f"{MANIFEST}: a finding has the unknown severity 'fatal'."


def test_sea403_older_than_the_section(project: "Project") -> None:
    """A changed section of the file is named as what changed."""
    project.edit("max_batch_size: 16", "max_batch_size: 32")
    [finding] = project.check().findings
    assert finding.rule == "SEA403"
    assert finding.what == (
        f"{MANIFEST} was built before a change of the model's section of the deployment file."
    )
    assert finding.fix == f"{PACKAGE}."


def test_sea403_older_than_a_source(project: "Project") -> None:
    """A changed source file of the factory is named by its path."""
    (project.root / "vision.py").write_text("def classifier() -> int: ...\n", encoding="utf-8")
    [finding] = project.check().findings
    assert finding.what == f"{MANIFEST} was built before a change of vision.py."


def test_sea403_is_deaf_to_acknowledgments_and_containers(project: "Project") -> None:
    """What changes how an artifact is served, not its bytes, needs no new build."""
    project.edit("    triton:\n", '    container: {environment: {A: "b"}}\n    triton:\n')
    assert project.check().findings == ()


def test_sea404_archive_missing(project: "Project") -> None:
    """A manifest without its archive can't be deployed."""
    (project.model_folder / "0123.tar.gz").unlink()
    [finding] = project.check().findings
    assert finding.rule == "SEA404"
    assert finding.what == f"{MANIFEST} names 0123.tar.gz, which is not beside it."


def test_sea404_an_archive_that_can_not_be_looked_at(project: "Project") -> None:
    """A name that no file can have is told, and ends in no traceback."""
    path = project.model_folder / "manifest.json"
    manifest = read_manifest(path)
    archive = replace(manifest.archive, file_name=f"{'0' * 300}.tar.gz")
    write_manifest(replace(manifest, archive=archive), path)
    assert [finding.rule for finding in project.check().findings] == ["SEA404"]


def test_sea405_archive_size_differs(project: "Project") -> None:
    """An archive that was changed or cut short is noticed by its size."""
    (project.model_folder / "0123.tar.gz").write_bytes(b"cut")
    [finding] = project.check().findings
    assert finding.rule == "SEA405"
    assert finding.what == f"0123.tar.gz has 3 bytes; {MANIFEST} recorded 35."
    assert finding.fix == f"{PACKAGE} with --force."


def test_sea406_source_unknown(project: "Project") -> None:
    """A factory that is gone is told at the line of export.from."""
    project.edit("vision:classifier", "visoin:classifier")
    [finding] = project.check().findings
    assert finding.rule == "SEA406"
    assert finding.subject == "models.classifier"
    assert finding.what.startswith("export.from is 'visoin:classifier'")
    assert finding.location == Location("deployments/vision.yaml", 5)


def test_sea406_data_file_missing(project: "Project") -> None:
    """A data file that is gone is told at the section's files."""
    project.edit('"vision:classifier"', '"vision:classifier", files: [words.txt]')
    [finding] = project.check().findings
    assert finding.rule == "SEA406"
    assert finding.what == "export.files names 'words.txt', and the project has no such file."
    assert finding.allowed == "a file of the project."
    assert finding.location == Location("deployments/vision.yaml", 5)


def test_sea407_manifest_of_another_model(project: "Project") -> None:
    """A manifest in the wrong folder is told even where both models are built from the same."""
    manifest = read_manifest(project.model_folder / "manifest.json")
    write_manifest(replace(manifest, model="other"), project.model_folder / "manifest.json")
    [finding] = project.check().findings
    assert finding.rule == "SEA407"
    assert finding.what == f"{MANIFEST} is of the model 'other'."
    assert finding.allowed == "the manifest of 'classifier'."
    assert finding.fix == f"{PACKAGE} with --force."


@pytest.mark.parametrize("rule", [f"SEA40{number}" for number in range(1, 8)])
def test_each_is_silent_on_a_good_project(project: "Project", rule: str) -> None:
    """Nothing is found where nothing is wrong."""
    assert project.found(rule) == []
