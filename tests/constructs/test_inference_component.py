"""Single components: every property of the resource, scaling, and what they leave to look at."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from seatrial_hosting import (
    CapacitySize,
    ComponentDashboard,
    ComponentObservability,
    ComponentScaling,
    ComponentSpecification,
    ComputeRequirements,
    Endpoint,
    HostingError,
    InferenceComponent,
    InlineContainer,
    MetricsEndpoint,
    Placement,
    PlacementStrategy,
    RollingUpdate,
    Scaling,
    ScalingMetric,
    ScheduledAction,
    TargetTracking,
)
from seatrial_hosting._component_properties import component_properties

Resources = dict[str, dict[str, Any]]
Find = Callable[[cdk.Stack, str], Resources]
Make = Callable[..., InferenceComponent]

SERVED = ComponentSpecification(model_name="model", compute=ComputeRequirements(1024))
WHOLE = ComponentSpecification(
    model_name="model",
    container=InlineContainer("image", "s3://b/a.tar.gz", {"A": "b"}, MetricsEndpoint("/metrics", 10)),
    base_component_name="base",
    compute=ComputeRequirements(1024, 2048, 0.25, 1),
    container_startup_health_check_timeout_seconds=60,
    model_data_download_timeout_seconds=60,
    data_cache=False,
    placement=Placement(PlacementStrategy.SPREAD, 0),
)
ROLLING = RollingUpdate(CapacitySize.percent(50), 0, 600, CapacitySize.copies(1), ("alarm",))


@pytest.fixture
def endpoint(stack: cdk.Stack) -> Endpoint:
    """An endpoint that is there already."""
    return Endpoint(stack, "Endpoint", endpoint_name="shared")


@pytest.fixture
def make(stack: cdk.Stack, endpoint: Endpoint) -> Make:
    """Make a component in ``stack``; arguments replace the usual ones."""

    def component(**arguments: Any) -> InferenceComponent:  # noqa: ANN401 - passed on
        usual: dict[str, Any] = {"component_name": "it", "endpoint": endpoint, "specification": SERVED}
        return InferenceComponent(stack, "Component", **(usual | arguments))

    return component


def paths(schema: dict[str, Any], node: dict[str, Any], at: str = "") -> Iterator[str]:
    """Yield the path of every property below ``node`` of a CloudFormation schema, references resolved."""
    node = schema["definitions"][node["$ref"].rpartition("/")[2]] if "$ref" in node else node
    if "items" in node:
        yield from paths(schema, node["items"], f"{at}/*")
    for name, each in node.get("properties", {}).items():
        yield f"{at}/{name}"
        yield from paths(schema, each, f"{at}/{name}")


def reached(value: Any, at: str = "") -> Iterator[str]:  # noqa: ANN401 - a template's JSON
    """Yield the path of every property in ``value``."""
    if isinstance(value, list):
        for each in value:
            yield from reached(each, f"{at}/*")
    if isinstance(value, dict):
        for name, each in value.items():
            yield f"{at}/{name}"
            yield from reached(each, f"{at}/{name}")


@pytest.mark.integration
def test_every_property_can_be_reached() -> None:
    """What CloudFormation's schema lets a template write, the settings can say; tags come from the stack."""
    from cfnlint.schema import PROVIDER_SCHEMA_MANAGER  # noqa: PLC0415 - slow, and only this test needs it

    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(
        "eu-west-1", "AWS::SageMaker::InferenceComponent"
    ).schema
    read_only = tuple(each.removeprefix("/properties") for each in schema["readOnlyProperties"])
    wanted = {
        path
        for path in paths(schema, {"properties": schema["properties"]})
        if not path.startswith((*read_only, "/Tags"))
    }
    common: dict[str, Any] = {
        "component_name": "it",
        "endpoint_name": "shared",
        "endpoint_arn": "arn",
        "variant_name": "AllTraffic",
        "copy_count": 1,
        "rolling_update": ROLLING,
    }
    of_types = [replace(WHOLE, instance_type=each, base_component_name=None) for each in ("a", "b")]
    found = {
        *reached(component_properties(specifications=[WHOLE], **common)),
        *reached(component_properties(specifications=of_types, **common)),
    }
    assert {each for each in found if not each.endswith("/Environment/A")} == wanted


