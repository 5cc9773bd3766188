"""A report as SARIF, which code hosts show beside the lines that findings are about.

Sources: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0; GitHub Docs, "SARIF support
for code scanning", supported properties.
"""

import hashlib
import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from preflight.acknowledgments import PLUGIN_NAME
from preflight.documentation import anchor
from preflight.finding import Finding, Severity
from preflight.report import Report, rule_of
from preflight.rule import Rule

__all__ = ["sarif_document"]

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "SRCROOT"
_PAGE = "docs/failures.md"
_SYNTHESIZED = re.compile(r"[^/]+\.template\.json")
_NUMBER = re.compile(r"\d+")


def sarif_document(
    report: Report, project_root: Path, *, checked: Path | None = None, documentation: str | None = None
) -> dict[str, Any]:
    """Return ``report`` as a SARIF log of one run, as what JSON can hold.

    Paths inside of the project are relative to it (``uriBaseId`` SRCROOT), others absolute; a template that a
    synth wrote is named where `cdk synth` writes it. What is acknowledged is suppressed, with its reason.

    Args:
        report: the findings.
        project_root: the folder that relative paths start from: the repository's root.
        checked: what was checked, the place of findings that are about no file, such as an option of the
            command line. Default: the project's folder.
        documentation: the absolute URI at which ``docs/failures.md`` can be read; each rule's ``helpUri``
            leads to its place there. Default: there is no ``helpUri``, which SARIF wants absolute (section
            3.49.12), and the help that stands in the log names the page.
    """
    places = _Places(project_root.resolve(), checked)
    rules = _rules(report.findings)
    index = {rule_id: number for number, rule_id in enumerate(rules)}
    seen: Counter[str] = Counter()
    results = []
    for finding in report.findings:
        place = places.of(finding)
        fingerprint = _fingerprint(finding, place["uri"])
        seen[fingerprint] += 1
        results.append(
            {
                "ruleId": _rule_id(finding),
                "ruleIndex": index[_rule_id(finding)],
                "level": _level(finding.severity),
                "message": {"text": f"{finding.what} Allowed: {finding.allowed} Fix: {finding.fix}"},
                "locations": [_location(finding, place)],
                # GitHub tells by this one alone whether two uploads have the same alert.
                "partialFingerprints": {"primaryLocationLineHash": f"{fingerprint}:{seen[fingerprint]}"},
                "suppressions": _suppressions(finding),
            }
        )
    descriptors = [_descriptor(rule_id, found, documentation) for rule_id, found in rules.items()]
    run = {
        "tool": {"driver": {"name": "Seatrial", "rules": descriptors}},
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "results": results,
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


@dataclass(frozen=True, slots=True)
class _Places:
    """Where findings are, as SARIF's ``artifactLocation``."""

    root: Path
    checked: Path | None

    def of(self, finding: Finding) -> dict[str, str]:
        file = finding.location.file if finding.location is not None else ""
        if not file or file.startswith("-"):
            return self._artifact(self.checked) if self.checked is not None else _relative(".")
        if _SYNTHESIZED.fullmatch(file):
            return _relative(f"cdk.out/{file}")
        return self._artifact(Path(file))

    def _artifact(self, path: Path) -> dict[str, str]:
        # Reports name what lies in the project from its root, and all else as the user did, from where he is.
        is_of_project = not path.is_absolute() and (self.root / path).exists()
        whole = (self.root / path if is_of_project or not path.exists() else path).resolve()
        if whole.is_relative_to(self.root):
            return _relative(whole.relative_to(self.root).as_posix())
        return {"uri": whole.as_uri()}


def _relative(path: str) -> dict[str, str]:
    return {"uri": quote(os.fsencode(path)), "uriBaseId": _ROOT}


def _location(finding: Finding, place: dict[str, str]) -> dict[str, Any]:
    # A region of nothing but its first line is that whole line (section 3.30.2); GitHub takes none without.
    line = finding.location.line if finding.location is not None else 0
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": place, "region": {"startLine": line or 1}},
    }
    if finding.subject:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.subject}]
    return location


def _fingerprint(finding: Finding, uri: str) -> str:
    """Return what stays the same while a finding moves to other lines, and while its numbers change."""
    identity = (_rule_id(finding), uri, finding.subject, _NUMBER.sub("#", finding.what))
    return hashlib.sha256("\n".join(identity).encode(errors="surrogatepass")).hexdigest()[:16]


def _suppressions(finding: Finding) -> list[dict[str, str]]:
    """Return why the finding may stay; none says that nobody suppresses it (section 3.27.23)."""
    if finding.acknowledged is None:
        return []
    return [{"kind": "external", "status": "accepted", "justification": finding.acknowledged}]


def _rules(findings: Sequence[Finding]) -> dict[str, Finding]:
    """Return one finding of each rule by the rule's id, sorted."""
    first = {_rule_id(finding): finding for finding in reversed(findings)}
    return {rule_id: first[rule_id] for rule_id in sorted(first)}


def _rule_id(finding: Finding) -> str:
    return finding.rule.removeprefix(f"{PLUGIN_NAME}::")


def _level(severity: Severity) -> str:
    return severity.value


def _descriptor(rule_id: str, finding: Finding, documentation: str | None) -> dict[str, Any]:
    rule = rule_of(finding)
    if rule is None:
        return _foreign_descriptor(rule_id, finding)
    descriptor = {
        "id": rule.id,
        "name": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"At AWS: {rule.symptom}"},
        "help": {"text": "\n".join(_help(rule, "")), "markdown": "\n".join(_help(rule, "**"))},
        "defaultConfiguration": {"level": _level(rule.severity)},
        "properties": {
            "tags": [rule.scope.name, rule.enforced_by.name.lower(), rule.seen_after.name.lower()],
            "problem.severity": rule.severity.value,
        },
    }
    if documentation is not None:
        descriptor["helpUri"] = f"{documentation}#{anchor(rule.id)}"
    return descriptor


def _foreign_descriptor(rule_id: str, finding: Finding) -> dict[str, Any]:
    plug_in, _, name = rule_id.partition("::")
    whose = f"A rule of {plug_in}, which runs at every synth." if name else "A rule of another version."
    return {
        "id": rule_id,
        "name": name or rule_id,
        "shortDescription": {"text": whose},
        "fullDescription": {"text": whose},
        "help": {"text": finding.fix},
        "defaultConfiguration": {"level": _level(finding.severity)},
    }


def _help(rule: Rule[Any], strong: str) -> list[str]:
    """Return what the page says of the rule, in paragraphs; ``strong`` stands around what each is about."""
    said = {
        "At AWS": rule.symptom,
        "When": f"{rule.seen_after.value}.",
        "Told by": f"{rule.enforced_by.value}.",
        "What to do": rule.fix,
        "Source": rule.source,
        "More": f"{_PAGE}#{anchor(rule.id)}",
    }
    return [line for about, words in said.items() for line in (f"{strong}{about}{strong}: {words}", "")]
