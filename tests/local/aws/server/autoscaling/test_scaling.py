"""Autoscaling that really scales, hour after hour in seconds: the server's clock is moved ahead."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws.client import LocalAws
from tests.local.aws.account import Account
from tests.local.aws.component_account import ComponentAccount
from tests.local.aws.tiny_models import scaling_model_archive

pytestmark = pytest.mark.integration

_NAMESPACE = "sagemaker"
_COPIES = "sagemaker:inference-component:DesiredCopyCount"
_INSTANCES = "sagemaker:variant:DesiredInstanceCount"
_TARGET_VALUE = 10.0


class _Scaled:
    """A component that scales between no copy and three, at ten invocations a minute for each copy."""

    def __init__(self, hosting: ComponentAccount, local_aws: LocalAws, *, minimum: int = 0) -> None:
        self.hosting = hosting
        self.local_aws = local_aws
        self.scaling = hosting.account.client("application-autoscaling")
        self.cloudwatch = hosting.account.client("cloudwatch")
        self.endpoint = hosting.create_endpoint(least=0, most=3)
        artifact = hosting.account.upload(scaling_model_archive(2))
        self.component = hosting.create(
            self.endpoint, artifact, Specification=hosting.specification(artifact, MinMemoryRequiredInMb=9000)
        )
        hosting.wait(self.component)
        self.key = {
            "ServiceNamespace": _NAMESPACE,
            "ResourceId": f"inference-component/{self.component}",
            "ScalableDimension": _COPIES,
        }
        self.scaling.register_scalable_target(**self.key, MinCapacity=minimum, MaxCapacity=3)

    def track(self) -> None:
        """Put the policy on invocations per copy."""
        metric = {"PredefinedMetricType": "SageMakerInferenceComponentInvocationsPerCopy"}
        self.scaling.put_scaling_policy(
            **self.key,
            PolicyName="tracking",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={
                "TargetValue": _TARGET_VALUE,
                "PredefinedMetricSpecification": metric,
                "ScaleInCooldown": 60,
                "ScaleOutCooldown": 60,
            },
        )

    def scale_from_zero(self) -> str:
        """Put the step policy and its alarm, as AWS's guide has them; return the alarm's name."""
        policy = self.scaling.put_scaling_policy(
            **self.key,
            PolicyName="from-zero",
            PolicyType="StepScaling",
            StepScalingPolicyConfiguration={
                "AdjustmentType": "ChangeInCapacity",
                "MetricAggregationType": "Maximum",
                "Cooldown": 60,
                "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
            },
        )
        name = f"{self.component}-no-capacity"
        self.cloudwatch.put_metric_alarm(
            AlarmName=name,
            AlarmActions=[policy["PolicyARN"]],
            Namespace="AWS/SageMaker",
            MetricName="NoCapacityInvocationFailures",
            Dimensions=[{"Name": "InferenceComponentName", "Value": self.component}],
            Statistic="Maximum",
            Period=30,
            EvaluationPeriods=1,
            DatapointsToAlarm=1,
            Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            TreatMissingData="missing",
        )
        return name

    def minutes_of_load(self, minutes: int, per_minute: int) -> None:
        """Let minutes go by with so many requests in each."""
        for _ in range(minutes):
            with ThreadPoolExecutor(4) as pool:
                answers = list(pool.map(lambda _: self.invoke(), range(per_minute)))
            assert set(answers) == {2.0}
            self.local_aws.advance_clock(60)

    def invoke(self) -> float:
        return self.hosting.invoke(self.endpoint, self.component)

    def activities(self) -> list[dict[str, Any]]:
        """Return the scaling activities, oldest first."""
        key = {name: self.key[name] for name in ("ServiceNamespace", "ResourceId", "ScalableDimension")}
        activities: list[dict[str, Any]] = self.scaling.describe_scaling_activities(**key)[
            "ScalingActivities"
        ]
        return activities[::-1]

    def alarm_states(self) -> dict[str, str]:
        """Return the states of the tracking policy's alarms, ``AlarmHigh`` and ``AlarmLow``."""
        prefix = f"TargetTracking-inference-component/{self.component}-"
        alarms = self.cloudwatch.describe_alarms(AlarmNamePrefix=prefix)["MetricAlarms"]
        return {each["AlarmName"].removeprefix(prefix).split("-")[0]: each["StateValue"] for each in alarms}

    def metric(self, name: str, statistic: str) -> list[float]:
        """Return a metric's datapoints of the last day."""
        now = datetime.fromtimestamp(self.local_aws.advance_clock(0), UTC)
        answer = self.cloudwatch.get_metric_statistics(
            Namespace="AWS/SageMaker",
            MetricName=name,
            Dimensions=[{"Name": "InferenceComponentName", "Value": self.component}],
            StartTime=now - timedelta(days=1),
            EndTime=now,
            Period=60,
            Statistics=[statistic],
        )
        points = sorted(answer["Datapoints"], key=lambda each: each["Timestamp"])
        return [each[statistic] for each in points]

    def close(self) -> None:
        self.scaling.deregister_scalable_target(**self.key)
        self.cloudwatch.delete_alarms(AlarmNames=[f"{self.component}-no-capacity"])
        self.hosting.delete_endpoint(self.endpoint)


