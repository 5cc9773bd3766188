"""The rules about what the resources of components say about each other."""

from typing import Any

from preflight import Finding, Location, check_templates
from preflight.templates import SynthesizedTemplates

COMPUTE = {"ComputeResourceRequirements": {"MinMemoryRequiredInMb": 1024}}


def found(rule: str, **stacks: dict[str, Any]) -> list[Finding]:
    """Return what one rule finds in templates, each given as its resources by logical id."""
    documents = {
        f"{name}.template.json": stack if "Resources" in stack else {"Resources": stack}
        for name, stack in stacks.items()
    }
    return [each for each in check_templates(SynthesizedTemplates(documents)) if each.rule == rule]


def component(name: object) -> dict[str, Any]:
    """Return a component of that name."""
    properties = {"InferenceComponentName": name, "Specification": COMPUTE}
    return {"Type": "AWS::SageMaker::InferenceComponent", "Properties": properties}


def adapter(**extra: object) -> dict[str, Any]:
    """Return an adapter with these besides its base."""
    properties = {"Specification": {"BaseInferenceComponentName": "base", **extra}}
    return {"Type": "AWS::SageMaker::InferenceComponent", "Properties": properties}


def endpoint(**variant: object) -> dict[str, Any]:
    """Return an endpoint called ``shared`` and its config, with such a variant, and a target of it."""
    variants = [{"VariantName": "AllTraffic", **variant}]
    return {
        "Config": {
            "Type": "AWS::SageMaker::EndpointConfig",
            "Properties": {"ExecutionRoleArn": "arn", "ProductionVariants": variants},
        },
        "Endpoint": {
            "Type": "AWS::SageMaker::Endpoint",
            "Properties": {
                "EndpointName": "shared",
                "EndpointConfigName": {"Fn::GetAtt": ["Config", "EndpointConfigName"]},
            },
        },
        "Target": {
            "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
            "Properties": {"ResourceId": "endpoint/shared/variant/AllTraffic"},
        },
    }


def policy(role: object, characters: int) -> dict[str, Any]:
    """Return a policy of a role with about so many characters."""
    document = {"Statement": [{"Effect": "Allow", "Action": "a:b", "Resource": "r" * characters}]}
    return {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": document, "Roles": [role]}}


def test_sea831_two_components_of_one_name() -> None:
    """Names are compared over all stacks, whatever the case; what only a deployment knows is not judged."""
    [finding] = found("SEA831", a={"One": component("it")}, b={"Two": component("It")})
    assert (finding.subject, finding.what) == ("Two", "'It' is also the name of One.")
    assert found("SEA831", a={"One": component("it"), "Two": component("other")}) == []
    later = component({"Ref": "Name"})
    assert found("SEA831", a={"One": later, "Two": later}) == []


def test_sea832_two_scale_the_same_instances() -> None:
    """A variant with managed instance scaling has no scalable target of its own."""
    [finding] = found("SEA832", a=endpoint(ManagedInstanceScaling={"Status": "ENABLED"}))
    assert finding.subject == "Target"
    assert finding.what == "endpoint/shared/variant/AllTraffic has managed instance scaling already."
    assert found("SEA832", a=endpoint(ManagedInstanceScaling={"Status": "DISABLED"})) == []
    assert found("SEA832", a=endpoint()) == []


def test_sea833_an_adapter_with_more_than_its_artifact() -> None:
    """An adapter has an artifact, and neither compute nor a Model."""
    artifact = {"Container": {"ArtifactUrl": "s3://b/a.tar.gz"}}
    assert found("SEA833", a={"It": adapter(**artifact)}) == []
    [finding] = found("SEA833", a={"It": adapter(**artifact, **COMPUTE, ModelName="it")})
    assert finding.what == "The adapter has ComputeResourceRequirements and ModelName."
    [finding] = found("SEA833", a={"It": adapter()})
    assert finding.what == "The adapter has no Container.ArtifactUrl."


def test_sea834_more_policies_than_a_role_takes() -> None:
    """All policies of a role count together, those of other stacks included."""
    own = {
        "Resources": {"Role": {"Type": "AWS::IAM::Role"}, "Own": policy({"Ref": "Role"}, 5000)},
        "Outputs": {"Export": {"Value": {"Ref": "Role"}, "Export": {"Name": "a:Role"}}},
    }
    other = {"Other": policy({"Fn::ImportValue": "a:Role"}, 5200)}
    assert found("SEA834", a=own) == []
    [finding] = found("SEA834", a=own, b=other)
    assert finding.subject == "Role"
    assert finding.location == Location("a.template.json")
    assert finding.what.startswith("Its policies have about 10")
    assert found("SEA834", b={"Other": policy({"Fn::ImportValue": "elsewhere"}, 20_000)}) == []


def test_sea834_counts_what_is_not_known_yet() -> None:
    """Functions of CloudFormation count what they may become, not how they are written."""
    joined = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":s3:::b/a"]]}
    document = {"Statement": [{"Resource": [joined, {"Ref": "Bucket"}]}] * 65}
    resource = {
        "Type": "AWS::IAM::Policy",
        "Properties": {"PolicyDocument": document, "Roles": [{"Ref": "Role"}]},
    }
    assert found("SEA834", a={"It": resource}) == []
    resource["Properties"] = {
        "PolicyDocument": {"Statement": document["Statement"] * 2},
        "Roles": [{"Ref": "Role"}],
    }
    assert len(found("SEA834", a={"It": resource})) == 1
