"""The endpoint whose instances components share."""

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest

from seatrial_hosting import (
    ComponentEndpoint,
    HostingError,
    PrefixAwareRouting,
    PrivateNetwork,
    RoutingStrategy,
    ScaleIn,
    ScaleInStrategy,
    Scaling,
    ScalingMetric,
    ScheduledAction,
    SharedInstances,
    TargetTracking,
)

Resources = dict[str, dict[str, Any]]
Find = Callable[[cdk.Stack, str], Resources]
Make = Callable[..., ComponentEndpoint]


@pytest.fixture
def make(stack: cdk.Stack, network: PrivateNetwork) -> Make:
    """Make an endpoint in ``stack``; arguments replace the usual ones."""

    def endpoint(**arguments: Any) -> ComponentEndpoint:  # noqa: ANN401 - passed on
        usual: dict[str, Any] = {
            "endpoint_name": "shared",
            "network": network,
            "instances": SharedInstances(["ml.g5.2xlarge"], 0, 4),
        }
        return ComponentEndpoint(stack, "Endpoint", **(usual | arguments))

    return endpoint


def config_of(stack: cdk.Stack, find: Find) -> dict[str, Any]:
    """Return the properties of the one endpoint config."""
    [config] = find(stack, "AWS::SageMaker::EndpointConfig").values()
    properties: dict[str, Any] = config["Properties"]
    return properties


def test_the_config_has_a_role_and_no_model(make: Make, stack: cdk.Stack, find: Find) -> None:
    """Components are refused on a variant with a model; without one the config needs a role."""
    make()
    config = config_of(stack, find)
    [variant] = config["ProductionVariants"]
    assert "ModelName" not in variant
    assert config["ExecutionRoleArn"]["Fn::GetAtt"][1] == "Arn"
    assert "EndpointConfigName" not in config
    assert config["EnableNetworkIsolation"] is True
    assert len(config["VpcConfig"]["Subnets"]) == 2


def test_instances_are_managed_and_begin_with_one(make: Make, stack: cdk.Stack, find: Find) -> None:
    """SageMaker takes no initial count of 0, even where the minimum is 0."""
    make(
        instances=SharedInstances(
            ["ml.g5.2xlarge"], 0, 4, scale_in=ScaleIn(ScaleInStrategy.CONSOLIDATION, 2, 5)
        )
    )
    [variant] = config_of(stack, find)["ProductionVariants"]
    assert variant["InstanceType"] == "ml.g5.2xlarge"
    assert variant["InitialInstanceCount"] == 1
    assert variant["ManagedInstanceScaling"] == {
        "Status": "ENABLED",
        "MinInstanceCount": 0,
        "MaxInstanceCount": 4,
        "ScaleInPolicy": {"Strategy": "CONSOLIDATION", "MaximumStepSize": 2, "CooldownInMinutes": 5},
    }


def test_several_types_are_pools_by_priority(make: Make, stack: cdk.Stack, find: Find) -> None:
    """The first type is the one SageMaker tries first."""
    make(instances=SharedInstances(["ml.g5.2xlarge", "ml.g4dn.2xlarge"], 1, 4))
    [variant] = config_of(stack, find)["ProductionVariants"]
    assert "InstanceType" not in variant
    assert variant["InstancePools"] == [
        {"InstanceType": "ml.g5.2xlarge", "Priority": 1},
        {"InstanceType": "ml.g4dn.2xlarge", "Priority": 2},
    ]


def test_a_new_config_keeps_the_number_of_instances(make: Make, stack: cdk.Stack, find: Find) -> None:
    """A deploy never undoes what scaling did."""
    make()
    [endpoint] = find(stack, "AWS::SageMaker::Endpoint").values()
    assert endpoint["Properties"]["RetainAllVariantProperties"] is True


