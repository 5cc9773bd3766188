"""The rule about names of models, configurations and endpoints in any template."""

import re

import pytest
from botocore.loaders import Loader

from preflight.rules.name_templates import NAMES
from tests.preflight.rules.template_findings import findings, rules_in


@pytest.mark.parametrize(("kind", "key"), NAMES.items())
@pytest.mark.parametrize("name", ["a" * 64, "-fast", "fast-", "fa_st", "fa.st"])
def test_sea625_names(kind: str, key: str, name: str) -> None:
    """Too long, a hyphen at an end, and other characters."""
    [finding] = findings({"It": (kind, {key: name})}, "SEA625")
    assert finding.what == f"{key} is {name!r}, {len(name)} characters."


@pytest.mark.parametrize(("kind", "key"), NAMES.items())
def test_sea625_lets_others_pass(kind: str, key: str) -> None:
    """The longest name, one in capitals, functions, and names that are left to CloudFormation."""
    for name in ("a" * 63, "Fa-st", "fa--st", {"Fn::Sub": "a_${B}"}):
        assert rules_in({"It": (kind, {key: name})}, "SEA625") == []
    assert rules_in({"It": (kind, {})}, "SEA625") == []


@pytest.mark.parametrize("name", NAMES.values())
def test_sea625_is_the_service_models_form(name: str) -> None:
    """63 characters, and a pattern that judges examples alike."""
    shape = Loader().load_service_model("sagemaker", "service-2")["shapes"][name]
    assert shape["max"] == 63
    for example, fits in (("fa-st", True), ("-fast", False), ("fa_st", False)):
        assert bool(re.fullmatch(shape["pattern"], example)) is fits
