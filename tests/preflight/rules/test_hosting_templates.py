"""The rules about isolation, network and encryption in any template."""

from typing import Any

import pytest

from tests.preflight.rules.template_findings import findings, rules_in

MODEL, CONFIG = "AWS::SageMaker::Model", "AWS::SageMaker::EndpointConfig"
VPC = {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1", "subnet-2"]}
KEY = "arn:aws:kms:eu-west-1:123456789012:key/1"
EBS_ONLY, WITH_NVME = "ml.m5.xlarge", "ml.g5.xlarge"


def variants(*types: str) -> dict[str, Any]:
    """Return a config's variants on these instance types."""
    return {"ProductionVariants": [{"InstanceType": each} for each in types]}


def pooled(*types: str) -> dict[str, Any]:
    """Return a config with one variant on pools of these types."""
    return {"ProductionVariants": [{"InstancePools": [{"InstanceType": each} for each in types]}]}


@pytest.mark.parametrize("given", [{}, {"EnableNetworkIsolation": False}])
def test_sea851_no_network_isolation(given: dict[str, Any]) -> None:
    """Missing is as bad as false: the API's default is false."""
    [finding] = findings({"It": (MODEL, given)}, "SEA851")
    assert finding.subject == "It"
    assert finding.what in ("EnableNetworkIsolation is missing.", "EnableNetworkIsolation is False.")
    for passing in (True, "true", {"Ref": "Isolated"}):
        assert rules_in({"It": (MODEL, {"EnableNetworkIsolation": passing})}, "SEA851") == []


def test_sea851_configurations_with_a_role() -> None:
    """Components run by their endpoint's configuration; one without a role has models that say it."""
    assert rules_in({"It": (CONFIG, {"ExecutionRoleArn": "arn"})}, "SEA851") == ["It"]
    assert rules_in({"It": (CONFIG, variants(EBS_ONLY))}, "SEA851") == []


def test_sea852_outside_of_a_vpc() -> None:
    """Models and configurations with a role have a VpcConfig."""
    assert rules_in({"It": (MODEL, {}), "Other": (MODEL, {"VpcConfig": VPC})}, "SEA852") == ["It"]
    assert rules_in({"It": (CONFIG, {"ExecutionRoleArn": "arn"})}, "SEA852") == ["It"]
    assert rules_in({"It": (CONFIG, {"ExecutionRoleArn": "arn", "VpcConfig": VPC})}, "SEA852") == []


@pytest.mark.parametrize("properties", [variants(EBS_ONLY), pooled(EBS_ONLY, "ml.c5.large")])
def test_sea853_no_volume_key(properties: dict[str, Any]) -> None:
    """Where every type takes a key, one is missed; the types are named."""
    [finding] = findings({"It": (CONFIG, properties)}, "SEA853")
    assert finding.what.startswith(f"KmsKeyId is missing, and {EBS_ONLY}")
    assert rules_in({"It": (CONFIG, {**properties, "KmsKeyId": KEY})}, "SEA853") == []


@pytest.mark.parametrize(
    "properties",
    [
        variants(WITH_NVME),
        pooled(EBS_ONLY, WITH_NVME),  # no key satisfies both
        variants("ml.next.large"),  # what the catalogue does not know is not judged
        {"ProductionVariants": [{"InstanceType": {"Ref": "Type"}}]},
        {"ProductionVariants": {"Ref": "Variants"}},
        {"ProductionVariants": [{"ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 1}}]},
    ],
)
def test_sea853_lets_pass_what_takes_no_key(properties: dict[str, Any]) -> None:
    """No key is asked for where none can be given, or nothing is known."""
    assert rules_in({"It": (CONFIG, properties)}, "SEA853") == []


def test_sea854_volume_key_refused() -> None:
    """A key for a type with local disks is refused, alone and in a pool."""
    for properties in (variants(WITH_NVME), pooled(EBS_ONLY, WITH_NVME)):
        [finding] = findings({"It": (CONFIG, {**properties, "KmsKeyId": KEY})}, "SEA854")
        assert finding.what == f"KmsKeyId is given, and {WITH_NVME} has local NVMe disks."
    assert rules_in({"It": (CONFIG, {**variants(EBS_ONLY), "KmsKeyId": KEY})}, "SEA854") == []
    assert rules_in({"It": (CONFIG, variants(WITH_NVME))}, "SEA854") == []


@pytest.mark.parametrize(
    ("capture", "found"),
    [
        ({"EnableCapture": True, "DestinationS3Uri": "s3://b"}, ["It"]),
        ({"DestinationS3Uri": "s3://b"}, ["It"]),
        ({"EnableCapture": False, "DestinationS3Uri": "s3://b"}, []),
        ({"EnableCapture": True, "DestinationS3Uri": "s3://b", "KmsKeyId": KEY}, []),
        ({"Ref": "Capture"}, []),
    ],
)
def test_sea855_data_capture_unencrypted(capture: dict[str, Any], found: list[str]) -> None:
    """Requests and answers are captured with a key of the account, or not at all."""
    assert rules_in({"It": (CONFIG, {"DataCaptureConfig": capture})}, "SEA855") == found


def test_sea855_no_capture() -> None:
    """Whoever captures nothing needs no key for it."""
    assert rules_in({"It": (CONFIG, variants(EBS_ONLY))}, "SEA855") == []