@pytest.fixture
def scaled(hosting: ComponentAccount, local_aws: LocalAws) -> Iterator[_Scaled]:
    made = _Scaled(hosting, local_aws)
    yield made
    made.close()


@pytest.fixture(scope="module")
def settled(hosting: ComponentAccount, local_aws: LocalAws) -> Iterator[_Scaled]:
    """A component that no test changes."""
    made = _Scaled(hosting, local_aws)
    yield made
    made.close()


def test_a_component_scales_out_in_to_zero_and_up_again(scaled: _Scaled) -> None:
    """Every step of a day shows in the copies, the instances, the alarms and the activities."""
    scaled.track()
    no_capacity = scaled.scale_from_zero()
    hosting, component, endpoint = scaled.hosting, scaled.component, scaled.endpoint

    # Out: 25 invocations a minute for one copy, target 10, three datapoints: three copies, one per instance.
    scaled.minutes_of_load(2, 25)
    assert hosting.copies(component) == (1, 1)
    scaled.minutes_of_load(2, 25)
    assert hosting.copies(component) == (3, 3)
    assert hosting.instances(endpoint) == 3
    (out,) = scaled.activities()
    assert (out["StatusCode"], out["Description"]) == ("Successful", "Setting desired copy count to 3.")
    assert "triggered policy tracking" in out["Cause"]

    # In: no requests; after 15 datapoints nothing is left, and some minutes later no instance.
    scaled.local_aws.advance_clock(12 * 60)
    assert hosting.copies(component) == (3, 3)
    scaled.local_aws.advance_clock(6 * 60)
    assert hosting.copies(component) == (0, 0)
    assert hosting.instances(endpoint) > 0
    scaled.local_aws.advance_clock(12 * 60)
    assert hosting.instances(endpoint) == 0
    assert [each["StatusCode"] for each in scaled.activities()] == ["Successful", "Successful"]

    # Up again: a request fails for want of capacity, its alarm fires, one copy comes, requests are answered.
    with pytest.raises(ClientError, match="has no capacity"):
        scaled.invoke()
    scaled.local_aws.advance_clock(60)
    assert hosting.copies(component) == (1, 1)
    assert hosting.instances(endpoint) == 1
    assert scaled.invoke() == 2.0
    assert "triggered policy from-zero" in scaled.activities()[-1]["Cause"]
    history = scaled.cloudwatch.describe_alarm_history(AlarmName=no_capacity)["AlarmHistoryItems"]
    assert any("to ALARM" in each["HistorySummary"] for each in history)
    assert scaled.metric("NoCapacityInvocationFailures", "Sum") == [1.0]


def test_the_metrics_of_a_component(scaled: _Scaled) -> None:
    """Invocations are counted, and per copy; a minute without any is a zero while there are copies."""
    scaled.local_aws.advance_clock(60)
    scaled.minutes_of_load(1, 7)
    scaled.local_aws.advance_clock(120)
    assert sum(scaled.metric("Invocations", "Sum")) == 7.0
    per_copy = scaled.metric("InvocationsPerCopy", "Sum")
    assert sum(per_copy) == 7.0
    assert per_copy[-1] == 0.0
    assert all(value > 0 for value in scaled.metric("ModelLatency", "Maximum"))
    assert sum(scaled.metric("Invocation5XXErrors", "Sum")) == 0.0


def test_three_datapoints_of_three_are_needed(scaled: _Scaled) -> None:
    """Two minutes above the target, one below, and two above again don't scale out."""
    scaled.track()
    scaled.local_aws.advance_clock(60)
    for per_minute in (25, 25, 1, 25, 25):
        scaled.minutes_of_load(1, per_minute)
    assert scaled.hosting.copies(scaled.component) == (1, 1)
    assert scaled.alarm_states()["AlarmHigh"] == "OK"
    assert scaled.activities() == []


def test_limits_move_a_target_that_is_outside(scaled: _Scaled) -> None:
    """A minimum above the copies that there are is reached at once, and the cause says so."""
    scaled.scaling.register_scalable_target(**scaled.key, MinCapacity=2)
    scaled.local_aws.advance_clock(20)
    assert scaled.hosting.copies(scaled.component) == (2, 2)
    (activity,) = scaled.activities()
    assert activity["Cause"] == "minimum capacity was set to 2"


