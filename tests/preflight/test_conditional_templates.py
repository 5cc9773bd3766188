"""What templates with conditions become, and what is said of them."""

from typing import Any

import pytest

from preflight import check_templates
from preflight._conditional_templates import outcomes
from preflight.templates import SynthesizedTemplates

PATH = "out/App.template.json"
NO_VALUE = {"Ref": "AWS::NoValue"}
SERVERLESS = {"MaxConcurrency": 5, "MemorySizeInMB": 2048}


def either(if_true: object, if_false: object = NO_VALUE) -> dict[str, Any]:
    """Return a value that depends on a condition."""
    return {"Fn::If": ["IsProduction", if_true, if_false]}


def resources(**typed: dict[str, Any]) -> SynthesizedTemplates:
    """Return a template of SageMaker's resources: the properties by type."""
    return SynthesizedTemplates(
        {
            PATH: {
                "Resources": {
                    name: {"Type": f"AWS::SageMaker::{name}", "Properties": properties}
                    for name, properties in typed.items()
                }
            }
        }
    )


def documents(value: object) -> list[Any]:
    """Return what a value of a template becomes, in each outcome."""
    return [
        each.documents[PATH]["Value"] for each in outcomes(SynthesizedTemplates({PATH: {"Value": value}}))
    ]


def rules(templates: SynthesizedTemplates) -> set[str]:
    """Return the rules that find something."""
    return {each.rule for each in check_templates(templates)}


def test_templates_without_conditions_are_left_as_they_are() -> None:
    """Nothing is copied where nothing depends on a condition."""
    templates = SynthesizedTemplates({PATH: {"Resources": {"A": {"Properties": {"B": NO_VALUE}}}}})
    assert outcomes(templates) == (templates,)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (either(1, 2), [1, 2]),
        (either(either(1, 2), 3), [1, 3]),
        ({"A": either(1), "B": 2}, [{"A": 1, "B": 2}, {"B": 2}]),
        ([either(1), 2], [[1, 2], [2]]),
        ({"A": {"Fn::If": ["C", 1]}}, [{"A": {"Fn::If": ["C", 1]}}] * 2),
    ],
)
def test_both_outcomes(value: object, expected: list[Any]) -> None:
    """Each condition holds in one outcome and in the other not, and AWS::NoValue leaves its property out."""
    assert documents(value) == expected


def test_a_variant_of_either_kind_has_one_kind() -> None:
    """Instances in one case and serverless in the other are no two kinds at once."""
    variant = {
        "VariantName": "All",
        "InstanceType": either("ml.m5.large"),
        "InitialInstanceCount": either(1),
        "ServerlessConfig": either(NO_VALUE, SERVERLESS),
    }
    assert "SEA882" not in rules(resources(EndpointConfig={"ProductionVariants": [variant]}))


def test_conditions_of_two_names_are_told_apart() -> None:
    """Where each kind has a condition of its own, both may hold for all that is known: nothing is said."""
    variant = {"InstanceType": either("ml.m5.large"), "ServerlessConfig": either(SERVERLESS)}
    assert "SEA882" not in rules(resources(EndpointConfig={"ProductionVariants": [variant]}))


def test_a_network_that_is_there_in_one_case() -> None:
    """A VpcConfig that may be left out has its subnets and security groups where it is there."""
    config = {"Subnets": {"Fn::Split": [",", {"Ref": "Ids"}]}, "SecurityGroupIds": {"Ref": "Groups"}}
    assert rules(resources(Model={"VpcConfig": either(config)})) & {"SEA705", "SEA706", "SEA852"} == set()


def test_all_properties_of_a_resource_may_depend_on_a_condition() -> None:
    """A configuration with a shadow in one case is one with its variant in the other."""
    one = {"VariantName": "All", "ModelName": {"Ref": "Model"}, "InstanceType": "ml.g5.xlarge"}
    with_shadow = {"ProductionVariants": [one], "ShadowProductionVariants": [one | {"VariantName": "New"}]}
    templates = resources(
        Model={"ExecutionRoleArn": "arn"},
        EndpointConfig=either(with_shadow, {"ProductionVariants": [one]}),
        Endpoint={"EndpointConfigName": {"Ref": "EndpointConfig"}},
    )
    assert rules(templates) & {"SEA728", "SEA729", "SEA881", "SEA882"} == set()


def test_an_alarm_that_is_there_in_one_case_starts_its_policy() -> None:
    """Nothing is said of a policy that an alarm starts in one case."""
    policy = {"ServiceNamespace": "sagemaker", "PolicyType": "StepScaling"}
    document = {
        "Resources": {
            "Policy": {"Type": "AWS::ApplicationAutoScaling::ScalingPolicy", "Properties": policy},
            "Alarm": {
                "Type": "AWS::CloudWatch::Alarm",
                "Properties": {"AlarmActions": either([{"Ref": "Policy"}])},
            },
        }
    }
    assert "SEA896" not in rules(SynthesizedTemplates({PATH: document}))


def test_what_is_wrong_in_both_cases_is_found() -> None:
    """A condition elsewhere in the template hides nothing."""
    variant = {"InstanceType": "ml.m5.large", "ServerlessConfig": SERVERLESS, "VariantName": either("A", "A")}
    assert "SEA882" in rules(resources(EndpointConfig={"ProductionVariants": [variant]}))


@pytest.mark.parametrize("name", ["Fn::ForEach::Endpoints", "Fn::Transform"])
@pytest.mark.parametrize("value", [["Name", ["a"], {}], {"Name": "AWS::Include"}, None])
def test_macros_among_resources_are_left_out(name: str, value: object) -> None:
    """What a transform makes of them is not known, and no rule stumbles over them."""
    assert (
        check_templates(SynthesizedTemplates({PATH: {"Resources": {name: value}, "Outputs": {name: value}}}))
        == ()
    )


@pytest.mark.parametrize(
    "kind",
    ["EC2::Instance", "EC2::LaunchTemplate", "EC2::VPCEndpoint", "SageMaker::EndpointConfig"],
)
def test_resources_without_properties_are_no_defect(kind: str) -> None:
    """Properties may be missing or empty."""
    for properties in ({}, {"Properties": None}):
        check_templates(
            SynthesizedTemplates({PATH: {"Resources": {"It": {"Type": f"AWS::{kind}", **properties}}}})
        )
