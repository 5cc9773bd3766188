"""The rule about the files of golden requests."""

from typing import TYPE_CHECKING

from preflight import Location, Severity

if TYPE_CHECKING:
    from tests.preflight.conftest import Project

_NAMED = "    golden_requests: [golden/a.npz, golden/b.json]\n"


def test_sea388_missing_file(project: "Project") -> None:
    """Each file that isn't there is found without any trial, at its line; one that is there is not."""
    project.edit("endpoints:\n", f"{_NAMED}endpoints:\n")
    golden = project.root / "golden"
    golden.mkdir()
    (golden / "a.npz").write_bytes(b"not read")
    [finding] = project.check().findings
    assert (finding.rule, finding.severity) == ("SEA388", Severity.WARNING)
    assert finding.subject == "models.classifier"
    assert finding.what == "There is no golden/b.json."
    assert finding.location == Location("deployments/vision.yaml", 9)


def test_sea388_a_folder_is_no_file(project: "Project") -> None:
    """What can't be read as a file is not there."""
    project.edit("endpoints:\n", "    golden_requests: [golden/a.npz]\nendpoints:\n")
    (project.root / "golden" / "a.npz").mkdir(parents=True)
    assert [each.rule for each in project.check().findings] == ["SEA388"]


def test_sea388_good(project: "Project") -> None:
    """Files that are there are no finding, whatever is in them; they are no part of the artifact."""
    project.edit("endpoints:\n", f"{_NAMED}endpoints:\n")
    (project.root / "golden").mkdir()
    for name in ("a.npz", "b.json"):
        (project.root / "golden" / name).write_bytes(b"")
    assert project.check().findings == ()


def test_sea388_leaves_unserved_models_alone(project: "Project") -> None:
    """A model that no endpoint serves is not tried."""
    model = project.text[project.text.index("    export") : project.text.index("endpoints:")]
    project.edit("endpoints:\n", f"  spare:\n{model}{_NAMED}endpoints:\n")
    assert project.check().findings == ()