def test_a_scheduled_action_changes_the_limits_when_its_time_has_come(scaled: _Scaled) -> None:
    """Before, nothing; then the new minimum holds, and the copies follow."""
    now = datetime.fromtimestamp(scaled.local_aws.advance_clock(0), UTC)
    at = (now + timedelta(minutes=30)).replace(microsecond=0, tzinfo=None).isoformat()
    scaled.scaling.put_scheduled_action(
        **scaled.key,
        ScheduledActionName="busy",
        Schedule=f"at({at})",
        ScalableTargetAction={"MinCapacity": 2, "MaxCapacity": 2},
    )
    scaled.local_aws.advance_clock(28 * 60)
    assert scaled.hosting.copies(scaled.component) == (1, 1)
    scaled.local_aws.advance_clock(3 * 60)
    assert scaled.hosting.copies(scaled.component) == (2, 2)


def test_suspended_scaling_does_nothing(scaled: _Scaled) -> None:
    """With DynamicScalingOutSuspended the alarm fires, and nothing is scaled."""
    scaled.track()
    scaled.scaling.register_scalable_target(**scaled.key, SuspendedState={"DynamicScalingOutSuspended": True})
    scaled.minutes_of_load(4, 25)
    assert scaled.alarm_states()["AlarmHigh"] == "ALARM"
    assert scaled.hosting.copies(scaled.component) == (1, 1)


def test_an_ordinary_endpoint_scales_its_instances(
    account: Account, hosting: ComponentAccount, local_aws: LocalAws
) -> None:
    """Invocations per instance above the target add instances, and an update that retains them keeps them."""
    name = account.new_name("scaling")
    config = account.create_config(account.create_model(account.upload(scaling_model_archive(2))))
    account.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=config)
    account.wait_endpoint(name, "InService")
    scaling = account.client("application-autoscaling")
    key = {
        "ServiceNamespace": _NAMESPACE,
        "ResourceId": f"endpoint/{name}/variant/AllTraffic",
        "ScalableDimension": _INSTANCES,
    }
    scaling.register_scalable_target(**key, MinCapacity=1, MaxCapacity=4)
    scaling.put_scaling_policy(
        **key,
        PolicyName="tracking",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 10,
            "PredefinedMetricSpecification": {
                "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
            },
        },
    )
    for _ in range(4):
        for _ in range(35):
            account.invoke(name)
        local_aws.advance_clock(60)
    assert hosting.instances(name) == 4
    for retain, expected in ((True, 4), (False, 1)):
        account.sagemaker.update_endpoint(
            EndpointName=name, EndpointConfigName=config, RetainAllVariantProperties=retain
        )
        account.wait_endpoint(name, "InService")
        assert hosting.instances(name) == expected
    scaling.deregister_scalable_target(**key)
    account.sagemaker.delete_endpoint(EndpointName=name)


@pytest.mark.parametrize(
    ("operation", "members", "code", "words"),
    [
        (
            "register_scalable_target",
            {"ResourceId": "inference-component/missing", "MinCapacity": 0, "MaxCapacity": 1},
            "ValidationException",
            "was not found",
        ),
        (
            "register_scalable_target",
            {"MinCapacity": 3, "MaxCapacity": 1},
            "ValidationException",
            "MinCapacity 3",
        ),
        (
            "register_scalable_target",
            {"ScalableDimension": "ecs:service:DesiredCount", "MinCapacity": 0, "MaxCapacity": 1},
            "ValidationException",
            "is not scaled on the laptop",
        ),
        (
            "deregister_scalable_target",
            {"ResourceId": "inference-component/missing"},
            "ObjectNotFoundException",
            "No scalable target registered for service namespace: sagemaker",
        ),
        (
            "delete_scaling_policy",
            {"PolicyName": "p"},
            "ObjectNotFoundException",
            "No scaling policy p found",
        ),
        (
            "put_scaling_policy",
            {"PolicyName": "p", "PolicyType": "PredictiveScaling"},
            "ValidationException",
            "PolicyType PredictiveScaling",
        ),
        (
            "put_scaling_policy",
            {"PolicyName": "p", "PolicyType": "StepScaling"},
            "ValidationException",
            "StepScalingPolicyConfiguration is required",
        ),
        (
            "put_scaling_policy",
            {
                "PolicyName": "p",
                "PolicyType": "TargetTrackingScaling",
                "TargetTrackingScalingPolicyConfiguration": {
                    "TargetValue": 1,
                    "PredefinedMetricSpecification": {
                        "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
                    },
                },
            },
            "ValidationException",
            "only supports the following predefined metric types",
        ),
        (
            "put_scheduled_action",
            {
                "ScheduledActionName": "a",
                "Schedule": "noon",
                "ScalableTargetAction": {"MinCapacity": 1},
            },
            "ValidationException",
            "'noon' is no schedule",
        ),
    ],
)
def test_what_autoscaling_refuses(
    settled: _Scaled, operation: str, members: dict[str, Any], code: str, words: str
) -> None:
    """Each wrong request is refused with AWS's code, in words that name what is wrong."""
    with pytest.raises(ClientError) as refused:
        getattr(settled.scaling, operation)(**{**settled.key, **members})
    assert refused.value.response["Error"]["Code"] == code
    assert words in refused.value.response["Error"]["Message"]
