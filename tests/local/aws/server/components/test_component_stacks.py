"""Inference components and their scaling as resources of stacks."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.local.aws.account import Account
from tests.local.aws.component_account import ComponentAccount
from tests.local.aws.tiny_models import failing_model_archive, scaling_model_archive

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def doubling(account: Account) -> str:
    """The address of a model that doubles."""
    return account.upload(scaling_model_archive(2))


@pytest.fixture
def stack(hosting: ComponentAccount, account: Account, doubling: str) -> Iterator[str]:
    """The name of a stack and of its endpoint, whose component has no copy count in the template."""
    name = account.new_name("stack")
    account.cloudformation.create_stack(StackName=name, TemplateBody=hosting.template(name, doubling))
    assert account.wait_stack(name) == "CREATE_COMPLETE"
    yield name
    _delete(account, name)


def _delete(account: Account, name: str) -> None:
    """Delete a stack, and wait until that is over."""
    stack_id = account.cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
    account.cloudformation.delete_stack(StackName=name)
    assert account.wait_stack(stack_id) == "DELETE_COMPLETE"


def _update(account: Account, name: str, template: str) -> str:
    account.cloudformation.update_stack(StackName=name, TemplateBody=template)
    return account.wait_stack(name)


def _reasons(account: Account, stack: str, status: str) -> list[str]:
    events = account.cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    return [event.get("ResourceStatusReason", "") for event in events if event["ResourceStatus"] == status]


def _tagged(resources: dict[str, Any]) -> None:
    resources["Component"]["Properties"]["Tags"] = [{"Key": "a", "Value": "b"}]


def _broken(resources: dict[str, Any]) -> None:
    resources["Broken"] = {
        "Type": "AWS::EC2::SecurityGroupIngress",
        "DependsOn": "Component",
        "Properties": {"GroupId": "sg-0", "IpProtocol": "tcp", "FromPort": 1, "ToPort": 1},
    }


def test_a_created_stack_serves_its_component(
    hosting: ComponentAccount, stack: str, account: Account
) -> None:
    """The stack is complete when the component is in service; Ref is its ARN; it carries the stack's tags."""
    component = f"{stack}-c"
    assert hosting.copies(component) == (1, 1)
    assert hosting.invoke(stack, component) == 2.0
    resources = account.cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
    ids = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in resources}
    arn = f"arn:aws:sagemaker:us-east-1:000000000000:inference-component/{component}"
    assert ids["Component"] == arn
    tags = account.sagemaker.list_tags(ResourceArn=arn)["Tags"]
    assert {"Key": "aws:cloudformation:stack-name", "Value": stack} in tags


def test_without_a_copy_count_no_update_undoes_what_scaling_did(
    hosting: ComponentAccount, stack: str, account: Account, doubling: str
) -> None:
    """With three copies, a tag, a changed model, a rolled back one and an unhealthy one each leave three."""
    component = f"{stack}-c"
    hosting.set_copies(component, 3)
    assert _update(account, stack, hosting.template(stack, doubling, edit=_tagged)) == "UPDATE_COMPLETE"
    assert hosting.copies(component) == (3, 3)
    tripling = account.upload(scaling_model_archive(3))
    assert _update(account, stack, hosting.template(stack, tripling)) == "UPDATE_COMPLETE"
    assert hosting.copies(component) == (3, 3)
    assert hosting.invoke(stack, component) == 3.0
    assert _update(account, stack, hosting.template(stack, doubling, edit=_broken)) == (
        "UPDATE_ROLLBACK_COMPLETE"
    )
    assert hosting.copies(component) == (3, 3)
    assert hosting.invoke(stack, component) == 3.0
    bad = account.upload(failing_model_archive("no weights"))
    assert _update(account, stack, hosting.template(stack, bad)) == "UPDATE_ROLLBACK_COMPLETE"
    assert any("no weights" in reason for reason in _reasons(account, stack, "UPDATE_FAILED"))
    assert hosting.copies(component) == (3, 3)
    assert hosting.invoke(stack, component) == 3.0


def test_a_failed_update_keeps_copies_desired_that_found_no_place(
    hosting: ComponentAccount, stack: str, account: Account, doubling: str
) -> None:
    """With five copies desired and room for four, a model that can't load leaves five desired."""
    component = f"{stack}-c"
    large = {"NumberOfCpuCoresRequired": 1, "MinMemoryRequiredInMb": 9000}

    def enlarged(resources: dict[str, Any]) -> None:
        resources["Component"]["Properties"]["Specification"]["ComputeResourceRequirements"] = large

    assert _update(account, stack, hosting.template(stack, doubling, edit=enlarged)) == "UPDATE_COMPLETE"
    assert "fit on no instance" in hosting.set_copies(component, 5)["FailureReason"]
    assert hosting.copies(component) == (5, 4)
    bad = account.upload(failing_model_archive("no weights"))
    template = hosting.template(stack, bad, edit=enlarged)
    assert _update(account, stack, template) == "UPDATE_ROLLBACK_COMPLETE"
    assert hosting.copies(component) == (5, 4)


