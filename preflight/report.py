"""One report of all findings: for the terminal as text, for programs as JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from preflight.acknowledgments import PLUGIN_NAME
from preflight.finding import Finding, Location, Severity
from preflight.registry import REGISTRY
from preflight.rule import Rule

__all__ = ["REPORT_FORMAT", "Report", "rule_of"]

REPORT_FORMAT = 1
"""Of the JSON document; raised when a field changes its meaning or goes."""

_NOWHERE = Location("")


def rule_of(finding: Finding) -> Rule[Any] | None:
    """Return the rule that found it; None where that is another's, such as cdk-nag's.

    What a synth reports carries the plug-in's prefix: ``seatrial::SEA851``.
    """
    return REGISTRY.find(finding.rule.removeprefix(f"{PLUGIN_NAME}::"))


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found.

    Attributes:
        findings: errors first, then warnings, then what is acknowledged; within these by file and line.
    """

    findings: tuple[Finding, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "findings", tuple(sorted(self.findings, key=_order)))

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Errors that nobody acknowledged: these stop a synth."""
        return self._open(Severity.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Warnings that nobody acknowledged: these are shown and stop nothing at synth."""
        return self._open(Severity.WARNING)

    @property
    def unacknowledged(self) -> tuple[Finding, ...]:
        """Errors and warnings that nobody acknowledged."""
        return (*self.errors, *self.warnings)

    @property
    def acknowledged(self) -> tuple[Finding, ...]:
        """Findings that the deployment file acknowledges."""
        return tuple(finding for finding in self.findings if finding.acknowledged is not None)

    @property
    def exit_code(self) -> int:
        """1 where any finding is left unacknowledged, whatever its severity; otherwise 0."""
        return 1 if self.errors or self.warnings else 0

    def render_terminal(self) -> str:
        """Return the report as plain text, without a trailing newline and without any markup."""
        return "\n".join(self._lines())

    def to_document(self) -> dict[str, Any]:
        """Return the report as what JSON can hold; its shape is ``REPORT_FORMAT``'s.

        ``rules`` says once of each of Seatrial's rules that found something what holds for all its findings.
        """
        rules = {finding.rule: rule for finding in self.findings if (rule := rule_of(finding)) is not None}
        return {
            "report_format": REPORT_FORMAT,
            "exit_code": self.exit_code,
            "counts": {
                "errors": len(self.errors),
                "warnings": len(self.warnings),
                "acknowledged": len(self.acknowledged),
            },
            "findings": [_document(finding) for finding in self.findings],
            "rules": {reported: _rule_document(rule) for reported, rule in sorted(rules.items())},
        }

    def to_json(self) -> str:
        """Return the report as one indented JSON document."""
        return json.dumps(self.to_document(), indent=2, ensure_ascii=False)

    def _open(self, severity: Severity) -> tuple[Finding, ...]:
        return tuple(
            finding
            for finding in self.findings
            if finding.severity is severity and finding.acknowledged is None
        )

    def _lines(self) -> Iterator[str]:
        groups = (("Errors", self.errors), ("Warnings", self.warnings), ("Acknowledged", self.acknowledged))
        for heading, findings in groups:
            if findings:
                yield f"{heading} ({len(findings)})"
                yield from _group_lines(findings)
                yield ""
        yield self._summary()

    def _summary(self) -> str:
        if not self.findings:
            return "No findings."
        counts = (
            (len(self.errors), "error"),
            (len(self.warnings), "warning"),
        )
        words = [f"{count} {word}{'' if count == 1 else 's'}" for count, word in counts]
        return f"{', '.join(words)}, {len(self.acknowledged)} acknowledged."


def _order(finding: Finding) -> tuple[bool, bool, str, int, str, str]:
    location = finding.location or _NOWHERE
    return (
        finding.acknowledged is not None,
        finding.severity is not Severity.ERROR,
        location.file,
        location.line,
        finding.rule,
        finding.what,
    )


def _group_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield the lines of one severity; where they are about several files, beneath the name of each."""
    by_file = [(file, list(found)) for file, found in groupby(findings, key=_file_of)]
    for file, found in by_file:
        if len(by_file) > 1:
            yield _shown(f"  {file or 'no file'} ({len(found)})")
        for finding in found:
            yield from _finding_lines(finding)


def _file_of(finding: Finding) -> str:
    return (finding.location or _NOWHERE).file


def _finding_lines(finding: Finding) -> Iterator[str]:
    place = f"{finding.location}: " if finding.location else ""
    yield _shown(f"  {place}{finding.rule} {finding.subject}")
    yield from _shown_lines(f"    {finding.what}")
    yield from _shown_lines(f"    Allowed: {finding.allowed}")
    yield from _shown_lines(f"    Fix: {finding.fix}")
    if finding.acknowledged is not None:
        yield from _shown_lines(f"    Acknowledged: {finding.acknowledged}")


def _shown_lines(text: str) -> Iterator[str]:
    yield from map(_shown, text.split("\n"))


def _shown(text: str) -> str:
    """Write what a terminal would obey, turn around or not print as escapes: names come from anywhere."""
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in text
    )


def _document(finding: Finding) -> dict[str, Any]:
    location = finding.location
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "subject": finding.subject,
        "what": finding.what,
        "allowed": finding.allowed,
        "fix": finding.fix,
        "file": location.file if location else None,
        "line": location.line if location and location.line else None,
        "acknowledged": finding.acknowledged,
    }


def _rule_document(rule: Rule[Any]) -> dict[str, str]:
    return {
        "title": rule.title,
        "source": rule.source,
        "symptom": rule.symptom,
        "enforced_by": rule.enforced_by.name.lower(),
        "seen_after": rule.seen_after.name.lower(),
    }
