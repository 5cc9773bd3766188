"""Configurations that Triton refuses, or loads and can't serve, each with the one rule that says so."""

from preflight import inspect_artifact
from preflight.registry import rules
from preflight.rule import ARTIFACT
from tests.preflight.rules.broken_models import BROKEN_MODELS
from tests.preflight.rules.broken_schedules import BROKEN_SCHEDULES
from tests.preflight.rules.echo_configs import ECHO, GOOD, BrokenConfig, artifact_of

__all__ = ["BROKEN", "ECHO", "GOOD", "RULES", "BrokenConfig", "artifact_of", "assert_found", "examples_of"]

BROKEN = [*BROKEN_MODELS, *BROKEN_SCHEDULES]
RULES = {each.rule for each in BROKEN}


def examples_of(rule: str) -> list[BrokenConfig]:
    """Return the configurations that ``rule`` is about."""
    return [each for each in BROKEN if each.rule == rule]


def assert_found(broken: BrokenConfig) -> None:
    """Assert that its rule alone finds the mistake, in these words, and names the field."""
    artifact = artifact_of(broken.config, broken.files)
    [finding] = [each for each in inspect_artifact(artifact) if each.rule in RULES]
    assert (finding.rule, finding.what, finding.allowed) == (broken.rule, broken.what, broken.allowed)
    [rule] = [each for each in rules(ARTIFACT) if each.id == broken.rule]
    assert all(violation.field for violation in rule.check(artifact))