def test_a_component_without_a_number_of_copies(make: Make, stack: cdk.Stack, find: Find) -> None:
    """What scaling decides is not in the template: an update has nothing to set the copies back to."""
    make()
    [component] = find(stack, "AWS::SageMaker::InferenceComponent").values()
    assert component["Properties"] == {
        "InferenceComponentName": "it",
        "EndpointName": "shared",
        "VariantName": "AllTraffic",
        "Specification": {
            "ModelName": "model",
            "ComputeResourceRequirements": {"MinMemoryRequiredInMb": 1024},
        },
        "DeploymentConfig": {
            "RollingUpdatePolicy": {
                "MaximumBatchSize": {"Type": "CAPACITY_PERCENT", "Value": 25},
                "WaitIntervalInSeconds": 60,
            }
        },
    }


def test_a_fixed_number_of_copies(make: Make, stack: cdk.Stack, find: Find) -> None:
    """A component that nothing scales has its number in the template."""
    make(copy_count=2)
    [component] = find(stack, "AWS::SageMaker::InferenceComponent").values()
    assert component["Properties"]["RuntimeConfig"] == {"CopyCount": 2}


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"component_name": "a_b"}, "component_name is 'a_b'; SageMaker takes at most 63"),
        ({"component_name": "a" * 64}, "SageMaker takes at most 63"),
        ({"copy_count": 0}, "copy_count is 0; SageMaker creates no component with less than 1."),
        ({"specification": None}, "there are 0 specifications"),
        ({"specifications": [SERVED]}, "of several specifications each has an instance_type of its own"),
        ({"specification": replace(SERVED, instance_type="ml.m5.xlarge")}, "the only specification is for"),
        ({"specification": replace(SERVED, model_name=None)}, "either model_name or container"),
        ({"specification": replace(SERVED, compute=None)}, "a specification has no compute"),
        (
            {"specification": replace(SERVED, base_component_name="base")},
            "an adapter has neither compute nor model_name",
        ),
        (
            {"specification": ComponentSpecification(base_component_name="base")},
            "an adapter has a container with its artifact_url",
        ),
        ({"specification": replace(SERVED, compute=ComputeRequirements(127))}, "memory_mib is 127"),
        (
            {"specification": replace(SERVED, compute=ComputeRequirements(256, 255))},
            "memory_maximum_mib is 255",
        ),
        ({"specification": replace(SERVED, compute=ComputeRequirements(256, cpus=0.2))}, "cpus is 0.2"),
        (
            {"specification": replace(SERVED, compute=ComputeRequirements(256, accelerators=0))},
            "accelerators is 0; SageMaker takes at least 1.",
        ),
        (
            {"specification": replace(SERVED, model_data_download_timeout_seconds=59)},
            "model_data_download_timeout_seconds is 59; SageMaker takes 60 to 3600.",
        ),
        (
            {
                "specification": replace(
                    SERVED,
                    model_name=None,
                    container=InlineContainer("image", "s3://b/a/", {f"V{n}": "" for n in range(17)}),
                )
            },
            "container has 17 variables; CloudFormation takes 16. A Model takes 100. artifact_url is 's3://b/a/'",
        ),
        ({"rolling_update": RollingUpdate(CapacitySize.percent(51))}, "maximum_batch_size in per cent is 51"),
        ({"rolling_update": RollingUpdate(CapacitySize("ALL", 1))}, "a batch size has the type 'ALL'"),
        ({"rolling_update": RollingUpdate(wait_interval_seconds=3601)}, "wait_interval_seconds is 3601"),
        (
            {"rolling_update": RollingUpdate(maximum_execution_timeout_seconds=599)},
            "maximum_execution_timeout_seconds is 599; SageMaker takes 600 to 28800.",
        ),
        (
            {"rolling_update": RollingUpdate(rollback_alarm_names=["a"] * 11)},
            "there are 11 rollback alarms; SageMaker watches 10.",
        ),
    ],
)
def test_what_does_not_fit_is_refused(make: Make, arguments: dict[str, Any], problem: str) -> None:
    """Each problem says what was given and what is allowed."""
    with pytest.raises(HostingError) as refused:
        make(**arguments)
    assert problem in str(refused.value)