def test_a_deploy_leaves_a_component_at_zero_copies(
    hosting: ComponentAccount, stack: str, account: Account
) -> None:
    """A changed model and a tag start no copy; the next copy serves the changed model."""
    component = f"{stack}-c"
    hosting.set_copies(component, 0)
    tripling = account.upload(scaling_model_archive(3))
    template = hosting.template(stack, tripling, edit=_tagged)
    assert _update(account, stack, template) == "UPDATE_COMPLETE"
    assert hosting.copies(component) == (0, 0)
    hosting.set_copies(component, 1)
    assert hosting.invoke(stack, component) == 3.0


def test_a_copy_count_in_the_template_is_applied_by_every_update(
    hosting: ComponentAccount, account: Account, doubling: str
) -> None:
    """The worst reading: a changed tag, a model and a rollback each put the count of the template back."""
    name = account.new_name("counted")
    template = hosting.template(name, doubling, copies=1)
    account.cloudformation.create_stack(StackName=name, TemplateBody=template)
    assert account.wait_stack(name) == "CREATE_COMPLETE"
    component = f"{name}-c"
    tripling = account.upload(scaling_model_archive(3))
    for artifact, edit, expected in (
        (doubling, _tagged, "UPDATE_COMPLETE"),
        (tripling, _tagged, "UPDATE_COMPLETE"),
        (doubling, _broken, "UPDATE_ROLLBACK_COMPLETE"),
    ):
        hosting.set_copies(component, 2)
        template = hosting.template(name, artifact, copies=1, edit=edit)
        assert _update(account, name, template) == expected
        assert hosting.copies(component) == (1, 1)
    _delete(account, name)


def test_a_component_that_cant_be_healthy_fails_the_stack_and_leaves_nothing(
    hosting: ComponentAccount, account: Account
) -> None:
    """The event carries the cause from Triton's log; component and endpoint are gone."""
    name = account.new_name("unhealthy")
    bad = account.upload(failing_model_archive("no weights"))
    account.cloudformation.create_stack(StackName=name, TemplateBody=hosting.template(name, bad))
    assert account.wait_stack(name) == "ROLLBACK_COMPLETE"
    (reason,) = _reasons(account, name, "CREATE_FAILED")
    assert reason.startswith('Resource handler returned message: "Inference component arn:aws:sagemaker:')
    assert "no weights" in reason
    assert f"{name}-c" not in hosting.listed()
    assert account.sagemaker.list_endpoints(NameContains=name)["Endpoints"] == []


def test_a_component_cant_move(
    hosting: ComponentAccount, stack: str, account: Account, doubling: str
) -> None:
    """Another name in the template is refused: the property isn't create-only, so nothing is replaced."""

    def renamed(resources: dict[str, Any]) -> None:
        resources["Component"]["Properties"]["InferenceComponentName"] = f"{stack}-d"

    template = hosting.template(stack, doubling, edit=renamed)
    assert _update(account, stack, template) == "UPDATE_ROLLBACK_COMPLETE"
    (reason,) = [each for each in _reasons(account, stack, "UPDATE_FAILED") if "NotUpdatable" in each]
    assert "InferenceComponentName" in reason


def _scaled(resources: dict[str, Any]) -> None:
    name = resources["Component"]["Properties"]["InferenceComponentName"]
    dimension = "sagemaker:inference-component:DesiredCopyCount"
    resources["Target"] = {
        "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
        "DependsOn": "Component",
        "Properties": {
            "ServiceNamespace": "sagemaker",
            "ResourceId": f"inference-component/{name}",
            "ScalableDimension": dimension,
            "MinCapacity": 0,
            "MaxCapacity": "3",
            "Tags": [{"Key": "team", "Value": "vision"}],
            "ScheduledActions": [
                {
                    "ScheduledActionName": "morning",
                    "Schedule": "cron(0 7 * * ? *)",
                    "StartTime": "2026-01-01T00:00:00Z",
                    "ScalableTargetAction": {"MinCapacity": 1},
                }
            ],
        },
    }
    resources["Tracking"] = {
        "Type": "AWS::ApplicationAutoScaling::ScalingPolicy",
        "Properties": {
            "PolicyName": "tracking",
            "PolicyType": "TargetTrackingScaling",
            "ScalingTargetId": {"Ref": "Target"},
            "TargetTrackingScalingPolicyConfiguration": {
                "TargetValue": "300",
                "ScaleInCooldown": "60",
                "PredefinedMetricSpecification": {
                    "PredefinedMetricType": "SageMakerInferenceComponentInvocationsPerCopy"
                },
            },
        },
    }
    resources["FromZero"] = {
        "Type": "AWS::ApplicationAutoScaling::ScalingPolicy",
        "Properties": {
            "PolicyName": "from-zero",
            "PolicyType": "StepScaling",
            "ScalingTargetId": {"Ref": "Target"},
            "StepScalingPolicyConfiguration": {
                "AdjustmentType": "ChangeInCapacity",
                "Cooldown": 60,
                "MetricAggregationType": "Maximum",
                "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
            },
        },
    }


