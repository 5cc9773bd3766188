"""The rules about scalable targets in any template."""

from typing import Any

import pytest

from tests.preflight.rules.template_findings import findings, rules_in

ENDPOINT, CONFIG = "AWS::SageMaker::Endpoint", "AWS::SageMaker::EndpointConfig"
TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
INSTANCES = "sagemaker:variant:DesiredInstanceCount"
COPIES = "sagemaker:inference-component:DesiredCopyCount"

Resources = dict[str, tuple[str, dict[str, Any]]]


def target(resource_id: object = "endpoint/fast/variant/All", dimension: str = INSTANCES) -> dict[str, Any]:
    """Return a scalable target's properties."""
    return {"ServiceNamespace": "sagemaker", "ResourceId": resource_id, "ScalableDimension": dimension}


def scaled(
    resource_id: object = "endpoint/fast/variant/All",
    instance_type: str = "ml.m5.large",
    **endpoint: object,
) -> Resources:
    """Return an endpoint whose variant scales."""
    variant = {"VariantName": "All", "InstanceType": instance_type}
    name = {"Fn::GetAtt": ["Config", "EndpointConfigName"]}
    return {
        "Config": (CONFIG, {"ProductionVariants": [variant]}),
        "Endpoint": (ENDPOINT, {"EndpointName": "fast", "EndpointConfigName": name, **endpoint}),
        "Target": (TARGET, target(resource_id)),
    }


@pytest.mark.parametrize(
    "resource_id",
    [
        "endpoint/fast/variant/All",
        {"Fn::Sub": "endpoint/${Endpoint.EndpointName}/variant/All"},
        {"Fn::Join": ["", ["endpoint/", {"Fn::GetAtt": ["Endpoint", "EndpointName"]}, "/variant/All"]]},
    ],
)
def test_sea889_burstable_instances(resource_id: object) -> None:
    """However the target names the endpoint."""
    [finding] = findings(scaled(resource_id, "ml.t2.medium"), "SEA889")
    assert finding.what == "The variant 'All' has ml.t2.medium, whose number can't scale."
    assert finding.subject == "Target"
    assert rules_in(scaled(resource_id), "SEA889") == []


def test_sea889_unknown_endpoints() -> None:
    """An endpoint of no template, and a target of something else."""
    assert rules_in(scaled("endpoint/other/variant/All", "ml.t2.medium"), "SEA889") == []
    assert rules_in(scaled("service/cluster/name", "ml.t2.medium"), "SEA889") == []


def test_sea890_a_deploy_resets_the_capacity() -> None:
    """Without the property, or with false, an update takes the configuration's number."""
    [finding] = findings(scaled(), "SEA890")
    assert finding.what == "RetainAllVariantProperties is missing, and its instances scale."
    assert finding.subject == "Endpoint"
    [finding] = findings(scaled(RetainAllVariantProperties=False), "SEA890")
    assert finding.what == "RetainAllVariantProperties is false, and its instances scale."
    assert rules_in(scaled(RetainAllVariantProperties=True), "SEA890") == []
    assert rules_in(scaled(RetainAllVariantProperties={"Ref": "Keep"}), "SEA890") == []


def test_sea890_is_told_once() -> None:
    """Two targets of one endpoint are one finding; without a target there is none."""
    resources = scaled()
    assert rules_in(resources | {"Other": resources["Target"]}, "SEA890") == ["Endpoint"]
    del resources["Target"]
    assert rules_in(resources, "SEA890") == []


@pytest.mark.parametrize(
    ("resource_id", "dimension"),
    [
        ("inference-component/chat", INSTANCES),
        ("endpoint/fast/variant/All", COPIES),
        ("endpoint/fast", INSTANCES),
        ("fast/All", INSTANCES),
    ],
)
def test_sea891_resource_and_dimension(resource_id: str, dimension: str) -> None:
    """Each dimension has its own form of resource id."""
    [finding] = findings({"Target": (TARGET, target(resource_id, dimension))}, "SEA891")
    assert finding.what == f"{dimension} is to scale {resource_id!r}."


@pytest.mark.parametrize(
    ("resource_id", "dimension"),
    [
        ("inference-component/chat", COPIES),
        ("endpoint/fast/variant/All", INSTANCES),
        ({"Ref": "Id"}, INSTANCES),
        ("service/cluster/name", "ecs:service:DesiredCount"),
    ],
)
def test_sea891_lets_fitting_ids_pass(resource_id: object, dimension: str) -> None:
    """The right form, what only the deployment knows, and other services."""
    assert rules_in({"Target": (TARGET, target(resource_id, dimension))}, "SEA891") == []


def test_sea892_a_variant_that_there_is_not() -> None:
    """Names count in upper and lower case."""
    [finding] = findings(scaled("endpoint/fast/variant/all"), "SEA892")
    assert finding.what == "The endpoint's configuration has no variant 'all'."
    assert rules_in(scaled(), "SEA892") == []
    assert rules_in(scaled("endpoint/other/variant/all"), "SEA892") == []
    assert rules_in(scaled({"Fn::Sub": "endpoint/fast/variant/${Variant}"}), "SEA892") == []


def test_sea892_variants_whose_names_only_the_deployment_knows() -> None:
    """A name that a parameter gives may be the one that the target names."""
    resources = scaled("endpoint/fast/variant/AllTraffic")
    resources["Config"][1]["ProductionVariants"][0]["VariantName"] = {"Ref": "VariantName"}
    assert rules_in(resources, "SEA892") == []


@pytest.mark.parametrize("name", [{"Ref": "Name"}, {"Fn::Sub": "${Stage}-fast"}])
def test_names_that_parameters_make_up_are_compared_as_written(name: object) -> None:
    """A target that names the endpoint as the endpoint names itself scales that one."""
    resource_id = {"Fn::Join": ["/", ["endpoint", name, "variant/All"]]}
    assert rules_in(scaled(resource_id, "ml.t2.medium", EndpointName=name), "SEA889") == ["Target"]
