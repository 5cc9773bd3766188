"""The rule about what CloudFormation creates too early, in any template."""

from typing import Any

import pytest

from preflight import Finding, check_templates
from preflight.templates import SynthesizedTemplates

ENDPOINT, COMPONENT = "AWS::SageMaker::Endpoint", "AWS::SageMaker::InferenceComponent"
TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"


def found_in(document: dict[str, Any], rule: str) -> list[Finding]:
    """Return what a rule finds in one template."""
    found = check_templates(SynthesizedTemplates({"a.template.json": document}))
    return [finding for finding in found if finding.rule == rule]


NEEDING = [
    (TARGET, {"ResourceId": "endpoint/fast/variant/All"}),
    (COMPONENT, {"EndpointName": "fast"}),
]


def ordered(kind: str, properties: dict[str, Any], **attributes: object) -> dict[str, Any]:
    """Return a template with an endpoint, and something that needs it."""
    return {
        "Resources": {
            "Endpoint": {"Type": ENDPOINT, "Properties": {"EndpointName": "fast"}},
            "Between": {"Type": "AWS::SNS::Topic", "DependsOn": "Endpoint"},
            "It": {"Type": kind, "Properties": properties, **attributes},
        }
    }


@pytest.mark.parametrize(("kind", "properties"), NEEDING)
def test_sea899_created_too_early(kind: str, properties: dict[str, Any]) -> None:
    """A name as text orders nothing."""
    [finding] = found_in(ordered(kind, properties), "SEA899")
    assert finding.what == "It names the endpoint 'fast' of this template, and doesn't wait for it."
    assert finding.subject == "It"


@pytest.mark.parametrize(("kind", "properties"), NEEDING)
@pytest.mark.parametrize(
    "attributes",
    [
        {"DependsOn": "Endpoint"},
        {"DependsOn": ["Between"]},
        {"Properties": {"Tags": [{"Key": "a", "Value": {"Fn::Sub": "${Endpoint.EndpointName}"}}]}},
        {"Properties": {"Tags": [{"Key": "a", "Value": {"Fn::GetAtt": "Endpoint.EndpointName"}}]}},
        {"Properties": {"Tags": [{"Key": "a", "Value": {"Fn::GetAtt": ["Between", "TopicName"]}}]}},
    ],
)
def test_sea899_lets_dependencies_pass(
    kind: str, properties: dict[str, Any], attributes: dict[str, Any]
) -> None:
    """Said outright, over another resource, or by a reference anywhere."""
    merged = {**properties, **attributes.get("Properties", {})}
    rest = {key: value for key, value in attributes.items() if key != "Properties"}
    assert found_in(ordered(kind, merged, **rest), "SEA899") == []


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        (TARGET, {"ResourceId": "endpoint/other/variant/All"}),
        (TARGET, {"ResourceId": "inference-component/fast"}),
        (TARGET, {"ResourceId": {"Fn::Sub": "endpoint/${Endpoint.EndpointName}/variant/All"}}),
        (COMPONENT, {"EndpointName": {"Ref": "Name"}}),
        ("AWS::SNS::Topic", {"EndpointName": "fast"}),
    ],
)
def test_sea899_lets_others_pass(kind: str, properties: dict[str, Any]) -> None:
    """Endpoints of other stacks, references, and what needs none."""
    assert found_in(ordered(kind, properties), "SEA899") == []
