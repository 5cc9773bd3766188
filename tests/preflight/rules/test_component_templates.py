"""The rules about inference components in any template."""

from typing import Any

import pytest

from preflight import check_templates
from preflight.templates import SynthesizedTemplates

COMPONENT = "AWS::SageMaker::InferenceComponent"
CONFIG = "AWS::SageMaker::EndpointConfig"
ARTIFACT = {"Container": {"ArtifactUrl": "s3://b/a.tar.gz"}}
TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"


def found(resource_type: str, properties: dict[str, Any]) -> list[str]:
    """Return the rules about components that find something in a template of one resource."""
    document = {"Resources": {"It": {"Type": resource_type, "Properties": properties}}}
    findings = check_templates(SynthesizedTemplates({"a.template.json": document}))
    assert {finding.subject for finding in findings} <= {"It"}
    return [finding.rule for finding in findings if finding.rule.startswith("SEA81")]


def specification(**compute: object) -> dict[str, Any]:
    """Return a component's specification with these requirements."""
    return {"ComputeResourceRequirements": {"MinMemoryRequiredInMb": 1024, **compute}}


def batch(kind: str, value: object) -> dict[str, Any]:
    """Return a component with this rolling batch."""
    size = {"Type": kind, "Value": value}
    policy = {"RollingUpdatePolicy": {"MaximumBatchSize": size}}
    return {"Specification": specification(), "DeploymentConfig": policy}


def test_sea811_memory_not_stated() -> None:
    """Every component but an adapter states its memory, in each of several specifications."""
    assert found(COMPONENT, {"Specification": {}}) == ["SEA811"]
    two = [specification(), {"ComputeResourceRequirements": {}}]
    assert found(COMPONENT, {"Specifications": two}) == ["SEA811"]
    assert found(COMPONENT, {"Specification": specification()}) == []
    assert found(COMPONENT, {"Specification": {**ARTIFACT, "BaseInferenceComponentName": "base"}}) == []


def test_sea812_cpu_below_the_least() -> None:
    """A quarter of a core is the least; what only CloudFormation knows is not judged."""
    assert found(COMPONENT, {"Specification": specification(NumberOfCpuCoresRequired=0.2)}) == ["SEA812"]
    assert found(COMPONENT, {"Specification": specification(NumberOfCpuCoresRequired=0.25)}) == []
    assert found(COMPONENT, {"Specification": specification(NumberOfCpuCoresRequired={"Ref": "C"})}) == []


@pytest.mark.parametrize(("runtime", "rules"), [({"CopyCount": 0}, ["SEA813"]), ({"CopyCount": 1}, [])])
def test_sea813_copy_count_zero(runtime: dict[str, int], rules: list[str]) -> None:
    """No component is created with 0 copies."""
    assert found(COMPONENT, {"Specification": specification(), "RuntimeConfig": runtime}) == rules
    assert found(COMPONENT, {"Specification": specification()}) == []


def test_sea814_batch_percentage() -> None:
    """5 to 50 %, as a whole number; a number of copies is another rule's matter."""
    for value in (4, 4.5, 25.5, 50.5, 51):
        assert found(COMPONENT, batch("CAPACITY_PERCENT", value)) == ["SEA814"]
    for value in (5, 50):
        assert found(COMPONENT, batch("CAPACITY_PERCENT", value)) == []
    assert found(COMPONENT, batch("COPY_COUNT", 4)) == []


def test_sea815_model_on_a_component_endpoint() -> None:
    """Where components are to come, the variant has no model and the configuration has a role."""
    with_model = {"ProductionVariants": [{"ModelName": "model"}]}
    managed = {"ProductionVariants": [{"ManagedInstanceScaling": {}}]}
    role = {"ExecutionRoleArn": "arn"}
    assert found(CONFIG, {**role, **with_model}) == ["SEA815"]
    assert found(CONFIG, managed) == ["SEA815"]
    assert found(CONFIG, {**role, **managed}) == []
    assert found(CONFIG, with_model) == []
    assert found(CONFIG, {"ProductionVariants": {"Fn::GetAtt": ["A", "B"]}}) == []


def test_sea816_minimum_above_maximum() -> None:
    """Of copies, at the scalable target, and of instances, at the variant."""
    assert found(TARGET, {"MinCapacity": 2, "MaxCapacity": 1}) == ["SEA816"]
    assert found(TARGET, {"MinCapacity": 0, "MaxCapacity": 1}) == []
    scaling = {"MinInstanceCount": 2, "MaxInstanceCount": 1}
    variants = [{"ManagedInstanceScaling": scaling}]
    assert found(CONFIG, {"ExecutionRoleArn": "arn", "ProductionVariants": variants}) == ["SEA816"]


def test_sea817_name_too_long() -> None:
    """63 characters are the most."""
    component = {"Specification": specification()}
    assert found(COMPONENT, {**component, "InferenceComponentName": "a" * 64}) == ["SEA817"]
    assert found(COMPONENT, {**component, "InferenceComponentName": "a" * 63}) == []
