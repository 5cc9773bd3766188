"""The report as SARIF."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from preflight import Finding, Location, Report, Severity
from preflight.registry import REGISTRY
from preflight.sarif import sarif_document
from tests.preflight.sarif_schema import SARIF

MakeFinding = Callable[..., Finding]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project folder with a deployment file."""
    (tmp_path / "project" / "deployments").mkdir(parents=True)
    (tmp_path / "project" / "deployments" / "vision.yaml").touch()
    return tmp_path / "project"


def log_of(project: Path, *findings: Finding, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - the log's own
    """Return the one run, once the whole log was found to be valid and to survive JSON."""
    log = sarif_document(Report(findings), project, **options)
    jsonschema.validate(log, SARIF)
    assert json.loads(json.dumps(log)) == log
    [run] = log["runs"]
    return dict(run)


def place_of(project: Path, finding: Finding, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    [result] = log_of(project, finding, **options)["results"]
    [location] = result["locations"]
    return dict(location["physicalLocation"])


def fingerprints_of(project: Path, *findings: Finding) -> list[str]:
    results = log_of(project, *findings)["results"]
    return [each["partialFingerprints"]["primaryLocationLineHash"] for each in results]


def test_a_finding(project: Path, finding: MakeFinding) -> None:
    """Rule, level, all words, and the line of the file as the repository has it."""
    [result] = log_of(project, finding())["results"]
    assert result["ruleId"] == "SEA401"
    assert result["ruleIndex"] == 0
    assert result["level"] == "error"
    assert result["message"]["text"] == (
        "There is no manifest. Allowed: a packaged model. "
        "Fix: Run `seatrial package deployments/vision.yaml`."
    )
    assert result["suppressions"] == []
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "deployments/vision.yaml", "uriBaseId": "SRCROOT"},
                "region": {"startLine": 4},
            },
            "logicalLocations": [{"fullyQualifiedName": "models.classifier"}],
        }
    ]


def test_a_warning(project: Path, finding: MakeFinding) -> None:
    """SARIF has the same two words."""
    assert log_of(project, finding(severity=Severity.WARNING))["results"][0]["level"] == "warning"


def test_nothing_found(project: Path) -> None:
    """A clean run is a run without results, which closes alerts."""
    run = log_of(project)
    assert run["results"] == []
    assert run["tool"]["driver"] == {"name": "Seatrial", "rules": []}


def test_an_acknowledged_finding_is_suppressed(project: Path, finding: MakeFinding) -> None:
    """Its reason is the justification."""
    [result] = log_of(project, finding(acknowledged="known since May"))["results"]
    assert result["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "known since May"}
    ]


def test_rules_are_described_once(project: Path, finding: MakeFinding) -> None:
    """With what the user would have seen, when, who tells, what to do, and the source."""
    run = log_of(project, finding(), finding(subject="models.other"), finding(rule="SEA501"))
    first, second = run["tool"]["driver"]["rules"]
    assert (first["id"], second["id"]) == ("SEA401", "SEA501")
    rule = REGISTRY.find("SEA401")
    assert rule is not None
    assert first["shortDescription"]["text"] == rule.title
    for words in (rule.symptom, rule.seen_after.value, rule.enforced_by.value, rule.fix, rule.source):
        assert words in first["help"]["text"]
        assert words in first["help"]["markdown"]
    assert "docs/failures.md#sea401" in first["help"]["markdown"]
    assert first["defaultConfiguration"] == {"level": "error"}
    assert first["properties"]["tags"] == ["deployment", "seatrial", "before"]
    assert "helpUri" not in first
    assert [each["ruleIndex"] for each in run["results"]] == [0, 0, 1]


def test_help_leads_to_the_page_where_that_can_be_read(project: Path, finding: MakeFinding) -> None:
    """An absolute URI alone is one that SARIF takes."""
    page = "https://example.com/seatrial/docs/failures.md"
    [rule] = log_of(project, finding(), documentation=page)["tool"]["driver"]["rules"]
    assert rule["helpUri"] == f"{page}#sea401"


def test_every_rule_can_be_described(project: Path, finding: MakeFinding) -> None:
    """No rule's words are longer than code hosts take."""
    run = log_of(project, *(finding(rule=rule.id) for rule in REGISTRY.rules()))
    assert len(run["tool"]["driver"]["rules"]) == len(REGISTRY.rules())


