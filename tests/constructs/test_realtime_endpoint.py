import json
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_kms as kms

import catalogue
from seatrial_hosting import HostingError, RealtimeEndpoint, RoutingStrategy, TritonModel

Find = Callable[[cdk.Stack, str], dict[str, dict[str, Any]]]
Statements = Callable[[cdk.Stack], dict[str, dict[str, Any]]]
MakeEndpoint = Callable[..., RealtimeEndpoint]

WITH_KEY = "ml.m5.xlarge"
WITH_NVME = "ml.g4dn.xlarge"


@pytest.fixture
def make_endpoint(stack: cdk.Stack, model: TritonModel) -> MakeEndpoint:
    """Make an endpoint in ``stack``; arguments replace the usual ones."""

    def make(**arguments: Any) -> RealtimeEndpoint:  # noqa: ANN401 - passed on
        usual: dict[str, Any] = {"endpoint_name": "trial-fast", "model": model, "instance_type": WITH_NVME}
        return RealtimeEndpoint(stack, "Endpoint", **(usual | arguments))

    return make


@pytest.fixture
def config(stack: cdk.Stack, find: Find) -> Callable[[], dict[str, Any]]:
    """Return the properties of the one endpoint config."""

    def properties() -> dict[str, Any]:
        (each,) = find(stack, "AWS::SageMaker::EndpointConfig").values()
        found: dict[str, Any] = each["Properties"]
        return found

    return properties


def alarm(stack: cdk.Stack, construct_id: str) -> cloudwatch.IAlarm:
    arn = f"arn:aws:cloudwatch:eu-west-1:123456789012:alarm:{construct_id}"
    return cloudwatch.Alarm.from_alarm_arn(stack, construct_id, arn)


def test_the_catalogue_still_has_both_kinds_of_instance() -> None:
    """The tests below stand on one type that takes a volume key and one that takes none."""
    assert catalogue.instance_type(WITH_KEY).takes_volume_kms_key
    assert not catalogue.instance_type(WITH_NVME).takes_volume_kms_key


def test_defaults_are_as_documented(
    make_endpoint: MakeEndpoint, model: TritonModel, stack: cdk.Stack, config: Callable[[], dict[str, Any]]
) -> None:
    """One instance, one variant, least outstanding requests; what is not given is left to SageMaker."""
    make_endpoint()
    assert config() == {
        "ProductionVariants": [
            {
                "VariantName": "AllTraffic",
                "ModelName": stack.resolve(model.model_name),
                "InstanceType": WITH_NVME,
                "InitialInstanceCount": 1,
                "InitialVariantWeight": 1,
                "RoutingConfig": {"RoutingStrategy": "LEAST_OUTSTANDING_REQUESTS"},
            }
        ]
    }


def test_everything_given_reaches_the_variant(
    make_endpoint: MakeEndpoint, config: Callable[[], dict[str, Any]]
) -> None:
    """Count, name, routing, machine image and time-outs are passed on in SageMaker's units."""
    ami = catalogue.inference_amis()[0].name
    make_endpoint(
        instance_count=3,
        variant_name="Blue",
        routing_strategy=RoutingStrategy.RANDOM,
        inference_ami_version=ami,
        container_startup_health_check_timeout=cdk.Duration.minutes(10),
        model_data_download_timeout=cdk.Duration.hours(1),
    )
    (variant,) = config()["ProductionVariants"]
    assert variant["InitialInstanceCount"] == 3
    assert variant["VariantName"] == "Blue"
    assert variant["RoutingConfig"] == {"RoutingStrategy": "RANDOM"}
    assert variant["InferenceAmiVersion"] == ami
    assert variant["ContainerStartupHealthCheckTimeoutInSeconds"] == 600
    assert variant["ModelDataDownloadTimeoutInSeconds"] == 3600


def test_the_endpoint_keeps_its_name_and_the_config_has_none(
    make_endpoint: MakeEndpoint, stack: cdk.Stack, find: Find
) -> None:
    """A replaced config updates the endpoint in place: only the endpoint is called by a name of ours."""
    make_endpoint()
    (name, config) = next(iter(find(stack, "AWS::SageMaker::EndpointConfig").items()))
    (endpoint,) = find(stack, "AWS::SageMaker::Endpoint").values()
    assert "EndpointConfigName" not in config["Properties"]
    assert endpoint["Properties"] == {
        "EndpointName": "trial-fast",
        "EndpointConfigName": {"Fn::GetAtt": [name, "EndpointConfigName"]},
    }


