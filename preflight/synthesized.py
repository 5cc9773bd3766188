"""What a synth says of a deployment's templates: CloudFormation's rules, cdk-nag's, and Seatrial's own."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from preflight.acknowledgments import PLUGIN_NAME
from preflight.errors import SynthError
from preflight.finding import Finding, Location, Severity
from preflight.registry import REGISTRY
from preflight.rule import TEMPLATE, TEMPLATE_ACKNOWLEDGMENT, Rule

__all__ = ["check_synthesized"]

_TIMEOUT_SECONDS = 600
_ERRORS = frozenset({"error", "fatal"})
_ALLOWED = " Allowed: "
"""Stands between what is wrong and what is allowed in the one text of a violation."""


def check_synthesized(deployment: Path, project_root: Path) -> tuple[Finding, ...]:
    """Synthesize a deployment as the CDK CLI would, and return what its validations find.

    Of Seatrial's own rules these are the ones over templates, and over the acknowledgments of these;
    ``preflight.check_deployment`` has the others. An acknowledged finding of these comes with its reason.
    What constructs acknowledge of others' rules is left out: its reasons are in ``validation-report.json``.

    Args:
        deployment: the deployment file.
        project_root: the folder with ``app.py``.

    Raises:
        SynthError: the app ended without a report; the message holds its own words.
    """
    with tempfile.TemporaryDirectory(prefix="seatrial-check-") as folder:
        outdir = Path(folder)
        words = _synthesize(deployment.resolve(), project_root, outdir)
        return tuple(_plug_in_findings(_read_reports(outdir / "validation-report.json", words)))


def _synthesize(deployment: Path, project_root: Path, outdir: Path) -> str:
    """Run the app as the CLI does, and return what it says on stderr."""
    # A process of its own: a second synth in one process shares the CDK's kernel with the first.
    context = json.dumps({"deployment": str(deployment)})
    # The caller may have switched the CDK's own rules off; a report without them would look clean.
    inherited = {name: value for name, value in os.environ.items() if name != "CDK_VALIDATION"}
    try:
        finished = subprocess.run(
            [sys.executable, str(project_root / "app.py")],
            cwd=project_root,
            env={**inherited, "CDK_OUTDIR": str(outdir), "CDK_CONTEXT_JSON": context},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise SynthError(f"{deployment}: synth took over {_TIMEOUT_SECONDS} s; try `cdk synth`") from None
    return finished.stderr.strip()


def _read_reports(path: Path, words: str) -> list[dict[str, Any]]:
    try:
        reports: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["pluginReports"]
    except FileNotFoundError:
        raise SynthError(f"synth ended without a report: {words or 'it said nothing'}") from None
    return reports


def _plug_in_findings(reports: list[dict[str, Any]]) -> Iterator[Finding]:
    for report in reports:
        plug_in = report["pluginName"]
        is_ours = plug_in == PLUGIN_NAME
        accepted = report.get("suppressedViolations", []) if is_ours else []
        for violation in (*report["violations"], *accepted):
            rule = REGISTRY.find(violation["ruleName"]) if is_ours else None
            if rule is None or rule.scope is TEMPLATE:
                yield from _findings(plug_in.replace(" ", "-"), violation)
            elif rule.scope is TEMPLATE_ACKNOWLEDGMENT:
                yield _finding_in_file(rule, violation)


def _finding_in_file(rule: Rule[Any], violation: Mapping[str, Any]) -> Finding:
    """Return what is about the deployment file itself, whichever constructs it is told at."""
    place, _, said = violation["description"].partition(f": {rule.id} ")
    file, _, line = place.rpartition(":")
    subject, _, words = said.partition(": ")
    what, _, allowed = words.rpartition(_ALLOWED)
    location = Location(file, int(line)) if line.isdecimal() else Location(place)
    return Finding(rule.id, rule.severity, subject, what, allowed, violation["suggestedFix"], location)


def _findings(plug_in: str, violation: Mapping[str, Any]) -> Iterator[Finding]:
    rule = f"{plug_in}::{violation['ruleName']}"
    fix = violation.get("suggestedFix")
    for construct in violation["violatingConstructs"]:
        resource = construct.get("cloudFormationResource", {})
        what, allowed = _words(violation, resource.get("logicalId", ""))
        yield Finding(
            rule=rule,
            severity=Severity.ERROR if violation.get("severity") in _ERRORS else Severity.WARNING,
            subject=construct.get("constructPath") or resource.get("logicalId", ""),
            what=what,
            allowed=allowed,
            fix=fix or f"change it, or acknowledge {rule} with a reason in the deployment file.",
            location=Location(Path(resource.get("templatePath", "")).name),
            acknowledged=violation.get("reason"),
        )


def _words(violation: Mapping[str, Any], logical_id: str) -> tuple[str, str]:
    """Return what is wrong and what is allowed; our own plug-in writes both into the text the CLI prints."""
    description: str = violation["description"]
    _, is_ours, said = description.partition(f": {violation['ruleName']} {logical_id}: ")
    what, has_both, allowed = said.rpartition(_ALLOWED)
    return (what, allowed) if is_ours and has_both else (description, "what the rule asks for.")