def test_rules_of_a_synth(project: Path, finding: MakeFinding) -> None:
    """Seatrial's have their own ids, whoever reports them; another's are named as whose they are."""
    template = Location("vision-dedicated.template.json")
    run = log_of(
        project,
        finding(rule="seatrial::SEA851", location=template),
        finding(rule="cdk-nag::AwsSolutions-IAM5[Resource::*]", location=template, fix="Name it."),
        finding(rule="SEA998"),
    )
    own, unknown, foreign = run["tool"]["driver"]["rules"]
    assert own["id"] == "SEA851"
    assert foreign["id"] == "cdk-nag::AwsSolutions-IAM5[Resource::*]"
    assert foreign["shortDescription"]["text"] == "A rule of cdk-nag, which runs at every synth."
    assert foreign["help"]["text"] == "Name it."
    assert unknown["shortDescription"]["text"] == "A rule of another version."


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("deployments/vision.yaml", "deployments/vision.yaml"),
        ("models/a b/größe#1.pbtxt", "models/a%20b/gr%C3%B6%C3%9Fe%231.pbtxt"),
        ("vision-dedicated.template.json", "cdk.out/vision-dedicated.template.json"),
    ],
)
def test_paths_are_relative_to_the_project(project: Path, finding: MakeFinding, file: str, uri: str) -> None:
    """As a code host finds them; templates where `cdk synth` writes them."""
    place = place_of(project, finding(location=Location(file, 2)))
    assert place["artifactLocation"] == {"uri": uri, "uriBaseId": "SRCROOT"}


def test_an_absolute_path_inside_of_the_project_is_relative(project: Path, finding: MakeFinding) -> None:
    """Whoever names the file with its whole path gets the same alert."""
    file = str(project / "cdk.out" / "vision.template.json")
    place = place_of(project, finding(location=Location(file)))
    assert place["artifactLocation"] == {"uri": "cdk.out/vision.template.json", "uriBaseId": "SRCROOT"}


def test_paths_outside_of_the_project_are_absolute(
    project: Path, finding: MakeFinding, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a URI; also where they were named from another folder."""
    outside = project.parent / "else where.yaml"
    outside.touch()
    expected = {"uri": outside.as_uri()}
    assert place_of(project, finding(location=Location(str(outside), 1)))["artifactLocation"] == expected
    monkeypatch.chdir(project.parent)
    named = finding(location=Location("else where.yaml", 1))
    assert place_of(project, named)["artifactLocation"] == expected


@pytest.mark.parametrize("location", [None, Location(""), Location("--instance-type")])
def test_findings_without_a_file(project: Path, finding: MakeFinding, location: Location | None) -> None:
    """They stand at what was checked: a code host shows none without a place."""
    nowhere = finding(location=location, subject="")
    place = place_of(project, nowhere, checked=project / "deployments" / "vision.yaml")
    assert place == {
        "artifactLocation": {"uri": "deployments/vision.yaml", "uriBaseId": "SRCROOT"},
        "region": {"startLine": 1},
    }
    assert place_of(project, nowhere)["artifactLocation"] == {"uri": ".", "uriBaseId": "SRCROOT"}


def test_a_finding_without_a_line_is_at_the_first(project: Path, finding: MakeFinding) -> None:
    """A region begins somewhere."""
    assert place_of(project, finding(location=Location("a.yaml")))["region"] == {"startLine": 1}


def test_a_finding_that_moves_stays_the_same_alert(project: Path, finding: MakeFinding) -> None:
    """Neither lines nor numbers are part of what tells one from another; files and names are."""
    before = finding(location=Location("a.yaml", 4), what="config.pbtxt:3: 'x' is 17.")
    after = finding(location=Location("a.yaml", 9), what="config.pbtxt:12: 'x' is 18.")
    assert fingerprints_of(project, before) == fingerprints_of(project, after)
    others = (
        finding(location=Location("b.yaml", 4), what=before.what),
        finding(location=Location("a.yaml", 4), what="config.pbtxt:3: 'y' is 17."),
        finding(location=Location("a.yaml", 4), what=before.what, subject="models.other"),
        finding(location=Location("a.yaml", 4), what=before.what, rule="SEA501"),
    )
    for other in others:
        assert fingerprints_of(project, other) != fingerprints_of(project, before)


def test_findings_that_are_alike_are_counted(project: Path, finding: MakeFinding) -> None:
    """Two of the same rule about the same thing are two alerts."""
    first, second = fingerprints_of(project, finding(what="It is 1."), finding(what="It is 2."))
    assert first.removesuffix(":1") == second.removesuffix(":2")