def test_attributes_name_the_endpoint(make_endpoint: MakeEndpoint, stack: cdk.Stack, find: Find) -> None:
    """Name and variant are those given; the ARN is CloudFormation's own."""
    endpoint = make_endpoint(variant_name="Blue")
    (name,) = find(stack, "AWS::SageMaker::Endpoint")
    assert (endpoint.endpoint_name, endpoint.variant_name) == ("trial-fast", "Blue")
    assert stack.resolve(endpoint.endpoint_arn) == {"Ref": name}


def test_volumes_get_a_key_of_their_own(
    make_endpoint: MakeEndpoint,
    stack: cdk.Stack,
    find: Find,
    statements: Statements,
    config: Callable[[], dict[str, Any]],
) -> None:
    """Where the type takes a key, one is created, rotates yearly, and goes a week after the endpoint."""
    make_endpoint(instance_type=WITH_KEY)
    ((name, key),) = find(stack, "AWS::KMS::Key").items()
    assert key["Properties"]["EnableKeyRotation"] is True
    assert key["Properties"]["PendingWindowInDays"] == 7
    assert key["DeletionPolicy"] == "Delete"
    assert config()["KmsKeyId"] == {"Fn::GetAtt": [name, "Arn"]}
    assert statements(stack)["kms:CreateGrant"]["Resource"] == {"Fn::GetAtt": [name, "Arn"]}


def test_a_given_key_is_used(
    make_endpoint: MakeEndpoint, stack: cdk.Stack, find: Find, config: Callable[[], dict[str, Any]]
) -> None:
    """No key is created beside the one that was given."""
    arn = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000"
    make_endpoint(instance_type=WITH_KEY, volume_key=kms.Key.from_key_arn(stack, "Key", arn))
    assert config()["KmsKeyId"] == arn
    assert find(stack, "AWS::KMS::Key") == {}


def test_local_disks_get_no_key(
    make_endpoint: MakeEndpoint, stack: cdk.Stack, find: Find, statements: Statements
) -> None:
    """The hardware encrypts NVMe disks: no key, and no permission for one."""
    assert make_endpoint().volume_key is None
    assert find(stack, "AWS::KMS::Key") == {}
    assert "kms:CreateGrant" not in statements(stack)


def test_the_model_may_write_the_endpoints_logs(
    make_endpoint: MakeEndpoint, stack: cdk.Stack, statements: Statements
) -> None:
    """The endpoint tells the model's role the name of its log group."""
    make_endpoint()
    assert statements(stack)["logs:CreateLogGroup"]["Resource"][0].endswith(
        ":log-group:/aws/sagemaker/Endpoints/trial-fast"
    )


def test_two_endpoints_may_serve_one_model(
    make_endpoint: MakeEndpoint, model: TritonModel, stack: cdk.Stack, find: Find
) -> None:
    """The model's policy holds both log groups, and no Sid twice, which IAM would refuse."""
    make_endpoint()
    RealtimeEndpoint(stack, "Second", endpoint_name="trial-second", model=model, instance_type=WITH_NVME)
    policies = find(stack, "AWS::IAM::Policy").items()
    (policy,) = [each for name, each in policies if name.startswith("ModelRole")]
    statements = policy["Properties"]["PolicyDocument"]["Statement"]
    sids = [each["Sid"] for each in statements if "Sid" in each]
    assert len(sids) == len(set(sids))
    resources = json.dumps(statements)
    assert "Endpoints/trial-fast" in resources
    assert "Endpoints/trial-second" in resources


def test_the_endpoints_log_group_is_sagemakers(
    make_endpoint: MakeEndpoint, stack: cdk.Stack, find: Find
) -> None:
    """A failed deployment takes no log with it: the stack owns the network's flow log group alone."""
    make_endpoint()
    groups = find(stack, "AWS::Logs::LogGroup")
    assert [name for name in groups if name.startswith("Endpoint")] == []


