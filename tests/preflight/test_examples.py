"""A rule counts only with its source, an example that fails and the same repaired; here all of them run."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from preflight.registry import REGISTRY
from preflight.rule import ACCOUNT, ACKNOWLEDGMENT, ARTIFACT, BARE, DEPLOYMENT, TEMPLATE, TRIAL, Rule, Scope
from preflight.rules._template_references import readable
from tests.preflight.example_changes import changed
from tests.preflight.example_evidence import base, evidence_of, read_yaml

EXAMPLES = Path(__file__).parent / "examples"
FILES = sorted(EXAMPLES.glob("*.yaml"))
BASES = sorted(path.stem for path in (EXAMPLES / "bases").glob("*.yaml"))
KEYS: Mapping[Scope[Any], str] = {
    DEPLOYMENT: "deployment",
    TEMPLATE: "Resources",
    ARTIFACT: "files",
    BARE: "root_folders",
    TRIAL: "loading",
}
ACKNOWLEDGED = {"accelerated_client"}


@dataclass(frozen=True, slots=True)
class Example:
    """What one file says.

    Attributes:
        rule: whose example it is.
        failing: the base with what breaks the rule.
        found: words of the finding.
        repaired: the failing one with what mends it.
    """

    rule: Rule[Any]
    failing: Any
    found: str
    repaired: Any


def read(path: Path) -> Example:
    rule = REGISTRY.find(path.stem)
    assert rule is not None, f"{path.name} is named after no rule"
    given: Mapping[str, Any] = read_yaml(path)
    assert set(given) - {"base"} == {"failing", "found", "repair"}
    failing = changed(base(given.get("base", rule.scope.name)), given["failing"])
    return Example(rule, failing, given["found"], changed(failing, given["repair"]))


def words_of(rule: Rule[Any], document: Mapping[str, Any]) -> list[str]:
    return [readable(violation.what) for violation in rule.check(evidence_of(rule, document))]


def test_every_rule_has_a_source_and_an_example() -> None:
    """A rule without either is a belief."""
    with_example = {path.stem for path in FILES}
    assert [rule.id for rule in REGISTRY.rules() if rule.id not in with_example] == []
    assert [rule.id for rule in REGISTRY.rules() if not rule.source.strip()] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_example(path: Path) -> None:
    """The failing one gives the rule's finding in these words; the repaired one gives none."""
    example = read(path)
    words = words_of(example.rule, example.failing)
    assert [each for each in words if example.found in each], words
    assert words_of(example.rule, example.repaired) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_example_opens_with_its_intent(path: Path) -> None:
    """A reader knows from the first line what goes wrong; the whole is short."""
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# ")
    assert lines[0].endswith(".")
    assert len(lines) <= 40


@pytest.mark.parametrize("name", [name for name in BASES if name != "built"])
def test_a_base_is_good(name: str) -> None:
    """No rule has anything to say about what examples start from, but what is acknowledged there."""
    document = base(name)
    # Those of other scopes than the deployment's hold a deployment file, too: their names say what they are.
    named = [scope for scope in (ACCOUNT, ACKNOWLEDGMENT) if name.startswith(scope.name)]
    [scope, *_] = named + [scope for scope, key in KEYS.items() if key in document]
    rules = REGISTRY.rules(scope)
    evidence = evidence_of(rules[0], document)
    found = {rule.id for rule in rules if list(rule.check(evidence))}
    assert found == ({"SEA751"} if name in ACKNOWLEDGED else set())


@pytest.mark.parametrize(
    ("value", "change", "expected"),
    [
        ({"a": 1, "b": 2}, {"a": 3}, {"a": 3, "b": 2}),
        ({"a": 1, "b": 2}, {"b": None}, {"a": 1}),
        ({"a": {"b": [1, 2]}}, {"a": {"b": {1: 3}}}, {"a": {"b": [1, 3]}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ("one two", {"two": "three"}, "one three"),
        (None, {"a": {"b": 1}}, {"a": {"b": 1}}),
    ],
)
def test_a_change_says_what_differs(value: object, change: object, expected: object) -> None:
    """Mappings by key, lists by index, texts by words; null removes, anything else replaces."""
    assert changed(value, change) == expected


@pytest.mark.parametrize(
    ("value", "change"), [("one one", {"one": "two"}), ("one", {"two": ""}), ([1], {1: 2})]
)
def test_a_change_of_what_is_not_there_is_refused(value: object, change: object) -> None:
    """An example whose base has changed under it says so."""
    with pytest.raises(ValueError, match=r"stands \d times|no indices"):
        changed(value, change)
