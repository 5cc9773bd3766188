"""Endpoint configurations that SageMaker refuses."""

from typing import Any

from tests.local.aws.enforced.case import Case
from tests.local.aws.enforced.parts import config, model, of_components, resource, variant

__all__ = ["CONFIG_CASES"]

_MODEL = {"Model": model()}
_MANAGED = {"Status": "ENABLED", "MinInstanceCount": 1, "MaxInstanceCount": 2}
_WITHOUT_INSTANCES = {"InstanceType": None, "InitialInstanceCount": None}


def _serverless(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - CloudFormation's properties
    settings = {"MemorySizeInMB": 2048, "MaxConcurrency": 5, **changes}
    return variant(**_WITHOUT_INSTANCES, ServerlessConfig=settings)


def _case(rule: str, refused: dict[str, Any], words: str, taken: dict[str, Any] | None = None) -> Case:
    return Case(rule, {**_MODEL, "Config": refused}, words, {"Config": taken or config()})


CONFIG_CASES = (
    _case("SEA728", config(variant(ModelName=None)), "ExecutionRoleArn is required", of_components()),
    _case(
        "SEA801",
        config(variant(AcceleratorType="ml.eia2.medium")),
        "Elastic Inference (EI) is no longer available",
    ),
    _case(
        "SEA815",
        config(variant(ManagedInstanceScaling=_MANAGED)),
        "only supported for inference component endpoints",
        of_components(ManagedInstanceScaling=_MANAGED),
    ),
    _case(
        "SEA816",
        of_components(ManagedInstanceScaling={**_MANAGED, "MinInstanceCount": 3}),
        "MinInstanceCount 3",
        of_components(ManagedInstanceScaling=_MANAGED),
    ),
    _case(
        "SEA821",
        config(variant(ContainerStartupHealthCheckTimeoutInSeconds=10)),
        "containerStartupHealthCheckTimeoutInSeconds",
        config(variant(ContainerStartupHealthCheckTimeoutInSeconds=60)),
    ),
    _case(
        "SEA854",
        config(variant(InstanceType="ml.g5.xlarge"), KmsKeyId="alias/volumes"),
        "local storage",
        config(KmsKeyId="alias/volumes"),
    ),
    _case(
        "SEA880", config(variant(), variant()), "must be unique", config(variant(), variant(VariantName="b"))
    ),
    _case(
        "SEA881",
        config(variant(), variant(VariantName="b"), ShadowProductionVariants=[variant(VariantName="shadow")]),
        "ShadowProductionVariants",
        config(variant(), ShadowProductionVariants=[variant(VariantName="shadow")]),
    ),
    _case("SEA882", config(variant(InstanceType=None)), "InstanceType or InstancePools"),
    _case(
        "SEA882",
        config(variant(ServerlessConfig={"MemorySizeInMB": 2048, "MaxConcurrency": 5})),
        "ServerlessConfig",
        config(_serverless()),
    ),
    _case(
        "SEA883",
        config(variant(VolumeSizeInGB=600)),
        "Member must have value less than or equal to 512",
        config(variant(VolumeSizeInGB=512)),
    ),
    _case(
        "SEA884",
        config(*(variant(VariantName=f"v{number}") for number in range(11))),
        "Member must have length less than or equal to 10",
    ),
    _case(
        "SEA885",
        config(variant(InstanceType="ml.g5.xlarge", VolumeSizeInGB=100)),
        "VolumeSizeInGB",
        config(variant(InstanceType="ml.g5.xlarge")),
    ),
    _case("SEA887", config(_serverless(MemorySizeInMB=1500)), "MemorySizeInMB", config(_serverless())),
    _case(
        "SEA887",
        config(_serverless(ProvisionedConcurrency=6)),
        "ProvisionedConcurrency",
        config(_serverless(ProvisionedConcurrency=5)),
    ),
    _case(
        "SEA888",
        config(
            _serverless(),
            DataCaptureConfig={
                "EnableCapture": True,
                "InitialSamplingPercentage": 10,
                "DestinationS3Uri": "s3://artifacts/captured",
                "CaptureOptions": [{"CaptureMode": "Input"}],
            },
        ),
        "DataCaptureConfig",
        config(_serverless()),
    ),
    Case(
        "SEA888",
        {
            "Model": model(EnableNetworkIsolation=True),
            "Config": resource("SageMaker::EndpointConfig", ProductionVariants=[_serverless()]),
        },
        "network isolation",
        {"Model": model()},
    ),
)
