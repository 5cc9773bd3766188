"""docs/failures.md is written from the rules, and says everything about each."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from preflight import Severity, documentation
from preflight.documentation import anchor, document_text, main
from preflight.registry import REGISTRY, Registry
from preflight.rule import DEPLOYMENT, Enforcer, SeenAfter, Violation


@pytest.fixture(scope="module")
def text() -> str:
    """The page, made once."""
    return document_text()


def test_the_page_in_the_repository_is_current() -> None:
    """A rule that changes takes its page along."""
    assert main(["--check"]) == 0


def one_rule(**changes: object) -> Registry:
    registry = Registry(scopes=(DEPLOYMENT,))
    words: dict[str, object] = {
        "severity": Severity.WARNING,
        "enforced_by": Enforcer.NOBODY,
        "seen_after": SeenAfter.LATER,
        "title": "a title",
        "symptom": "Nothing is seen.",
        "fix": "Mend it.",
        "source": "A document, section 1",
    }

    @registry.rule("SEA999", scope=DEPLOYMENT, **{**words, **changes})  # type: ignore[arg-type]
    def check(_: object) -> Iterator[Violation]:
        """The promise of the rule.

        What a maintainer wants to know.
        """
        yield from ()

    return registry


def page_of(monkeypatch: pytest.MonkeyPatch, **changes: object) -> str:
    monkeypatch.setattr(documentation, "REGISTRY", one_rule(**changes))
    return document_text()


def test_every_rule_is_there_once(text: str) -> None:
    """No rule is undocumented: each has its heading, its anchor, and its place in the table of contents."""
    for rule in REGISTRY.rules():
        assert text.count(f'<a id="{anchor(rule.id)}"></a>\n\n#### {rule.id}: ') == 1
        assert text.count(f"[{rule.id}](#{anchor(rule.id)})") == 1


def test_an_entry_says_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is seen, when, who tells, how it is found, what to do, the source, and an example."""
    text = page_of(monkeypatch)
    assert text[text.index('<a id="sea999">') :] == (
        '<a id="sea999"></a>\n\n#### SEA999: a title\n\nAt AWS: *Nothing is seen.*\n\n'
        "- **When and by whom**: days or months later. "
        "Told by nobody: it deploys, and does something else than was meant.\n"
        "- **How it is found**: The promise of the rule. Looks at the deployment file.\n"
        "- **What to do**: Mend it.\n"
        "- **Source**: A document, section 1.\n"
        "- **Severity**: warning; it can be acknowledged. "
        "[Example](../tests/preflight/examples/SEA999.yaml)\n"
    )


def test_what_has_another_way_on_than_a_reason_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody tries to acknowledge what can't be acknowledged."""
    assert "it can't be acknowledged" in page_of(monkeypatch, may_be_acknowledged=False)


def test_words_are_no_mark_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Brackets and stars are shown as they are; what is code already stays as it is."""
    text = page_of(monkeypatch, fix="Allow kms:* to <name>, as in `<name>*`.", symptom="``max`` is lost.")
    assert "- **What to do**: Allow kms:\\* to &lt;name>, as in `<name>*`.\n" in text
    assert "At AWS: *`max` is lost.*\n" in text


def test_rules_are_counted(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The opening says how many would have been told by whom, and when; each rule counts once."""
    page = page_of(monkeypatch)
    assert "1 ways" in page
    assert "0 are errors, which stop a synth; 1 are warnings." in page
    assert f"| {Enforcer.NOBODY.value} | 1 |" in page
    assert f"| {SeenAfter.LATER.value} | 1 |" in page
    assert f"| {SeenAfter.AT_ONCE.value} | 0 |" in page
    counts = [int(count) for count in re.findall(r"^\| .* \| (\d+) \|$", text, re.MULTILINE)]
    assert sum(counts) == 2 * len(REGISTRY.rules())


def test_themes_are_named_without_ids(text: str) -> None:
    """A heading says what its rules are about; ids stand before each rule alone."""
    themes = re.findall(r"^### (.*)$", text, re.MULTILINE)
    assert "What lies where in the archive" in themes
    assert [theme for theme in themes if re.search(r"SEA\d", theme) or not theme] == []
    assert len(themes) == len(set(themes))


def test_a_stale_page_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message names the command that mends it."""
    monkeypatch.setattr(documentation, "DOCUMENT_PATH", tmp_path / "failures.md")
    assert main(["--check"]) == 1
    assert "run `python -m preflight.documentation`" in capsys.readouterr().err
    assert main([]) == 0
    assert main(["--check"]) == 0
