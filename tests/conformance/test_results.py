"""What is recorded, and what the page says of it."""

import json
from pathlib import Path

import pytest

from conformance import documentation
from conformance.documentation import confirmed, document_text, main
from conformance.errors import ConformanceError
from conformance.results import RESULTS_PATH, Result, read_results, record_result

_PAGE = "# Assumptions\n\n### A1. Words\n\n- **Belief:** b\n- **To confirm:** ask.\n\n## More\n\ntext\n"


def result(outcome: str = "confirmed", assumption: str = "A1", date: str = "2026-11-21") -> Result:
    """Return a result."""
    reason = "" if outcome == "confirmed" else "other words"
    return Result(assumption, outcome, reason, ("said",), date, "eu-west-1", "1.44.5")


def test_results_are_read_as_they_were_recorded(tmp_path: Path) -> None:
    """By assumption and probe; a later one takes the place of an earlier one."""
    path = tmp_path / "results.json"
    assert read_results(path) == {}
    record_result("taken_names", result("refuted"), path)
    record_result("fifty_tags", result(assumption="A5"), path)
    record_result("taken_names", result(), path)
    assert read_results(path) == {"A1 taken_names": result(), "A5 fifty_tags": result(assumption="A5")}
    assert [each.name for each in tmp_path.iterdir()] == ["results.json"]


@pytest.mark.parametrize("text", ["{", "[]", '{"A1 x": {}}', '{"A1 x": []}', '{"A1 x": {"said": "text"}}'])
def test_a_broken_file_is_told(tmp_path: Path, text: str) -> None:
    """It isn't taken for an empty one, which the next record would make of it."""
    path = tmp_path / "results.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(
        ConformanceError, match=r"results\.json can't be read .*: restore it from its last commit"
    ):
        record_result("taken_names", result(), path)
    assert path.read_text(encoding="utf-8") == text


def test_a_file_that_cant_be_written_is_told(tmp_path: Path) -> None:
    """With the system's reason."""
    with pytest.raises(ConformanceError, match="can't be written"):
        record_result("taken_names", result(), tmp_path / "missing" / "results.json")


def test_the_laptops_answers_are_not_among_the_results() -> None:
    """It encodes the beliefs, so it can't confirm them; no account's number is written down."""
    assert all(each.assumption for each in read_results().values())
    text = RESULTS_PATH.read_text(encoding="utf-8") if RESULTS_PATH.exists() else "{}"
    assert isinstance(json.loads(text), dict)


def test_what_was_never_asked_says_how() -> None:
    """By the command that asks."""
    assert confirmed("A5", {}) == "not yet; `python -m conformance --only A5` asks."


def test_what_has_no_probe_says_why() -> None:
    """In the words of conformance/unprobed.py."""
    assert confirmed("A72", {}) == "not yet; no probe: Elastic Inference is gone."


def test_a_new_assumption_says_what_is_missing() -> None:
    """Until somebody writes a probe or a reason."""
    assert "neither a probe nor an entry" in confirmed("A9999", {})


def test_one_that_every_probe_confirms() -> None:
    """With the oldest date, region and version."""
    results = {
        "A1 taken_names": result(date="2026-11-22"),
        "A1 taken_endpoint_name": result(date="2026-11-20"),
    }
    assert confirmed("A1", results) == (
        "on 2026-11-20 in eu-west-1 (botocore 1.44.5), by `taken_names`, `taken_endpoint_name`."
    )


def test_one_that_a_probe_refutes() -> None:
    """Whatever the others say."""
    results = {"A1 taken_names": result(), "A1 taken_endpoint_name": result("refuted")}
    assert confirmed("A1", results) == (
        "no, refuted by `taken_endpoint_name` on 2026-11-21 in eu-west-1 (botocore 1.44.5): other words"
    )


def test_one_that_is_half_asked() -> None:
    """Which probe did not settle it, and how to ask again."""
    results = {"A1 taken_names": result("not settled")}
    assert confirmed("A1", results) == (
        "not yet; `taken_names` did not settle it on 2026-11-21 in eu-west-1 (botocore 1.44.5); "
        "`python -m conformance --only A1` asks."
    )


def test_lines_are_put_behind_what_they_ask_for() -> None:
    """Once, however often it is done; the rest of the page stays."""
    once = document_text(_PAGE, {})
    asks = "- **Confirmed:** not yet; `python -m conformance --only A1` asks.\n"
    assert once == _PAGE.replace("ask.\n", f"ask.\n{asks}")
    assert document_text(once, {}) == once


def test_the_page_fits_the_results() -> None:
    """What `make check` asks."""
    assert main(["--check"]) == 0


def test_a_stale_page_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And written anew without --check."""
    page = tmp_path / "assumptions.md"
    page.write_text(_PAGE, encoding="utf-8")
    monkeypatch.setattr(documentation, "DOCUMENT_PATH", page)
    assert main(["--check"]) == 1
    assert "run `python -m conformance.documentation`" in capsys.readouterr().err
    assert main([]) == 0
    assert main(["--check"]) == 0