def test_alarms_roll_an_update_back(
    make_endpoint: MakeEndpoint, stack: cdk.Stack, find: Find, statements: Statements
) -> None:
    """With alarms, traffic moves at once, old instances stay for the baking time, and SageMaker may look."""
    make_endpoint(rollback_alarms=[alarm(stack, "Errors")], baking_time=cdk.Duration.minutes(2))
    (endpoint,) = find(stack, "AWS::SageMaker::Endpoint").values()
    assert endpoint["Properties"]["DeploymentConfig"] == {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 120}
        },
        "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "Errors"}]},
    }
    assert statements(stack)["cloudwatch:DescribeAlarms"]["Resource"] == (
        "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:Errors"
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"endpoint_name": "-fast"}, "endpoint_name is '-fast'; SageMaker takes at most 63 letters"),
        ({"endpoint_name": "x" * 64}, "SageMaker takes at most 63 letters, digits and hyphens"),
        ({"variant_name": "all_traffic"}, "variant_name is 'all_traffic'"),
        ({"instance_type": "m5.xlarge"}, "instance_type: 'm5.xlarge' is not among the instance types"),
        ({"instance_count": 0}, "instance_count is 0; an endpoint has at least 1"),
        ({"inference_ami_version": "al2"}, "inference_ami_version is 'al2'; SageMaker has al2-ami"),
        (
            {"model_data_download_timeout": cdk.Duration.seconds(59)},
            "model_data_download_timeout is 59 s; SageMaker takes 60 to 3600 s",
        ),
        (
            {"container_startup_health_check_timeout": cdk.Duration.hours(2)},
            "container_startup_health_check_timeout is 7200 s",
        ),
    ],
)
def test_what_does_not_fit_is_refused(
    make_endpoint: MakeEndpoint, arguments: dict[str, Any], words: str
) -> None:
    """Each wrong argument is named with its value and what is allowed."""
    with pytest.raises(HostingError) as refusal:
        make_endpoint(**arguments)
    assert words in str(refusal.value)
    assert str(refusal.value).startswith("trial/Endpoint: ")


def test_a_key_for_local_disks_is_refused(make_endpoint: MakeEndpoint, stack: cdk.Stack) -> None:
    """A key that would encrypt nothing, or fail the call, is not passed on silently."""
    with pytest.raises(HostingError) as refusal:
        make_endpoint(volume_key=kms.Key(stack, "Key"))
    assert f"volume_key is given, but {WITH_NVME} has local NVMe disks" in str(refusal.value)


def test_too_many_alarms_are_refused(make_endpoint: MakeEndpoint, stack: cdk.Stack) -> None:
    """SageMaker watches ten."""
    with pytest.raises(HostingError) as refusal:
        make_endpoint(rollback_alarms=[alarm(stack, f"Alarm{number}") for number in range(11)])
    assert "rollback_alarms has 11; SageMaker watches at most 10" in str(refusal.value)


def test_the_default_baking_time_is_five_minutes(
    make_endpoint: MakeEndpoint, stack: cdk.Stack, find: Find
) -> None:
    """With alarms and no baking time, the old instances stay for 300 s."""
    make_endpoint(rollback_alarms=[alarm(stack, "Errors")])
    (endpoint,) = find(stack, "AWS::SageMaker::Endpoint").values()
    policy = endpoint["Properties"]["DeploymentConfig"]["BlueGreenUpdatePolicy"]
    assert policy["TrafficRoutingConfiguration"]["WaitIntervalInSeconds"] == 300


def test_a_baking_time_without_alarms_is_refused(make_endpoint: MakeEndpoint) -> None:
    """It would be dropped: nothing is watched meanwhile."""
    with pytest.raises(HostingError) as refusal:
        make_endpoint(baking_time=cdk.Duration.minutes(2))
    (problem,) = refusal.value.problems
    assert problem == (
        "baking_time is 120 s without rollback_alarms, for which alone the old instances wait. Give alarms, "
        "or leave it out."
    )


def test_a_baking_time_above_an_hour_is_refused(make_endpoint: MakeEndpoint, stack: cdk.Stack) -> None:
    """SageMaker waits for an hour at most, which is itself allowed."""
    alarms = [alarm(stack, "Errors")]
    with pytest.raises(HostingError) as refusal:
        make_endpoint(rollback_alarms=alarms, baking_time=cdk.Duration.seconds(3601))
    assert refusal.value.problems == ("baking_time is 3601 s; SageMaker takes at most 3600 s.",)
    stack.node.try_remove_child("Endpoint")
    assert make_endpoint(rollback_alarms=alarms, baking_time=cdk.Duration.hours(1))


def test_all_problems_are_told_at_once(make_endpoint: MakeEndpoint) -> None:
    """An endpoint with three wrong arguments names all three."""
    with pytest.raises(HostingError) as refusal:
        make_endpoint(endpoint_name="", instance_type="none", instance_count=-1)
    assert len(refusal.value.problems) == 3
