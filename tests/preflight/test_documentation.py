"""docs/rules.md is written from the rules, and says everything about each."""

from pathlib import Path

import pytest

from preflight import documentation
from preflight.documentation import document_text, main
from preflight.registry import REGISTRY


def test_the_page_in_the_repository_is_current() -> None:
    """A rule that changes takes its page along."""
    assert main(["--check"]) == 0


def test_every_rule_is_there_with_its_source() -> None:
    """No rule is undocumented."""
    text = document_text()
    for rule in REGISTRY.rules():
        assert f"### {rule.id}: {rule.title}" in text
        assert f"- Source: {rule.source}" in text


def test_a_stale_page_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message names the command that mends it."""
    monkeypatch.setattr(documentation, "DOCUMENT_PATH", tmp_path / "rules.md")
    assert main(["--check"]) == 1
    assert "run `python -m preflight.documentation`" in capsys.readouterr().err
    assert main([]) == 0
    assert main(["--check"]) == 0