def test_the_variant_may_be_scaled_instead(make: Make, stack: cdk.Stack, find: Find) -> None:
    """The other way: Application Auto Scaling on the variant, without managed instance scaling."""
    endpoint = make(instances=SharedInstances(["ml.g5.2xlarge"], 1, 4, managed=False))
    endpoint.scale_instances(Scaling(1, 4, TargetTracking(ScalingMetric.INVOCATIONS_PER_INSTANCE, 100)))
    [variant] = config_of(stack, find)["ProductionVariants"]
    assert "ManagedInstanceScaling" not in variant
    [target] = find(stack, "AWS::ApplicationAutoScaling::ScalableTarget").values()
    assert target["Properties"]["ResourceId"] == "endpoint/shared/variant/AllTraffic"
    assert target["DependsOn"] == list(find(stack, "AWS::SageMaker::Endpoint"))


def test_a_scheduled_action_never_takes_the_variant_to_zero(make: Make) -> None:
    """Only managed instance scaling goes to 0 instances; an action is told by its name."""
    endpoint = make(instances=SharedInstances(["ml.g5.2xlarge"], 1, 4, managed=False))
    night = ScheduledAction("night", "cron(0 22 * * ? *)", minimum=0, maximum=2)
    with pytest.raises(HostingError, match="the scheduled action 'night' goes to 0; it is at least 1"):
        endpoint.scale_instances(Scaling(1, 4, None, [night]))


def test_prefix_aware_routing_has_its_settings(make: Make, stack: cdk.Stack, find: Find) -> None:
    """PREFIX_AWARE comes with both its numbers."""
    make(routing_strategy=RoutingStrategy.PREFIX_AWARE, prefix_aware=PrefixAwareRouting(2048, 16))
    [variant] = config_of(stack, find)["ProductionVariants"]
    assert variant["RoutingConfig"] == {
        "RoutingStrategy": "PREFIX_AWARE",
        "PrefixAwareRoutingConfig": {"PrefixLength": 2048, "ConcurrencyThreshold": 16},
    }


@pytest.mark.parametrize(("instance_type", "encrypted"), [("ml.g5.2xlarge", False), ("ml.m5.xlarge", True)])
def test_volumes_are_encrypted_where_they_take_a_key(
    make: Make, stack: cdk.Stack, find: Find, instance_type: str, *, encrypted: bool
) -> None:
    """One key for volumes and logs; local NVMe disks have one of the hardware."""
    make(instances=SharedInstances([instance_type], 1, 1))
    assert ("KmsKeyId" in config_of(stack, find)) is encrypted
    [key] = find(stack, "AWS::KMS::Key").values()
    [logs] = [each for each in key["Properties"]["KeyPolicy"]["Statement"] if "Sid" in each]
    assert logs["Principal"] == {"Service": "logs.eu-west-1.amazonaws.com"}
    assert logs["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"].endswith(
        ":log-group:/aws/sagemaker/InferenceComponents/*"
    )


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"endpoint_name": "-"}, "endpoint_name is '-'; SageMaker takes at most 63"),
        ({"instances": SharedInstances([], 0, 1)}, "there are 0 instance types; SageMaker takes 1 to 5."),
        ({"instances": SharedInstances(["ml.m5.xlarge"] * 2, 0, 1)}, "an instance type is named twice"),
        ({"instances": SharedInstances(["ml.m5.xlarge"], 2, 1)}, "instances go from 2 to 1; the minimum"),
        (
            {"instances": SharedInstances(["ml.m5.xlarge"], 0, 1, managed=False)},
            "instances go to 0, which only SageMaker's managed instance scaling does",
        ),
        ({"routing_strategy": RoutingStrategy.PREFIX_AWARE}, "PREFIX_AWARE routing needs prefix_aware"),
        ({"prefix_aware": PrefixAwareRouting(1024, 1)}, "prefix_aware is given, and routing is LEAST"),
    ],
)
def test_what_does_not_fit_is_refused(make: Make, arguments: dict[str, Any], problem: str) -> None:
    """Each problem says what was given and what is allowed."""
    with pytest.raises(HostingError) as refused:
        make(**arguments)
    assert problem in str(refused.value)
