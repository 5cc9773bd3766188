"""What trials found and measured: as a table for the terminal, as a document for programs."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from preflight.finding import Finding
from preflight.trial.outcome import TrialOutcome

__all__ = ["TRIAL_REPORT_FORMAT", "TrialReport"]

TRIAL_REPORT_FORMAT = 1
"""Of the document; raised when a field changes its meaning or goes."""

_HEADINGS = (
    *("model", "loaded in s", "batch 1 ms", "batch N ms", "memory MiB", "largest request KiB"),
    *("requests", "at once"),
)
_NOTHING = "-"


@dataclass(frozen=True, slots=True)
class TrialReport:
    """All trials of one run.

    Attributes:
        findings: what the rules of scope TRIAL say of the outcomes; nothing is acknowledged yet.
        outcomes: one for each model, in the order of the deployment file.
    """

    findings: tuple[Finding, ...]
    outcomes: tuple[TrialOutcome, ...]

    def to_document(self) -> dict[str, Any]:
        """Return the outcomes as what JSON can hold; findings are the report's that they go into."""
        return {
            "trial_report_format": TRIAL_REPORT_FORMAT,
            "outcomes": [asdict(outcome) for outcome in self.outcomes],
        }

    def render_terminal(self) -> str:
        """Return a table of the measurements, and below it what was not tried, without markup."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        if not self.outcomes:
            yield "No model was tried: the deployment serves none."
            return
        yield from _table((_HEADINGS, *(_row(outcome) for outcome in self.outcomes)))
        for outcome in self.outcomes:
            for each in outcome.untried:
                yield f"{outcome.model}: {each.check} not tried: {each.why}."
            for note in outcome.notes:
                yield f"{outcome.model}: {note}"


def _row(outcome: TrialOutcome) -> tuple[str, ...]:
    loading, times, memory, together = (
        outcome.loading,
        outcome.times,
        outcome.memory,
        outcome.concurrency,
    )
    if loading is None:
        return (outcome.model, "not tried", *[_NOTHING] * (len(_HEADINGS) - 2))
    good = sum(not (each.error or each.differences) for each in outcome.requests)
    # Without an expected answer nobody knows whether an answer is good.
    word = "good" if all(each.is_compared or each.error for each in outcome.requests) else "answered"
    return (
        outcome.model,
        f"{loading.seconds:.1f}" if not loading.failure else "failed",
        f"{times.one_seconds * 1000:.1f}" if times else _NOTHING,
        _largest(outcome),
        f"{memory.asked_mib:.0f}" if memory else _NOTHING,
        _sizes(outcome),
        f"{good} of {len(outcome.requests)} {word}" if outcome.requests else _NOTHING,
        f"{together.requests - together.failed - len(together.wrong)} of {together.requests} good"
        if together
        else _NOTHING,
    )


def _largest(outcome: TrialOutcome) -> str:
    times = outcome.times
    if times is None or times.maximum_seconds is None:
        return _NOTHING
    return f"{times.maximum_seconds * 1000:.1f} (N = {times.maximum})"


def _sizes(outcome: TrialOutcome) -> str:
    """Return the size of the largest request in each form that it was sent in."""
    largest: dict[str, int] = {}
    for each in outcome.requests:
        largest[each.form] = max(largest.get(each.form, 0), each.request_bytes)
    return ", ".join(f"{size / 1024:.1f} {form}" for form, size in largest.items() if size) or _NOTHING


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        yield "  ".join(cells).rstrip()
