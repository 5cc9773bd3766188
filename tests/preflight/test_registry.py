"""The one registry of rules."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import preflight.rules
from preflight import RegistryError, Severity
from preflight.registry import REGISTRY, Registry, rules
from preflight.rule import ARTIFACT, DEPLOYMENT, Enforcer, Scope, SeenAfter, Violation

TESTS = Path(__file__).parent / "rules"


def register(registry: Registry, rule_id: str, scope: Scope[Any] = ARTIFACT) -> None:
    @registry.rule(
        rule_id,
        severity=Severity.ERROR,
        enforced_by=Enforcer.NOBODY,
        seen_after=SeenAfter.LATER,
        title="a title",
        scope=scope,
        source="a document",
        symptom="a symptom",
        fix="a fix.",
    )
    def check(_: object) -> Iterator[Violation]:
        yield from ()


def test_duplicate_id_is_refused() -> None:
    """An id means one rule for ever."""
    registry = Registry(scopes=(ARTIFACT,))
    register(registry, "SEA101")
    with pytest.raises(
        RegistryError, match=r"rule id 'SEA101' is taken by 'a title'; take a free one: ids are never reused"
    ):
        register(registry, "SEA101")


@pytest.mark.parametrize("rule_id", ["SEA1", "SEA099", "SEA1000", "sea101", "F3002", ""])
def test_malformed_id_is_refused(rule_id: str) -> None:
    """Ids look alike, so that acknowledgments of them can be told from those of other tools."""
    with pytest.raises(
        RegistryError, match=f"rule id '{rule_id}' is malformed; allowed: SEA and three digits"
    ):
        register(Registry(scopes=(ARTIFACT,)), rule_id)


def test_unknown_scope_is_refused() -> None:
    """A rule of a scope that nothing runs would never run."""
    with pytest.raises(RegistryError, match="rule SEA101: scope 'deployment' is unknown; allowed: artifact"):
        register(Registry(scopes=(ARTIFACT,)), "SEA101", DEPLOYMENT)


def test_rules_come_in_the_order_of_their_ids() -> None:
    """Whatever the order of imports, reports and documents have one order."""
    registry = Registry(scopes=(ARTIFACT, DEPLOYMENT))
    for rule_id, scope in (("SEA301", ARTIFACT), ("SEA101", ARTIFACT), ("SEA201", DEPLOYMENT)):
        register(registry, rule_id, scope)
    assert [each.id for each in registry.rules()] == ["SEA101", "SEA201", "SEA301"]
    assert [each.id for each in registry.rules(ARTIFACT)] == ["SEA101", "SEA301"]


def test_find() -> None:
    """A rule is found by its id; an unknown id finds nothing."""
    found = REGISTRY.find("SEA101")
    assert found is not None
    assert found.title == "config.pbtxt at the archive's root"
    assert REGISTRY.find("SEA199") is None


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_every_rule_says_everything(rule: Any) -> None:  # noqa: ANN401 - rules of all scopes
    """A rule without source, symptom, fix or docstring does not count."""
    assert rule.source
    assert rule.symptom.endswith(".")
    assert rule.fix.endswith(".")
    assert not rule.title.endswith(".")
    assert rule.check.__doc__


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_every_rule_has_its_own_tests(rule: Any) -> None:  # noqa: ANN401 - rules of all scopes
    """Each rule is tested in the file of its theme, under its id."""
    theme = rule.check.__module__.rpartition(".")[2]
    text = (TESTS / f"test_{theme}.py").read_text(encoding="utf-8")
    assert f"def test_{rule.id.lower()}_" in text


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_every_rule_is_in_the_file_of_its_theme(rule: Any) -> None:  # noqa: ANN401 - rules of all scopes
    """The table of the package says with which id each file begins; an x stands for a 0."""
    rows = re.findall(r"^SEA([0-9x]{3}) +``(\w+)``", preflight.rules.__doc__ or "", re.MULTILINE)
    files = {int(first.replace("x", "0")): theme for first, theme in rows}
    number = int(rule.id.removeprefix("SEA"))
    assert rule.check.__module__.rpartition(".")[2] == files[max(each for each in files if each <= number)]


def test_importing_the_rules_is_cheap() -> None:
    """A synth imports the rules: neither protobuf nor torch nor the CDK comes with them."""
    script = (
        "import sys, preflight; "
        "slow = {'aws_cdk', 'google.protobuf', 'jsii', 'numpy', 'torch', 'tritonclient'}; "
        "print(sorted(slow & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        cwd=TESTS.parents[2],
    )
    assert done.stdout.strip() == "[]"
