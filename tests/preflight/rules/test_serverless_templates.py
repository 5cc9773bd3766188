"""The rules about serverless variants in any template."""

from typing import Any

import pytest

from tests.preflight.rules.template_findings import findings, rules_in

MODEL, CONFIG = "AWS::SageMaker::Model", "AWS::SageMaker::EndpointConfig"
PACKED = {"Image": "image", "ModelDataUrl": "s3://bucket/model.tar.gz"}


def serverless(
    model: dict[str, Any] | None = None, config: dict[str, Any] | None = None, **values: object
) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return a serverless variant with its model; ``values`` are its own."""
    variant = {
        "VariantName": "All",
        "ModelName": {"Fn::GetAtt": ["Model", "ModelName"]},
        "ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5, **values},
    }
    return {
        "Model": (MODEL, model or {"PrimaryContainer": PACKED}),
        "Config": (CONFIG, {"ProductionVariants": [variant], **(config or {})}),
    }


def test_sea887_memory_and_concurrency() -> None:
    """Memory is whole gigabytes; what is provisioned is within the largest concurrency."""
    [finding] = findings(serverless(MemorySizeInMB=1500), "SEA887")
    assert finding.what == "MemorySizeInMB is 1500."
    [finding] = findings(serverless(ProvisionedConcurrency=6), "SEA887")
    assert finding.what == "ProvisionedConcurrency is 6, MaxConcurrency 5."
    assert rules_in(serverless(ProvisionedConcurrency=5), "SEA887") == []
    assert rules_in(serverless(MemorySizeInMB={"Ref": "Memory"}), "SEA887") == []


@pytest.mark.parametrize(
    ("model", "config", "words"),
    [
        ({"PrimaryContainer": PACKED, "VpcConfig": {}}, {}, "VpcConfig"),
        ({"PrimaryContainer": PACKED, "EnableNetworkIsolation": True}, {}, "EnableNetworkIsolation"),
        ({"Containers": [PACKED, PACKED]}, {}, "an inference pipeline"),
        ({"PrimaryContainer": {**PACKED, "Mode": "MultiModel"}}, {}, "a multi-model container"),
        ({"PrimaryContainer": {"Image": "i", "ModelDataSource": {}}}, {}, "ModelDataSource"),
        (
            {"PrimaryContainer": {**PACKED, "ImageConfig": {"RepositoryAccessMode": "Vpc"}}},
            {},
            "a private Docker registry",
        ),
        (None, {"VpcConfig": {}}, "VpcConfig"),
        (None, {"DataCaptureConfig": {"DestinationS3Uri": "s3://b/"}}, "DataCaptureConfig"),
        (None, {"ShadowProductionVariants": [{"VariantName": "Other"}]}, "another variant"),
    ],
)
def test_sea888_exclusions(model: dict[str, Any] | None, config: dict[str, Any], words: str) -> None:
    """Each feature that the guide excludes, of the model and of the configuration."""
    [finding] = findings(serverless(model, config), "SEA888")
    assert finding.what == f"The variant 'All' is serverless, and there is {words}."
    assert finding.subject == "Config"


@pytest.mark.parametrize(
    "config", [{}, {"DataCaptureConfig": {"DestinationS3Uri": "s3://b/", "EnableCapture": False}}]
)
def test_sea888_lets_the_rest_pass(config: dict[str, Any]) -> None:
    """One packed model, and capture that is switched off."""
    assert rules_in(serverless(config=config), "SEA888") == []


def test_sea888_is_about_serverless_variants() -> None:
    """The same with instances is nobody's matter here."""
    resources = serverless({"PrimaryContainer": PACKED, "VpcConfig": {}})
    resources["Config"][1]["ProductionVariants"][0].pop("ServerlessConfig")
    assert rules_in(resources, "SEA888") == []