def test_invoking_is_granted_for_one_component(make: Make, stack: cdk.Stack, find: Find) -> None:
    """A client of one component can't call the others of the endpoint."""
    user = iam.User(stack, "Client")
    make().grant_invoke(user)
    [policy] = find(stack, "AWS::IAM::Policy").values()
    [statement] = policy["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Action"] == "sagemaker:InvokeEndpoint"
    assert statement["Resource"][0] == "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/shared"
    assert statement["Resource"][1] == {"Ref": next(iter(find(stack, "AWS::SageMaker::InferenceComponent")))}


def test_metrics_are_of_the_component(make: Make) -> None:
    """Every metric is found by the component's name alone."""
    component = make()
    metrics = [getattr(component, name)() for name in dir(component) if name.startswith("metric_")]
    assert len(metrics) == 12
    assert {str(metric.dimensions) for metric in metrics} == {"{'InferenceComponentName': 'it'}"}
    assert component.metric_gpu_utilization().namespace == "/aws/sagemaker/InferenceComponents"
    assert component.metric_no_capacity_failures().metric_name == "NoCapacityInvocationFailures"


TRACKING = TargetTracking(ScalingMetric.CONCURRENT_REQUESTS_PER_COPY, 5, 120, 30)


def test_copies_follow_the_load(make: Make, stack: cdk.Stack, find: Find) -> None:
    """A target after the component, target tracking with both cooldowns, scheduled actions, and no role."""
    night = ScheduledAction("night", "cron(0 22 * * ? *)", "Europe/Paris", maximum=1)
    ComponentScaling(stack, "Scaling", component=make(), scaling=Scaling(1, 3, TRACKING, [night]))
    [component] = find(stack, "AWS::SageMaker::InferenceComponent")
    [(target_id, target)] = find(stack, "AWS::ApplicationAutoScaling::ScalableTarget").items()
    assert target["DependsOn"] == [component]
    assert target["Properties"] == {
        "ServiceNamespace": "sagemaker",
        "ResourceId": "inference-component/it",
        "ScalableDimension": "sagemaker:inference-component:DesiredCopyCount",
        "MinCapacity": 1,
        "MaxCapacity": 3,
        "ScheduledActions": [
            {
                "ScheduledActionName": "night",
                "Schedule": "cron(0 22 * * ? *)",
                "Timezone": "Europe/Paris",
                "ScalableTargetAction": {"MaxCapacity": 1},
            }
        ],
    }
    [policy] = find(stack, "AWS::ApplicationAutoScaling::ScalingPolicy").values()
    assert policy["Properties"]["ScalingTargetId"] == {"Ref": target_id}
    configuration = policy["Properties"]["TargetTrackingScalingPolicyConfiguration"]
    assert configuration == {
        "PredefinedMetricSpecification": {
            "PredefinedMetricType": "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution"
        },
        "TargetValue": 5,
        "ScaleInCooldown": 120,
        "ScaleOutCooldown": 30,
    }
    assert find(stack, "AWS::IAM::Role") == {}


def test_capacity_that_only_grows_and_actions_with_an_end(make: Make, stack: cdk.Stack, find: Find) -> None:
    """Target tracking may leave scale-in to others, and a scheduled action may begin and end."""
    growing = replace(TRACKING, disable_scale_in=True)
    sale = ScheduledAction(
        "sale", "rate(1 day)", minimum=2, start_time="2030-01-01T00:00:00Z", end_time="2030-02-01T00:00:00Z"
    )
    ComponentScaling(stack, "Scaling", component=make(), scaling=Scaling(1, 3, growing, [sale]))
    [target] = find(stack, "AWS::ApplicationAutoScaling::ScalableTarget").values()
    [action] = target["Properties"]["ScheduledActions"]
    assert (action["StartTime"], action["EndTime"]) == ("2030-01-01T00:00:00Z", "2030-02-01T00:00:00Z")
    [policy] = find(stack, "AWS::ApplicationAutoScaling::ScalingPolicy").values()
    assert policy["Properties"]["TargetTrackingScalingPolicyConfiguration"]["DisableScaleIn"] is True


