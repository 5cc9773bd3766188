"""The same wrong deployment gives the same findings from `seatrial check` and `cdk synth`, word by word."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from preflight.registry import REGISTRY
from preflight.rule import TEMPLATE
from tests.end_to_end.project import Project
from tests.end_to_end.wrong_deployments import ACKNOWLEDGED, REFUSED, WRONG, write

pytestmark = pytest.mark.integration

Told = tuple[str, str, str, str | None]
"""A finding as both tell it: its rule, place and words, what to do, and why it may stay."""

PLUG_IN = "seatrial::"
QUIET = ("-q", "--no-notices", "--no-version-reporting", "--no-color", "--no-lookups")


def check(project: Project, deployment: Path) -> list[Mapping[str, Any]]:
    """Return Seatrial's own findings of `seatrial check --json`."""
    finished = project.seatrial("check", str(deployment.relative_to(project.root)), "--json")
    assert finished.returncode == 1, finished.stderr
    findings = json.loads(finished.stdout)["findings"]
    return [each for each in findings if "::" not in each["rule"] or each["rule"].startswith(PLUG_IN)]


def synth(project: Project, deployment: Path) -> subprocess.CompletedProcess[str]:
    """Run `cdk synth`, whose assembly is ``out/<name>`` in the project."""
    program = str(Path(sys.executable).with_name("cdk"))
    chosen = ("-c", f"deployment={deployment.relative_to(project.root)}")
    output = ("--output", f"out/{deployment.stem}")
    return project._run([program, "synth", *chosen, *output, *QUIET], project.variables)


def is_of_templates(rule_id: str) -> bool:
    rule = REGISTRY.find(rule_id)
    return rule is not None and rule.scope is TEMPLATE


def told_by_check(findings: list[Mapping[str, Any]]) -> Iterator[Told]:
    for each in findings:
        rule = each["rule"].removeprefix(PLUG_IN)
        line = f":{each['line']}" if each["line"] else ""
        # A template is one of two synths; its construct says where a finding is.
        place = "" if is_of_templates(rule) else f"{each['file']}{line}: "
        yield (
            rule,
            f"{place}{each['subject']}: {each['what']} Allowed: {each['allowed']}",
            each["fix"],
            each["acknowledged"],
        )


def told_by_synth(project: Project, deployment: Path) -> Iterator[Told]:
    """Yield what the assembly's report has of Seatrial, whatever construct it is told at."""
    path = project.root / "out" / deployment.stem / "validation-report.json"
    reports = json.loads(path.read_text(encoding="utf-8"))["pluginReports"]
    [own] = [each for each in reports if each["pluginName"] == "seatrial"]
    for violation in (*own["violations"], *own.get("suppressedViolations", ())):
        rule, fix, reason = violation["ruleName"], violation["suggestedFix"], violation.get("reason")
        place, _, words = violation["description"].partition(f": {rule} ")
        if not is_of_templates(rule):
            yield rule, f"{place}: {words}", fix, reason
            continue
        for construct in violation["violatingConstructs"]:
            logical_id = construct["cloudFormationResource"]["logicalId"]
            said = words.removeprefix(f"{logical_id}: ")
            yield rule, f"{construct['constructPath']}: {said}", fix, reason


def test_a_file_that_is_wrong_in_many_ways(project: Project) -> None:
    """Errors, warnings and acknowledged ones of over 25 rules, those of packaging among them."""
    deployment = write(WRONG, project.root)
    findings = check(project, deployment)
    assert synth(project, deployment).returncode == 1
    told = set(told_by_check(findings))
    assert told == set(told_by_synth(project, deployment))
    assert len({rule for rule, *_ in told}) >= 25
    assert {rule for rule, _, _, reason in told if reason} == {"SEA303", "SEA504"}
    assert not any(is_of_templates(rule) for rule, *_ in told)


def test_a_file_that_constructs_refuse(project: Project) -> None:
    """There is no assembly; the app says everything that is not acknowledged, a line for each."""
    deployment = write(REFUSED, project.root)
    findings = check(project, deployment)
    finished = synth(project, deployment)
    assert finished.returncode == 1
    assert "Traceback" not in finished.stdout + finished.stderr
    lines = re.findall(r"^(?:deployments/.*): SEA\d{3} .*$", finished.stdout + finished.stderr, re.MULTILINE)
    told = {
        f"{each['file']}:{each['line']}: {each['rule']} {each['subject']}: {each['what']} "
        f"Allowed: {each['allowed']} Fix: {each['fix']}"
        for each in findings
        if each["acknowledged"] is None
    }
    assert set(lines) == told
    assert {each["rule"] for each in findings} >= {"SEA601", "SEA608", "SEA758", "SEA901"}
    assert {each["severity"] for each in findings} == {"error", "warning"}


def test_findings_in_templates(project: Project) -> None:
    """With those that are acknowledged, and the acknowledgment that none of them needs."""
    deployment = write(ACKNOWLEDGED, project.root)
    findings = check(project, deployment)
    synth(project, deployment)
    told = set(told_by_check(findings))
    assert told == set(told_by_synth(project, deployment))
    reasons = {rule: reason for rule, _, _, reason in told}
    assert reasons["SEA866"] == "the platform team made sure"
    assert reasons["SEA303"] == "the client converts it"
    assert reasons["SEA867"] is None
    assert reasons["SEA604"] is None
    [stale] = [words for rule, words, *_ in told if rule == "SEA903"]
    assert stale.startswith("deployments/acknowledged.yaml:20: endpoints.dedicated: SEA851 ")
    assert {rule for rule in reasons if reasons[rule] is None} >= {"SEA901", "SEA903"}