def test_scaling_is_described_as_the_template_says_and_goes_with_it(
    hosting: ComponentAccount, stack: str, account: Account, doubling: str
) -> None:
    """Target, tags, scheduled action, both policies and their alarms; without them in the template, none."""
    scaling = account.client("application-autoscaling")
    template = hosting.template(stack, doubling, edit=_scaled)
    assert _update(account, stack, template) == "UPDATE_COMPLETE", _reasons(account, stack, "UPDATE_FAILED")
    mine = {"ServiceNamespace": "sagemaker"}
    resource = {**mine, "ResourceId": f"inference-component/{stack}-c"}
    (target,) = scaling.describe_scalable_targets(**mine, ResourceIds=[resource["ResourceId"]])[
        "ScalableTargets"
    ]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (0, 3)
    tags = scaling.list_tags_for_resource(ResourceARN=target["ScalableTargetARN"])["Tags"]
    assert tags["team"] == "vision"
    (action,) = scaling.describe_scheduled_actions(**resource)["ScheduledActions"]
    assert action["ScheduledActionName"] == "morning"
    assert action["StartTime"].isoformat() == "2026-01-01T00:00:00+00:00"
    policies = scaling.describe_scaling_policies(**resource)["ScalingPolicies"]
    step, tracking = sorted(policies, key=lambda each: each["PolicyName"])
    config = tracking["TargetTrackingScalingPolicyConfiguration"]
    assert (config["TargetValue"], config["ScaleInCooldown"]) == (300.0, 60)
    alarms = account.client("cloudwatch").describe_alarms(
        AlarmNames=[each["AlarmName"] for each in tracking["Alarms"]]
    )["MetricAlarms"]
    assert {(each["Threshold"], each["EvaluationPeriods"]) for each in alarms} == {(300.0, 3), (270.0, 15)}
    assert step["StepScalingPolicyConfiguration"]["StepAdjustments"][0]["ScalingAdjustment"] == 1
    resources = account.cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
    ids = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in resources}
    assert ids["Target"] == f"{resource['ResourceId']}|{target['ScalableDimension']}|sagemaker"
    assert ids["Tracking"] == tracking["PolicyARN"]

    assert _update(account, stack, hosting.template(stack, doubling)) == "UPDATE_COMPLETE"
    targets = scaling.describe_scalable_targets(**mine, ResourceIds=[resource["ResourceId"]])
    assert targets["ScalableTargets"] == []
    assert scaling.describe_scaling_policies(**resource)["ScalingPolicies"] == []
    left = account.client("cloudwatch").describe_alarms(AlarmNamePrefix="TargetTracking-inference-component")
    assert left["MetricAlarms"] == []


def test_deleting_the_stack_deletes_the_component_before_its_endpoint(
    hosting: ComponentAccount, account: Account, doubling: str
) -> None:
    """Nothing is left: no component, endpoint, configuration, model, or target."""
    name = account.new_name("gone")
    template = json.loads(hosting.template(name, doubling, edit=_scaled))
    account.cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))
    assert account.wait_stack(name) == "CREATE_COMPLETE"
    _delete(account, name)
    sagemaker = account.sagemaker
    assert sagemaker.list_inference_components(NameContains=name)["InferenceComponents"] == []
    assert sagemaker.list_endpoints(NameContains=name)["Endpoints"] == []
    assert sagemaker.list_endpoint_configs(NameContains=name)["EndpointConfigs"] == []
    assert sagemaker.list_models(NameContains=name)["Models"] == []
    targets = account.client("application-autoscaling").describe_scalable_targets(
        ServiceNamespace="sagemaker", ResourceIds=[f"inference-component/{name}-c"]
    )
    assert targets["ScalableTargets"] == []
