"""The rules about templates as a whole, about names and tags."""

from typing import Any

import pytest
from cfnlint.helpers import LIMITS

from preflight import Finding, check_templates
from preflight.rules.stack_templates import DESCRIPTION_MAXIMUM_BYTES, SECTIONS, TEMPLATE_MAXIMUM_BYTES
from preflight.templates import SynthesizedTemplates
from tests.preflight.rules.template_findings import findings, rules_in

MODEL, CONFIG = "AWS::SageMaker::Model", "AWS::SageMaker::EndpointConfig"
TOPIC = {"Type": "AWS::SNS::Topic"}


def found_in(document: dict[str, Any], rule: str) -> list[Finding]:
    """Return what a rule finds in one template."""
    found = check_templates(SynthesizedTemplates({"a.template.json": document}))
    return [finding for finding in found if finding.rule == rule]


def test_sea877_quotas_are_cfn_lints() -> None:
    """Each number is one that cfn-lint has from the user guide."""
    assert {name: LIMITS[name]["number"] for name in SECTIONS} == SECTIONS
    assert LIMITS["template"]["body"] == TEMPLATE_MAXIMUM_BYTES


@pytest.mark.parametrize(("section", "most"), SECTIONS.items())
def test_sea877_entries_of_a_section(section: str, most: int) -> None:
    """As many as CloudFormation takes pass, one more is found."""
    first = {} if section == "Resources" else {"Resources": {"Topic": TOPIC}}
    enough = {**first, section: {f"E{index}": TOPIC for index in range(most)}}
    assert found_in(enough, "SEA877") == []
    [finding] = found_in({**first, section: {f"E{index}": TOPIC for index in range(most + 1)}}, "SEA877")
    assert finding.what == f"There are {most + 1} {section}."
    assert finding.subject == ("E0" if section == "Resources" else "Topic")


def test_sea877_sizes() -> None:
    """Template and description are measured in bytes."""
    large = {"Resources": {"Topic": {**TOPIC, "Metadata": {"a": "x" * TEMPLATE_MAXIMUM_BYTES}}}}
    [finding] = found_in(large, "SEA877")
    assert finding.what.endswith("bytes, without blanks.")
    told = {"Resources": {"Topic": TOPIC}, "Description": "é" * (DESCRIPTION_MAXIMUM_BYTES // 2)}
    assert found_in(told, "SEA877") == []
    [finding] = found_in({**told, "Description": f"{told['Description']}e"}, "SEA877")
    assert finding.what == "The description has 1025 bytes."


@pytest.mark.parametrize(("kind", "key"), [(MODEL, "ModelName"), (CONFIG, "EndpointConfigName")])
def test_sea878_names_in_the_way(kind: str, key: str) -> None:
    """A fixed name; one with a digest changes with the content, and a function may."""
    [finding] = findings({"It": (kind, {key: "classifier"})}, "SEA878")
    assert finding.what == "It is called 'classifier'."
    for name in ("classifier-0f3a9c21", "classifier-20260101", {"Fn::Sub": "classifier-${Version}"}):
        assert rules_in({"It": (kind, {key: name})}, "SEA878") == []
    assert rules_in({"It": (kind, {})}, "SEA878") == []


def test_sea879_tags() -> None:
    """aws: is AWS's in any case, and a key is there once."""
    tags = [{"Key": "AWS:owner", "Value": "me"}, {"Key": "team", "Value": "a"}, {"Key": "team", "Value": "b"}]
    assert [each.what for each in findings({"It": (MODEL, {"Tags": tags})}, "SEA879")] == [
        "It has the tag 'AWS:owner'.",
        "It has the tag 'team' 2 times.",
    ]
    assert rules_in({"It": (MODEL, {"Tags": tags[1:2]})}, "SEA879") == []
    assert rules_in({"It": ("AWS::SSM::Parameter", {"Tags": {"team": "a"}})}, "SEA879") == []
