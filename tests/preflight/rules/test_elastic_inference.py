"""The rule about Elastic Inference, over synthesized templates."""

from typing import Any

import pytest

from preflight import Finding, Location, check_templates
from preflight.templates import SynthesizedTemplates

VARIANT = {"VariantName": "AllTraffic", "InstanceType": "ml.m5.large"}


def templates(resource: dict[str, Any]) -> SynthesizedTemplates:
    return SynthesizedTemplates({"cdk.out/Vision.template.json": {"Resources": {"Thing1234": resource}}})


def found(synthesized: SynthesizedTemplates) -> list[Finding]:
    """Return what SEA801 finds; a lone resource breaks rules about what belongs to it, too."""
    return [finding for finding in check_templates(synthesized) if finding.rule == "SEA801"]


@pytest.mark.parametrize(
    ("resource_type", "properties"),
    [
        (
            "AWS::SageMaker::EndpointConfig",
            {"ProductionVariants": [VARIANT, {**VARIANT, "AcceleratorType": "ml.eia2.medium"}]},
        ),
        ("AWS::EC2::Instance", {"ElasticInferenceAccelerators": [{"Type": "eia2.medium"}]}),
        (
            "AWS::EC2::LaunchTemplate",
            {"LaunchTemplateData": {"ElasticInferenceAccelerators": [{"Type": "eia2.medium"}]}},
        ),
    ],
)
def test_sea801_elastic_inference(resource_type: str, properties: dict[str, Any]) -> None:
    """Wherever CDK still takes an accelerator, the finding names resource, template and accelerator."""
    [finding] = found(templates({"Type": resource_type, "Properties": properties}))
    assert finding.what.startswith(f"{resource_type} asks for the Elastic Inference accelerator ")
    assert "eia2.medium" in finding.what
    assert finding.subject == "Thing1234"
    assert finding.location == Location("cdk.out/Vision.template.json")


@pytest.mark.parametrize(
    "resource",
    [
        {"Type": "AWS::SageMaker::EndpointConfig", "Properties": {"ProductionVariants": [VARIANT]}},
        {"Type": "AWS::SageMaker::EndpointConfig", "Properties": {"ProductionVariants": {"Ref": "Variants"}}},
        {
            "Type": "AWS::EC2::LaunchTemplate",
            "Properties": {"LaunchTemplateData": {"InstanceType": "m5.large"}},
        },
        {"Type": "AWS::EC2::Instance"},
        {"Type": "AWS::S3::Bucket", "Properties": {"AcceleratorType": "ml.eia2.medium"}},
    ],
)
def test_sea801_lets_everything_else_pass(resource: dict[str, Any]) -> None:
    """No accelerator, no finding; what is known only at deployment is not guessed."""
    assert found(templates(resource)) == []
