"""The rules about what the resources of components say about each other."""

from typing import Any

import pytest

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
    later = endpoint(ManagedInstanceScaling={"Status": "ENABLED"})
    later["Target"]["Properties"]["ResourceId"] = {"Fn::Join": ["/", ["endpoint", {"Ref": "Name"}]]}
    assert found("SEA832", a=later) == []
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
    role = {"Type": "AWS::IAM::Role"}
    resource = {
        "Type": "AWS::IAM::Policy",
        "Properties": {"PolicyDocument": document, "Roles": [{"Ref": "Role"}]},
    }
    assert found("SEA834", a={"It": resource, "Role": role}) == []
    resource["Properties"] = {
        "PolicyDocument": {"Statement": document["Statement"] * 2},
        "Roles": [{"Ref": "Role"}],
    }
    assert len(found("SEA834", a={"It": resource, "Role": role})) == 1


def scaled_from_zero(**target: object) -> dict[str, Any]:
    """Return a target of a component's copies with such properties, and its whole way back from zero."""
    return {
        "Target": {
            "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
            "Properties": {
                "ResourceId": "inference-component/it",
                "ScalableDimension": "sagemaker:inference-component:DesiredCopyCount",
                "MinCapacity": 0,
                "MaxCapacity": 2,
                **target,
            },
        },
        "Policy": {
            "Type": "AWS::ApplicationAutoScaling::ScalingPolicy",
            "Properties": {"PolicyType": "StepScaling", "ScalingTargetId": {"Ref": "Target"}},
        },
        "Alarm": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "MetricName": "NoCapacityInvocationFailures",
                "AlarmActions": [{"Ref": "Policy"}],
            },
        },
    }


def test_sea835_copies_that_reach_0_without_a_way_back() -> None:
    """A step scaling policy alone does nothing, nor does an alarm alone."""
    whole = scaled_from_zero()
    assert found("SEA835", a=whole) == []
    for missing in ("Policy", "Alarm"):
        [finding] = found("SEA835", a={key: each for key, each in whole.items() if key != missing})
        assert finding.subject == "Target"
        assert finding.what == (
            "Its copies may go to 0, and no StepScaling policy with an alarm on NoCapacityInvocationFailures "
            "brings one back."
        )


@pytest.mark.parametrize(
    ("resource", "changed"),
    [
        ("Policy", {"PolicyType": "TargetTrackingScaling"}),
        ("Policy", {"ScalingTargetId": {"Ref": "Other"}}),
        ("Alarm", {"MetricName": "Invocations"}),
        ("Alarm", {"AlarmActions": [{"Ref": "Topic"}]}),
        ("Alarm", {"AlarmActions": {"Ref": "Topics"}}),
    ],
)
def test_sea835_wants_each_link(resource: str, changed: dict[str, Any]) -> None:
    """The alarm is on requests without a copy, its action the policy, and the policy's target this one."""
    stack = scaled_from_zero()
    stack[resource]["Properties"] |= changed
    assert len(found("SEA835", a=stack)) == 1


@pytest.mark.parametrize(("limit", "count"), [({"MinCapacity": 0}, 1), ({"MaxCapacity": 0}, 1), ({}, 0)])
def test_sea835_counts_scheduled_zeros(limit: dict[str, int], count: int) -> None:
    """A scheduled action takes copies to 0 as the target's own minimum does."""
    action = {"ScheduledActionName": "night", "ScalableTargetAction": {"MinCapacity": 1, **limit}}
    target = scaled_from_zero(MinCapacity=1, ScheduledActions=[action])["Target"]
    assert len(found("SEA835", a={"Target": target})) == count


def test_sea835_knows_each_way_to_refer() -> None:
    """Policies name their target by its parts, too; references go from stack to stack by exports."""
    stack = scaled_from_zero()
    stack["Policy"]["Properties"] = {"PolicyType": "StepScaling", "ResourceId": "inference-component/it"}
    stack["Alarm"]["Properties"]["AlarmActions"] = [{"Fn::GetAtt": ["Policy", "Arn"]}]
    assert found("SEA835", a=stack) == []
    alarm = stack.pop("Alarm")
    alarm["Properties"]["AlarmActions"] = [{"Fn::ImportValue": "a:Policy"}]
    exports = {"It": {"Value": {"Ref": "Policy"}, "Export": {"Name": "a:Policy"}}}
    assert found("SEA835", a={"Resources": stack, "Outputs": exports}, b={"Alarm": alarm}) == []


def test_sea835_leaves_instances_alone() -> None:
    """Other dimensions are not copies, and a capacity that only a deployment knows is not judged."""
    other = scaled_from_zero(ScalableDimension="sagemaker:variant:DesiredInstanceCount")["Target"]
    assert found("SEA835", a={"Target": other}) == []
    later = scaled_from_zero(MinCapacity={"Ref": "Minimum"}, ResourceId={"Ref": "Id"})["Target"]
    assert found("SEA835", a={"Target": later}) == []
