"""What SageMaker refuses of a serverless variant, beside what its model may be.

Sources: API_ProductionVariantServerlessConfig of the SageMaker API reference (memory in steps of 1 GB,
provisioned concurrency at most the maximum); SageMaker developer guide, "Deploy models with Amazon SageMaker
Serverless Inference", feature exclusions. The words are this server's own.
"""

from collections.abc import Mapping
from typing import Any

from local.aws.server.errors import validation_exception

__all__ = ["check_serverless_config", "check_serverless_network"]

_MEMORY_STEP_MIB = 1024
_OF_INSTANCES = ("InstanceType", "InstancePools", "InitialInstanceCount", "AcceleratorType", "VolumeSizeInGB")


def check_serverless_config(request: Mapping[str, Any], variant: Mapping[str, Any]) -> None:
    """Check a serverless variant and what else its configuration says.

    Args:
        request: CreateEndpointConfig's.
        variant: one of its variants.

    Raises:
        AwsError: they exclude each other.
    """
    serverless = variant.get("ServerlessConfig")
    if not serverless:
        return
    name = variant["VariantName"]
    if given := [each for each in _OF_INSTANCES if variant.get(each)]:
        raise validation_exception(
            f"Variant {name} can't have ServerlessConfig and {', '.join(given)}: a variant is serverless or "
            "has instances."
        )
    memory = serverless["MemorySizeInMB"]
    if memory % _MEMORY_STEP_MIB:
        raise validation_exception(
            f"MemorySizeInMB {memory} of variant {name} must be one of 1024, 2048, 3072, 4096, 5120 and 6144."
        )
    provisioned, most = serverless.get("ProvisionedConcurrency"), serverless["MaxConcurrency"]
    if provisioned is not None and provisioned > most:
        raise validation_exception(
            f"ProvisionedConcurrency {provisioned} of variant {name} must not be above MaxConcurrency {most}."
        )
    excluded = [
        each for each in ("DataCaptureConfig", "VpcConfig", "AsyncInferenceConfig") if request.get(each)
    ]
    if len(request["ProductionVariants"]) > 1 or request.get("ShadowProductionVariants"):
        excluded.append("multiple production variants")
    if excluded:
        raise validation_exception(
            f"Serverless variant {name} can't be used with {', '.join(excluded)}: Serverless Inference does "
            "not support it."
        )


def check_serverless_network(variant: Mapping[str, Any], model: Mapping[str, Any]) -> None:
    """Check a serverless variant's model: it has neither a VPC nor network isolation nor unpacked data.

    Raises:
        AwsError: it has.
    """
    if not variant.get("ServerlessConfig"):
        return
    excluded = []
    if model.get("VpcConfig"):
        excluded.append("a VPC configuration")
    if model.get("EnableNetworkIsolation"):
        excluded.append("network isolation")
    containers = [model.get("PrimaryContainer") or {}, *(model.get("Containers") or ())]
    if any(container.get("ModelDataSource") for container in containers):
        excluded.append("ModelDataSource")
    if excluded:
        raise validation_exception(
            f"Model {model['ModelName']} can't be used with serverless variant {variant['VariantName']}: it "
            f"has {' and '.join(excluded)}, which Serverless Inference does not support."
        )
