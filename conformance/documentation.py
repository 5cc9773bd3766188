"""docs/assumptions.md: the line `Confirmed` of each assumption, written from conformance/results.json."""

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from catalogue.generated import check_generated, write_generated
from conformance import probes as _  # noqa: F401 - importing registers the probes
from conformance.errors import ConformanceError
from conformance.probe import PROBES
from conformance.results import Result, read_results
from conformance.unprobed import UNPROBED

__all__ = ["DOCUMENT_PATH", "confirmed", "document_text", "main"]

DOCUMENT_PATH = Path(__file__).resolve().parent.parent / "docs" / "assumptions.md"
_ENTRY = re.compile(r"(?ms)^### (A\d+)\. .*?(?=^#|\Z)")
_ASKED = re.compile(r"(?m)^- \*\*To confirm:\*\* .*$")
_LINE = re.compile(r"(?m)^- \*\*Confirmed:\*\* .*\n?")
_LONGEST = 300


def confirmed(number: str, results: Mapping[str, Result]) -> str:
    """Return what the page says of an assumption.

    Args:
        number: such as ``A1``.
        results: by assumption and probe.
    """
    if number in UNPROBED:
        return f"not yet; no probe: {UNPROBED[number].why}."
    names = [probe.name for probe in PROBES.values() if number in probe.assumptions]
    if not names:
        return "not yet; neither a probe nor an entry in `conformance/unprobed.py`."
    found = {name: results[key] for name in names if (key := f"{number} {name}") in results}
    for name, result in found.items():
        if result.outcome == "refuted":
            return f"no, refuted by `{name}` {_when(result)}: {_short(result.reason)}"
    lacking = [name for name in names if name not in found or found[name].outcome != "confirmed"]
    if lacking:
        asked = [f"`{name}` did not settle it {_when(found[name])}" for name in lacking if name in found]
        return "; ".join(["not yet", *asked, f"`python -m conformance --only {number}` asks"]) + "."
    oldest = min(found.values(), key=lambda result: result.date)
    return f"{_when(oldest)}, by {', '.join(f'`{name}`' for name in names)}."


def _when(result: Result) -> str:
    return f"on {result.date} in {result.region} (botocore {result.botocore})"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]} ..."


def document_text(page: str, results: Mapping[str, Result]) -> str:
    """Return ``page`` with the line of each assumption, behind what it asks for; the rest is as it was."""

    def with_line(entry: re.Match[str]) -> str:
        line = f"- **Confirmed:** {confirmed(entry[1], results)}"
        without = _LINE.sub("", entry[0])
        return _ASKED.sub(lambda asked: f"{asked[0]}\n{line}", without)

    return _ENTRY.sub(with_line, page)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page or, with ``--check``, compare it.

    Returns:
        The exit code: 0, or 1 where ``--check`` finds the page stale, or the results can't be read.
    """
    parser = argparse.ArgumentParser(
        prog="python -m conformance.documentation", description="Write the lines of docs/assumptions.md."
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the page is stale")
    options = parser.parse_args(arguments)
    try:
        text = document_text(DOCUMENT_PATH.read_text(encoding="utf-8"), read_results())
    except ConformanceError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if options.check:
        complaint = "docs/assumptions.md does not fit the results; run `python -m conformance.documentation`"
        return check_generated(DOCUMENT_PATH, text, complaint)
    write_generated(DOCUMENT_PATH, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
