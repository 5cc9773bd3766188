import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from seatrial_hosting import Endpoint, EndpointDashboard, RealtimeEndpoint


@pytest.fixture
def endpoint(stack: cdk.Stack) -> Endpoint:
    """An endpoint that is there already, with capitals in its name."""
    return RealtimeEndpoint.from_endpoint_name(stack, "Endpoint", "Trial-Fast", variant_name="Blue")


def test_an_endpoint_that_is_there_creates_nothing(
    app: cdk.App, stack: cdk.Stack, endpoint: Endpoint
) -> None:
    """Importing by name adds no resource, and keeps the name."""
    assert endpoint.endpoint_name == "Trial-Fast"
    template = app.synth().get_stack_by_name(stack.stack_name).template
    assert template.get("Resources", {}) == {}


def test_the_arn_of_a_name_is_in_lower_case(stack: cdk.Stack, endpoint: Endpoint) -> None:
    """SageMaker writes an endpoint's name in lower case into its ARN, and IAM compares exactly."""
    expected = "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/trial-fast"
    assert stack.resolve(endpoint.endpoint_arn) == expected


def test_streaming_is_granted_by_itself(app: cdk.App, stack: cdk.Stack, endpoint: Endpoint) -> None:
    """`grant_invoke_with_response_stream` allows the other action on the same ARN."""
    role = iam.Role(stack, "Caller", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    endpoint.grant_invoke_with_response_stream(role).assert_success()
    resources = app.synth().get_stack_by_name(stack.stack_name).template["Resources"].values()
    (policy,) = [each["Properties"] for each in resources if each["Type"] == "AWS::IAM::Policy"]
    [statement] = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == "sagemaker:InvokeEndpointWithResponseStream"
    assert statement["Resource"] == stack.resolve(endpoint.endpoint_arn)


def test_invoking_is_granted_for_this_endpoint_only(
    app: cdk.App, stack: cdk.Stack, endpoint: Endpoint
) -> None:
    """`grant_invoke` allows one action on one ARN."""
    role = iam.Role(stack, "Caller", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    endpoint.grant_invoke(role).assert_success()
    resources = app.synth().get_stack_by_name(stack.stack_name).template["Resources"].values()
    (policy,) = [each["Properties"] for each in resources if each["Type"] == "AWS::IAM::Policy"]
    assert policy["PolicyDocument"]["Statement"] == [
        {
            "Action": "sagemaker:InvokeEndpoint",
            "Effect": "Allow",
            "Resource": stack.resolve(endpoint.endpoint_arn),
        }
    ]


@pytest.mark.parametrize(
    ("method", "namespace", "name", "statistic", "unit"),
    [
        ("invocations", "AWS/SageMaker", "Invocations", "Sum", None),
        ("model_latency", "AWS/SageMaker", "ModelLatency", "p99", "Microseconds"),
        ("overhead_latency", "AWS/SageMaker", "OverheadLatency", "Average", "Microseconds"),
        ("4xx_errors", "AWS/SageMaker", "Invocation4XXErrors", "Sum", None),
        ("5xx_errors", "AWS/SageMaker", "Invocation5XXErrors", "Sum", None),
        ("invocations_per_instance", "AWS/SageMaker", "InvocationsPerInstance", "Sum", None),
        ("model_errors", "AWS/SageMaker", "InvocationModelErrors", "Sum", None),
        ("memory_utilization", "/aws/sagemaker/Endpoints", "MemoryUtilization", "Average", "Percent"),
        ("disk_utilization", "/aws/sagemaker/Endpoints", "DiskUtilization", "Average", "Percent"),
        ("gpu_memory_utilization", "/aws/sagemaker/Endpoints", "GPUMemoryUtilization", "Average", "Percent"),
        ("cpu_reservation", "/aws/sagemaker/Endpoints", "CPUReservation", "Average", None),
        ("memory_reservation", "/aws/sagemaker/Endpoints", "MemoryReservation", "Average", None),
        ("gpu_reservation", "/aws/sagemaker/Endpoints", "GPUReservation", "Average", None),
        ("cpu_utilization", "/aws/sagemaker/Endpoints", "CPUUtilization", "Average", "Percent"),
        ("gpu_utilization", "/aws/sagemaker/Endpoints", "GPUUtilization", "Average", "Percent"),
    ],
)
def test_metrics_are_those_sagemaker_publishes(  # noqa: PLR0917 - one column per fact
    app: cdk.App,
    stack: cdk.Stack,
    endpoint: Endpoint,
    method: str,
    namespace: str,
    name: str,
    statistic: str,
    unit: str | None,
) -> None:
    """Namespace, name, dimensions and unit of an alarm on the metric are SageMaker's, minute by minute."""
    metric = getattr(endpoint, f"metric_{method}")()
    metric.create_alarm(stack, "Alarm", threshold=1, evaluation_periods=1)
    (alarm,) = app.synth().get_stack_by_name(stack.stack_name).template["Resources"].values()
    properties = alarm["Properties"]
    assert (properties["Namespace"], properties["MetricName"]) == (namespace, name)
    assert properties["Dimensions"] == [
        {"Name": "EndpointName", "Value": "Trial-Fast"},
        {"Name": "VariantName", "Value": "Blue"},
    ]
    assert statistic in (properties.get("Statistic"), properties.get("ExtendedStatistic"))
    assert properties.get("Unit") == unit
    assert properties["Period"] == 60


def test_statistic_and_period_are_the_callers_to_choose(endpoint: Endpoint) -> None:
    """A metric method's defaults give way to its arguments."""
    metric: Any = endpoint.metric_invocations(statistic="SampleCount", period=cdk.Duration.minutes(5))
    assert metric.statistic == "SampleCount"
    assert metric.period.to_seconds() == 300


def test_a_dashboard_shows_requests_latency_errors_and_use(
    app: cdk.App, stack: cdk.Stack, endpoint: Endpoint
) -> None:
    """Every metric is the variant's; percentiles are asked of the one metric that is documented with them."""
    EndpointDashboard(stack, "Dashboard", dashboard_name="board", endpoint=endpoint)
    [dashboard] = app.synth().get_stack_by_name(stack.stack_name).template["Resources"].values()
    assert dashboard["Properties"]["DashboardName"] == "board"
    body = json.loads(dashboard["Properties"]["DashboardBody"])
    shown: dict[tuple[str, str], set[str]] = {}
    for widget in body["widgets"]:
        properties = widget["properties"]
        assert (properties["region"], properties["period"]) == ("eu-west-1", 60)
        for namespace, name, *dimensions in properties["metrics"]:
            options = dimensions.pop() if isinstance(dimensions[-1], dict) else {}
            assert dimensions == ["EndpointName", "Trial-Fast", "VariantName", "Blue"]
            shown.setdefault((namespace, name), set()).add(options.get("stat", properties["stat"]))
    requests, use = "AWS/SageMaker", "/aws/sagemaker/Endpoints"
    assert shown == {
        (requests, "Invocations"): {"Sum"},
        (requests, "InvocationsPerInstance"): {"Sum"},
        (requests, "ModelLatency"): {"p50", "p90", "p99"},
        (requests, "OverheadLatency"): {"Average", "Maximum"},
        (requests, "Invocation4XXErrors"): {"Sum"},
        (requests, "Invocation5XXErrors"): {"Sum"},
        (requests, "InvocationModelErrors"): {"Sum"},
        (use, "CPUUtilization"): {"Average"},
        (use, "GPUUtilization"): {"Average"},
        (use, "GPUMemoryUtilization"): {"Average"},
        (use, "MemoryUtilization"): {"Average"},
        (use, "DiskUtilization"): {"Average"},
    }
    places = [(widget["x"], widget["y"]) for widget in body["widgets"]]
    assert len(set(places)) == len(places)


def more_metrics(
    app: cdk.App,
    stack: cdk.Stack,
    endpoint: Endpoint,
    **arguments: Any,  # noqa: ANN401 - passed on
) -> set[tuple[str, ...]]:
    """Return namespace, name and dimensions of what a dashboard shows more for ``arguments``."""
    EndpointDashboard(stack, "Usual", dashboard_name="usual", endpoint=endpoint)
    EndpointDashboard(stack, "Other", dashboard_name="other", endpoint=endpoint, **arguments)
    shown = {}
    for resource in app.synth().get_stack_by_name(stack.stack_name).template["Resources"].values():
        widgets = json.loads(resource["Properties"]["DashboardBody"])["widgets"]
        metrics = [metric for widget in widgets for metric in widget["properties"]["metrics"]]
        named = {tuple(part for part in metric if isinstance(part, str)) for metric in metrics}
        shown[resource["Properties"]["DashboardName"]] = named
    assert shown["usual"] < shown["other"]
    return shown["other"] - shown["usual"]


def test_a_dashboard_of_a_multi_model_endpoint_shows_its_loading(
    app: cdk.App, stack: cdk.Stack, endpoint: Endpoint
) -> None:
    """How often a model was there, how long it took where it wasn't, and how many are loaded."""
    where = ("EndpointName", "Trial-Fast", "VariantName", "Blue")
    assert more_metrics(app, stack, endpoint, loads_models=True) == {
        ("AWS/SageMaker", "ModelCacheHit", *where),
        ("AWS/SageMaker", "ModelLoadingWaitTime", *where),
        ("AWS/SageMaker", "ModelDownloadingTime", *where),
        ("AWS/SageMaker", "ModelLoadingTime", *where),
        ("AWS/SageMaker", "ModelUnloadingTime", *where),
        ("/aws/sagemaker/Endpoints", "LoadedModelCount", *where),
    }


def test_a_dashboard_of_several_containers_shows_each(
    app: cdk.App, stack: cdk.Stack, endpoint: Endpoint
) -> None:
    """Whose latency and whose failures they are."""
    where = ("EndpointName", "Trial-Fast", "VariantName", "Blue", "ContainerName")
    assert more_metrics(app, stack, endpoint, container_names=("one", "two")) == {
        ("AWS/SageMaker", metric, *where, name)
        for metric in ("ContainerLatency", "Invocation5XXErrors")
        for name in ("one", "two")
    }
