"""What SageMaker refuses of a variant for the sake of its instance type.

Sources: API_ProductionVariant of the SageMaker API reference, VolumeSizeInGB and InferenceAmiVersion;
SageMaker developer guide, "Supported algorithms, frameworks, and instances for multi-model endpoints"; for
local storage, the page "Instance store volumes" of the EC2 user guide, and ``volume_size_supported`` of
aws/sagemaker-python-sdk, pulls 3870 and 4828.
"""

import re
from collections.abc import Mapping
from typing import Any

from local.aws.server.container_modes import containers_of, is_multi_model
from local.aws.server.errors import validation_exception

__all__ = ["check_instance_type", "check_multi_model_instance", "has_local_storage"]

_FAMILIES_WITH_LOCAL_STORAGE = frozenset(
    [
        "c5d",
        "c6gd",
        "g4dn",
        "g5",
        "g6",
        "g6e",
        "g7",
        "g7e",
        "m5d",
        "m6gd",
        "p4d",
        "p4de",
        "p5",
        "p5e",
        "p5en",
        "p6-b200",
        "p6-b300",
        "p6e-gb200",
        "r5d",
        "r6gd",
        "r7gd",
        "trn1",
        "trn1n",
        "trn2",
        "dl1",
    ]
)
_GPU = re.compile(r"(g|gr|p)[0-9]")
_NEURON = re.compile(r"(inf|trn)[0-9]")
_MULTI_MODEL_GPU_TYPE = re.compile(r"ml\.(p2\.xlarge|p3\.2xlarge|(g5|g4dn)\.(2|4|8|16)?xlarge)")


def has_local_storage(instance_type: str) -> bool:
    """Whether an instance type keeps its data on local NVMe storage, which a KMS key can't encrypt."""
    return _family(instance_type) in _FAMILIES_WITH_LOCAL_STORAGE


def check_instance_type(request: Mapping[str, Any], variant: Mapping[str, Any], instance_type: str) -> None:
    """Check what a variant and its configuration ask of an instance type.

    Args:
        request: CreateEndpointConfig's.
        variant: one of its variants.
        instance_type: of it.

    Raises:
        AwsError: the type can't have it.
    """
    name = variant["VariantName"]
    if has_local_storage(instance_type):
        if request.get("KmsKeyId"):
            raise validation_exception(
                f"KmsKeyId can't be used with instance type {instance_type} of variant {name}: the "
                "instance type has local storage, which is encrypted by a hardware module on the "
                "instance."
            )
        if variant.get("VolumeSizeInGB"):
            # The words of autogluon/autogluon-cloud pull 50.
            raise validation_exception(
                f"VolumeSizeInGB parameter is not allowed for the selected Instance type {instance_type}"
            )
    ami = variant.get("InferenceAmiVersion") or ""
    if ("-gpu-" in ami and not _GPU.match(_family(instance_type))) or (
        "-neuron-" in ami and not _NEURON.match(_family(instance_type))
    ):
        raise validation_exception(
            f"InferenceAmiVersion {ami} of variant {name} is not supported for instance type {instance_type}."
        )


def check_multi_model_instance(variant: Mapping[str, Any], model: Mapping[str, Any]) -> None:
    """Check that a multi-model container's variant has no GPU, or one of those that AWS names.

    The words are those of aws/sagemaker-python-sdk issue 1323.

    Raises:
        AwsError: it has another.
    """
    instance_type = variant.get("InstanceType") or ""
    if not any(map(is_multi_model, containers_of(model))) or not _GPU.match(_family(instance_type)):
        return
    if not _MULTI_MODEL_GPU_TYPE.fullmatch(instance_type):
        raise validation_exception(f"MultiModel mode is not supported for instance type {instance_type}.")


def _family(instance_type: str) -> str:
    return instance_type.split(".")[1] if "." in instance_type else ""