def test_scale_to_zero_is_one_unit(make: Make, stack: cdk.Stack, find: Find) -> None:
    """A minimum of 0 brings the step policy and the alarm that sets it off."""
    ComponentScaling(stack, "Scaling", component=make(), scaling=Scaling(0, 3, TRACKING))
    policies = find(stack, "AWS::ApplicationAutoScaling::ScalingPolicy")
    [(step_id, step)] = [
        each for each in policies.items() if each[1]["Properties"]["PolicyType"] == "StepScaling"
    ]
    assert step["Properties"]["StepScalingPolicyConfiguration"] == {
        "AdjustmentType": "ChangeInCapacity",
        "MetricAggregationType": "Maximum",
        "Cooldown": 60,
        "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
    }
    [alarm] = find(stack, "AWS::CloudWatch::Alarm").values()
    properties = alarm["Properties"]
    assert properties["AlarmActions"] == [{"Ref": step_id}]
    assert properties["MetricName"] == "NoCapacityInvocationFailures"
    assert properties["Dimensions"] == [{"Name": "InferenceComponentName", "Value": "it"}]
    assert (properties["Statistic"], properties["Period"], properties["Threshold"]) == ("Maximum", 30, 1)


def test_a_scheduled_way_to_zero_has_a_way_back(make: Make, stack: cdk.Stack, find: Find) -> None:
    """Where an action lets the copies go to 0, a request brings the first one back."""
    night = ScheduledAction("night", "cron(0 22 * * ? *)", minimum=0)
    ComponentScaling(stack, "Scaling", component=make(), scaling=Scaling(1, 3, TRACKING, [night]))
    [alarm] = find(stack, "AWS::CloudWatch::Alarm").values()
    assert alarm["Properties"]["MetricName"] == "NoCapacityInvocationFailures"


@pytest.mark.parametrize(
    ("scaling", "problem"),
    [
        (Scaling(2, 1, TRACKING), "scaling goes from 2 to 1; the minimum is at least 0"),
        (Scaling(0, 1), "scaling has neither target_tracking nor scheduled_actions"),
        (
            Scaling(0, 1, None, [ScheduledAction("a", "rate(1 day)")]),
            "the scheduled action 'a' changes nothing",
        ),
    ],
)
def test_scaling_that_does_not_fit_is_refused(
    make: Make, stack: cdk.Stack, scaling: Scaling, problem: str
) -> None:
    """Each problem says what was given and what is allowed."""
    with pytest.raises(HostingError) as refused:
        ComponentScaling(stack, "Scaling", component=make(), scaling=scaling)
    assert problem in str(refused.value)


def test_the_log_group_is_the_stack_s(stack: cdk.Stack, endpoint: Endpoint, find: Find) -> None:
    """The group has the name SageMaker writes to, expires, and goes with its stack."""
    watched = ComponentObservability(
        stack, "Watch", component_name="it", endpoint=endpoint, log_retention_days=7
    )
    [group] = find(stack, "AWS::Logs::LogGroup").values()
    assert group["Properties"] == {
        "LogGroupName": "/aws/sagemaker/InferenceComponents/it",
        "RetentionInDays": 7,
    }
    assert group["DeletionPolicy"] == "Delete"
    [alarm] = find(stack, "AWS::CloudWatch::Alarm").values()
    assert alarm["Properties"]["AlarmName"] == watched.alarm_name == "shared-it-server-errors"


def test_observability_that_does_not_fit_is_refused(stack: cdk.Stack, endpoint: Endpoint) -> None:
    """Both problems come at once."""
    with pytest.raises(HostingError) as refused:
        ComponentObservability(
            stack, "W", component_name="it", endpoint=endpoint, log_retention_days=2, errors_per_minute=0
        )
    assert "log_retention_days is 2" in str(refused.value)
    assert "errors_per_minute is 0" in str(refused.value)


def test_a_dashboard_has_a_row_for_each_component(stack: cdk.Stack, endpoint: Endpoint, find: Find) -> None:
    """Copies, latency percentiles, failures and utilisation of each; reservation of the endpoint."""
    ComponentDashboard(
        stack, "Dashboard", dashboard_name="board", endpoint=endpoint, component_names=("one", "two")
    )
    [dashboard] = find(stack, "AWS::CloudWatch::Dashboard").values()
    body = dashboard["Properties"]["DashboardBody"]
    for words in (
        "GPUReservation",
        "InvocationsPerCopy",
        "p99",
        "NoCapacityInvocationFailures",
        "one",
        "two",
    ):
        assert words in body
    assert body.count('"type":"metric"') == 9
