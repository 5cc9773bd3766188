"""What SageMaker refuses of variants, quotas and updates, message by message."""

from typing import Any

import pytest

from local.aws.server.deployment_guardrails import check_deployment_config
from local.aws.server.endpoint_quotas import UNLIMITED, EndpointQuotas, instances_of
from local.aws.server.errors import AwsError
from local.aws.server.scope import Scope
from local.aws.server.serverless_variants import check_serverless_config, check_serverless_network
from local.aws.server.service_quotas import ServiceQuotasApi
from local.aws.server.variant_instances import check_instance_type, check_multi_model_instance

SCOPE = Scope("123456789012", "us-east-1")
TYPE = "ml.g4dn.xlarge"
SERVERLESS: dict[str, Any] = {
    "VariantName": "v",
    "ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5},
}
CANARY: dict[str, Any] = {"Type": "CAPACITY_PERCENT", "Value": 50}


def _guardrails(**routing: Any) -> dict[str, Any]:  # noqa: ANN401 - API members
    return {
        "BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": {"WaitIntervalInSeconds": 60, **routing}}
    }


@pytest.mark.parametrize(
    "config",
    [
        None,
        {},
        _guardrails(Type="CANARY", CanarySize=CANARY),
        _guardrails(Type="CANARY", CanarySize={"Type": "INSTANCE_COUNT", "Value": 2}),
        _guardrails(Type="LINEAR", LinearStepSize={"Type": "CAPACITY_PERCENT", "Value": 10}),
        {"RollingUpdatePolicy": {"MaximumBatchSize": CANARY, "WaitIntervalInSeconds": 0}},
    ],
)
def test_an_update_within_its_limits_is_taken(config: dict[str, Any] | None) -> None:
    """Of four instances two at once."""
    check_deployment_config(config, [{"DesiredInstanceCount": 4}])


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (
            {"BlueGreenUpdatePolicy": {"a": 1}, "RollingUpdatePolicy": {"b": 1}},
            "can't have both BlueGreenUpdatePolicy and RollingUpdatePolicy",
        ),
        (_guardrails(CanarySize={**CANARY, "Value": 51}), "CanarySize 51 .* between 1 and 50"),
        (_guardrails(LinearStepSize={**CANARY, "Value": 9}), "LinearStepSize 9 .* between 10 and 50"),
        (
            {"RollingUpdatePolicy": {"MaximumBatchSize": {**CANARY, "Value": 4}, "WaitIntervalInSeconds": 0}},
            "MaximumBatchSize 4 .* between 5 and 50",
        ),
        (
            _guardrails(CanarySize={"Type": "INSTANCE_COUNT", "Value": 3}),
            "CanarySize 3 .* at most 50% of the instance count of every variant, of which one has 4",
        ),
        (
            {
                "BlueGreenUpdatePolicy": {
                    "TrafficRoutingConfiguration": {
                        "WaitIntervalInSeconds": 300,
                        "LinearStepSize": {"Type": "CAPACITY_PERCENT", "Value": 25},
                    },
                    "TerminationWaitInSeconds": 100,
                    "MaximumExecutionTimeoutInSeconds": 1000,
                }
            },
            "MaximumExecutionTimeoutInSeconds 1000 .* which is 1000",
        ),
    ],
)
def test_what_is_refused_of_an_update(config: dict[str, Any], words: str) -> None:
    """Before anything is replaced."""
    with pytest.raises(AwsError, match=words):
        check_deployment_config(config, [{"DesiredInstanceCount": 4}, {"DesiredInstanceCount": 8}])


@pytest.mark.parametrize(
    ("changes", "request_more", "words"),
    [
        ({"InstanceType": TYPE}, {}, "can't have ServerlessConfig and InstanceType"),
        ({"InitialInstanceCount": 1}, {}, "can't have ServerlessConfig and InitialInstanceCount"),
        (
            {"ServerlessConfig": {"MemorySizeInMB": 1500, "MaxConcurrency": 1}},
            {},
            "MemorySizeInMB 1500 of variant v must be one of 1024, 2048",
        ),
        (
            {"ServerlessConfig": {**SERVERLESS["ServerlessConfig"], "ProvisionedConcurrency": 6}},
            {},
            "ProvisionedConcurrency 6 of variant v must not be above MaxConcurrency 5",
        ),
        ({}, {"DataCaptureConfig": {"a": 1}}, "can't be used with DataCaptureConfig"),
        ({}, {"VpcConfig": {"a": 1}}, "can't be used with VpcConfig"),
        ({}, {"ProductionVariants": [SERVERLESS, SERVERLESS]}, "multiple production variants"),
    ],
)
def test_what_is_refused_of_a_serverless_variant(
    changes: dict[str, Any], request_more: dict[str, Any], words: str
) -> None:
    """What excludes it, and what it can't have."""
    variant = {**SERVERLESS, **changes}
    with pytest.raises(AwsError, match=words):
        check_serverless_config({"ProductionVariants": [variant], **request_more}, variant)


def test_a_serverless_variant_alone_is_taken() -> None:
    """So is one with instances, which the check isn't about."""
    check_serverless_config({"ProductionVariants": [SERVERLESS]}, SERVERLESS)
    check_serverless_config({}, {"VariantName": "v", "InstanceType": TYPE})
    check_serverless_network({"VariantName": "v"}, {"VpcConfig": {"a": 1}})


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ({"VpcConfig": {"a": 1}}, "it has a VPC configuration, which"),
        ({"EnableNetworkIsolation": True}, "it has network isolation, which"),
        ({"PrimaryContainer": {"ModelDataSource": {"a": 1}}}, "it has ModelDataSource, which"),
    ],
)
def test_what_is_refused_of_a_serverless_variants_model(model: dict[str, Any], words: str) -> None:
    """SageMaker's developer guide excludes it."""
    with pytest.raises(AwsError, match=words):
        check_serverless_network(SERVERLESS, {"ModelName": "m", **model})


