"""The one report."""

import json
from collections.abc import Callable

import pytest

from preflight import Finding, Location, Report, Severity

MakeFinding = Callable[..., Finding]


@pytest.fixture
def report(finding: MakeFinding) -> Report:
    """One finding of each kind, in the wrong order."""
    return Report(
        (
            finding(rule="SEA501", location=Location("a.yaml", 2), acknowledged="known since May"),
            finding(rule="SEA504", severity=Severity.WARNING, location=Location("a.yaml", 1)),
            finding(rule="SEA402", location=Location("a.yaml", 10)),
            finding(rule="SEA401", location=Location("a.yaml", 9)),
        )
    )


def test_findings_are_grouped_and_sorted(report: Report) -> None:
    """Errors, warnings, acknowledged; within these by file and line, lines as numbers."""
    assert [each.rule for each in report.findings] == ["SEA401", "SEA402", "SEA504", "SEA501"]


def test_each_finding_is_in_one_group(report: Report) -> None:
    """What is acknowledged is no error any more."""
    assert [each.rule for each in report.errors] == ["SEA401", "SEA402"]
    assert [each.rule for each in report.warnings] == ["SEA504"]
    assert [each.rule for each in report.acknowledged] == ["SEA501"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, 1),
        ({"severity": Severity.WARNING}, 1),
        ({"acknowledged": "known since May"}, 0),
        ({"severity": Severity.WARNING, "acknowledged": "known since May"}, 0),
    ],
)
def test_exit_code(finding: MakeFinding, changes: dict[str, object], code: int) -> None:
    """0 is clean: nothing that nobody has acknowledged, not even a warning."""
    assert Report((finding(**changes),)).exit_code == code


def test_exit_code_without_findings() -> None:
    """Nothing found is clean."""
    assert Report(()).exit_code == 0


def test_terminal(report: Report, finding: MakeFinding) -> None:
    """Plain text: a heading per group, then where, what, what is allowed and what to do."""
    lines = report.render_terminal().splitlines()
    assert lines[:6] == [
        "Errors (2)",
        "  a.yaml:9: SEA401 models.classifier",
        "    There is no manifest.",
        "    Allowed: a packaged model.",
        "    Fix: Run `seatrial package deployments/vision.yaml`.",
        "  a.yaml:10: SEA402 models.classifier",
    ]
    assert "Warnings (1)" in lines
    assert "Acknowledged (1)" in lines
    assert lines[-3:] == [
        "    Acknowledged: known since May",
        "",
        "2 errors, 1 warning, 1 acknowledged.",
    ]
    assert "  SEA401 models.classifier" in Report((finding(location=None),)).render_terminal()


def test_terminal_of_several_files(finding: MakeFinding) -> None:
    """Within a severity findings stand beneath the name of their file; the one of none comes first."""
    files = ("b.yaml", "a.yaml", "b.yaml")
    found = [finding(location=Location(file, line)) for line, file in enumerate(files, start=1)]
    lines = Report((*found, finding(location=None))).render_terminal().splitlines()
    assert [line for line in lines if not line.startswith("    ")] == [
        "Errors (4)",
        "  no file (1)",
        "  SEA401 models.classifier",
        "  a.yaml (1)",
        "  a.yaml:2: SEA401 models.classifier",
        "  b.yaml (2)",
        "  b.yaml:1: SEA401 models.classifier",
        "  b.yaml:3: SEA401 models.classifier",
        "",
        "4 errors, 0 warnings, 0 acknowledged.",
    ]


def test_terminal_without_findings() -> None:
    """A clean report is one line."""
    assert Report(()).render_terminal() == "No findings."


def test_json(report: Report) -> None:
    """Programs read counts and every field of every finding, in the report's order."""
    document = json.loads(report.to_json())
    assert document["report_format"] == 1
    assert document["exit_code"] == 1
    assert document["counts"] == {"errors": 2, "warnings": 1, "acknowledged": 1}
    assert [each["rule"] for each in document["findings"]] == ["SEA401", "SEA402", "SEA504", "SEA501"]
    assert document["findings"][3] == {
        "rule": "SEA501",
        "severity": "error",
        "subject": "models.classifier",
        "what": "There is no manifest.",
        "allowed": "a packaged model.",
        "fix": "Run `seatrial package deployments/vision.yaml`.",
        "file": "a.yaml",
        "line": 2,
        "acknowledged": "known since May",
    }


def test_json_says_once_what_holds_for_all_findings_of_a_rule(finding: MakeFinding) -> None:
    """By the rule's id as findings have it; of another's rules nothing is known."""
    found = (
        finding(),
        finding(),
        finding(rule="seatrial::SEA851"),
        finding(rule="cdk-nag::AwsSolutions-IAM5"),
    )
    rules = Report(found).to_document()["rules"]
    assert list(rules) == ["SEA401", "seatrial::SEA851"]
    assert rules["SEA401"] == {
        "title": "the model is not packaged",
        "source": "Seatrial, two keys: what is served is named by its content key, what to build by its "
        "build key",
        "symptom": "Nothing: the template can't name an artifact that does not exist.",
        "enforced_by": "seatrial",
        "seen_after": "before",
    }


def test_json_of_a_finding_without_a_place(finding: MakeFinding) -> None:
    """What has no file or no line says null, never 0."""
    nowhere, file_alone = (
        Report((finding(location=location),)).to_document()["findings"][0]
        for location in (None, Location("x.template.json"))
    )
    assert (nowhere["file"], nowhere["line"], nowhere["acknowledged"]) == (None, None, None)
    assert (file_alone["file"], file_alone["line"]) == ("x.template.json", None)


def test_nothing_that_a_terminal_obeys_is_printed() -> None:
    """Names come from archives: escape sequences and what turns text around stand there as escapes."""
    name = "a\x1b[31m\u202e\udcff"
    found = Finding("SEA101", Severity.ERROR, name, f"{name}\nmore", name, name, Location(f"{name}\n"))
    text = Report((found,)).render_terminal()
    assert all(line.isprintable() for line in text.split("\n"))
    assert "a\\x1b[31m\\u202e\\udcff\\n: SEA101" in text
