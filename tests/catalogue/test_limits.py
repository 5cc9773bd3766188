"""The limits are those of AWS's own service models."""

import re
from typing import Any

import pytest
from botocore.loaders import Loader

from catalogue import limits


def shapes(service: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = Loader().load_service_model(service, "service-2")["shapes"]
    return found


def test_sagemakers_limits() -> None:
    """Names, time-outs and environments have the limits of SageMaker's service model."""
    model = shapes("sagemaker")
    for name in ("EndpointName", "VariantName"):
        assert model[name]["max"] == limits.ENDPOINT_NAME_MAXIMUM_LENGTH
        assert model[name]["pattern"] == limits.ENDPOINT_NAME_PATTERN.removesuffix("*") + "{0,62}"
    for name in ("ContainerStartupHealthCheckTimeout", "ModelDataDownloadTimeout"):
        shape = model[f"ProductionVariant{name}InSeconds"]
        assert shape["min"] == limits.VARIANT_TIMEOUT_MINIMUM_SECONDS
        assert shape["max"] == limits.VARIANT_TIMEOUT_MAXIMUM_SECONDS
    assert model["EnvironmentMap"]["max"] == limits.ENVIRONMENT_MAXIMUM_ENTRIES
    assert model["EnvironmentKey"]["max"] == limits.ENVIRONMENT_MAXIMUM_LENGTH
    assert model["EnvironmentValue"]["max"] == limits.ENVIRONMENT_MAXIMUM_LENGTH
    assert model["EnvironmentKey"]["pattern"] == limits.VARIABLE_NAME_PATTERN


def test_cloudwatch_logs_retention() -> None:
    """The service model lists the days in its documentation alone; ours are the same."""
    words = shapes("logs")["Days"]["documentation"]
    listed = words.partition("Possible values are: ")[2].partition(".")[0]
    assert tuple(map(int, re.findall("[0-9]+", listed))) == limits.LOG_RETENTION_DAYS


@pytest.mark.integration
def test_an_inline_container_takes_fewer_variables() -> None:
    """CloudFormation's own schema has a lower limit than SageMaker's service model."""
    from cfnlint.schema import PROVIDER_SCHEMA_MANAGER  # noqa: PLC0415 - slow, and only this test needs it

    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(
        "us-east-1", "AWS::SageMaker::InferenceComponent"
    ).schema
    most = schema["definitions"]["EnvironmentMap"]["maxProperties"]
    assert most == limits.INLINE_ENVIRONMENT_MAXIMUM_ENTRIES