@pytest.mark.parametrize(
    ("instance_type", "variant", "words"),
    [
        ("ml.g5.xlarge", {"VolumeSizeInGB": 10}, "VolumeSizeInGB parameter is not allowed"),
        ("ml.m5.large", {"InferenceAmiVersion": "al2-ami-sagemaker-inference-gpu-2"}, "is not supported for"),
        ("ml.g5.xlarge", {"InferenceAmiVersion": "al2-ami-sagemaker-inference-neuron-2"}, "is not supported"),
    ],
)
def test_what_an_instance_type_cant_have(instance_type: str, variant: dict[str, Any], words: str) -> None:
    """Volumes beside local disks, and images for other accelerators."""
    with pytest.raises(AwsError, match=words):
        check_instance_type({}, {"VariantName": "v", **variant}, instance_type)


@pytest.mark.parametrize(
    "instance_type", ["ml.g5.xlarge", "ml.g4dn.16xlarge", "ml.p3.2xlarge", "ml.m5.large"]
)
def test_many_models_share_some_gpus_and_every_cpu(instance_type: str) -> None:
    """The types with one GPU that AWS names, and all types without."""
    check_multi_model_instance({"InstanceType": instance_type}, {"PrimaryContainer": {"Mode": "MultiModel"}})


@pytest.mark.parametrize("instance_type", ["ml.g5.12xlarge", "ml.p4d.24xlarge", "ml.g6.xlarge"])
def test_many_models_dont_share_other_gpus(instance_type: str) -> None:
    """A container for one model may have any."""
    check_multi_model_instance({"InstanceType": instance_type}, {"PrimaryContainer": {}})
    with pytest.raises(
        AwsError, match=f"^MultiModel mode is not supported for instance type {instance_type}"
    ):
        check_multi_model_instance(
            {"InstanceType": instance_type}, {"PrimaryContainer": {"Mode": "MultiModel"}}
        )


def test_instances_are_counted_by_type() -> None:
    """A serverless variant has none, a managed one begins with the smallest number."""
    counts = instances_of(
        [
            {"InstanceType": TYPE, "InitialInstanceCount": 2},
            {"InstanceType": TYPE, "ManagedInstanceScaling": {"MinInstanceCount": 3}},
            {"InstancePools": [{"InstanceType": "ml.g5.xlarge"}, {"InstanceType": TYPE}]},
            SERVERLESS,
        ]
    )
    assert counts == {TYPE: 5, "ml.g5.xlarge": 1}


def test_beyond_a_quota_the_refusal_is_awss() -> None:
    """What is used, and what was asked for beside it."""
    quotas = EndpointQuotas()
    quotas.check(SCOPE, {TYPE: 100}, {TYPE: 100})
    quotas.set(SCOPE, TYPE, 2)
    quotas.check(SCOPE, {TYPE: 1}, {TYPE: 1, "ml.m5.large": 50})
    quotas.check(SCOPE, {TYPE: 5}, {TYPE: -1})
    quotas.check(Scope("123456789012", "eu-west-1"), {TYPE: 5}, {TYPE: 5})
    with pytest.raises(AwsError) as refused:
        quotas.check(SCOPE, {TYPE: 1}, {TYPE: 2})
    assert refused.value.code == "ResourceLimitExceeded"
    assert refused.value.message.startswith(
        f"The account-level service limit '{TYPE} for endpoint usage' is 2 Instances, with current "
        "utilization of 1 Instances and a request delta of 2 Instances."
    )


def test_a_quota_is_granted_at_once() -> None:
    """It is in force, listed and answered with the new value."""
    quotas = EndpointQuotas()
    api = ServiceQuotasApi(quotas)
    listed = api.call(SCOPE, "ListServiceQuotas", {"ServiceCode": "sagemaker"})["Quotas"]
    quota = next(each for each in listed if each["QuotaName"] == "ml.m5.xlarge for endpoint usage")
    key = {"ServiceCode": "sagemaker", "QuotaCode": quota["QuotaCode"]}
    requested = api.call(SCOPE, "RequestServiceQuotaIncrease", {**key, "DesiredValue": 3.0})["RequestedQuota"]
    assert requested["Status"] == "APPROVED"
    assert requested["DesiredValue"] == 3.0
    assert quotas.value(SCOPE, "ml.m5.xlarge") == 3.0
    assert api.call(SCOPE, "GetServiceQuota", key)["Quota"]["Value"] == 3.0
    defaults = api.call(SCOPE, "ListAWSDefaultServiceQuotas", {"ServiceCode": "sagemaker"})["Quotas"]
    assert {each["Value"] for each in defaults} == {UNLIMITED}


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"ServiceCode": "ec2", "QuotaCode": "L-1"}, "quotas of ec2 aren't there"),
        ({"ServiceCode": "sagemaker", "QuotaCode": "L-00000000"}, "quota L-00000000 does not exist"),
    ],
)
def test_a_quota_that_there_is_not(request_: dict[str, Any], words: str) -> None:
    """Another service's, or another code."""
    with pytest.raises(AwsError, match=words) as refused:
        ServiceQuotasApi(EndpointQuotas()).call(SCOPE, "GetServiceQuota", request_)
    assert refused.value.code == "NoSuchResourceException"
