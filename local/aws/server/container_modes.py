"""What SageMaker asks of a model's containers that are several, or serve several models.

Sources: API_CreateModel and API_ContainerDefinition of the SageMaker API reference; SageMaker developer
guide, "Create a multi-container endpoint", "Multi-model endpoints" and, for what serverless endpoints
exclude, "Deploy models with Amazon SageMaker Serverless Inference".
"""

from collections.abc import Mapping, Sequence
from typing import Any

from local.aws.server.errors import validation_exception

__all__ = [
    "DIRECT",
    "SERIAL",
    "check_containers",
    "check_serverless",
    "container_names",
    "containers_of",
    "execution_mode",
    "is_multi_model",
]

DIRECT, SERIAL = "Direct", "Serial"

_ENVIRONMENT_BYTES = 32 * 1024
"""Of all containers' variables together (API_ContainerDefinition, Environment); what counts is not said."""


def containers_of(model: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a model's containers, in the order that requests pass through them."""
    primary = model.get("PrimaryContainer")
    return [primary] if primary else list(model.get("Containers", []))


def is_multi_model(container: Mapping[str, Any]) -> bool:
    """Whether a container hosts many models."""
    return container.get("Mode") == "MultiModel"


def execution_mode(model: Mapping[str, Any]) -> str:
    """Return how a model's containers are invoked: ``Serial`` or ``Direct``."""
    return str((model.get("InferenceExecutionConfig") or {}).get("Mode", SERIAL))


def container_names(containers: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return each container's hostname; without one it is named after its position."""
    return tuple(
        container.get("ContainerHostname") or f"container-{position}"
        for position, container in enumerate(containers, 1)
    )


def check_containers(request: Mapping[str, Any], containers: Sequence[Mapping[str, Any]]) -> None:
    """Check a CreateModel request's containers against each other.

    Raises:
        AwsError: they can't be one model's.
    """
    mode = execution_mode(request)
    hostnames = [each["ContainerHostname"] for each in containers if each.get("ContainerHostname")]
    several = len(containers) > 1
    if mode == DIRECT and not several:
        raise validation_exception(
            "InferenceExecutionConfig Mode Direct requires more than one container in Containers."
        )
    if several and mode == DIRECT and len(hostnames) < len(containers):
        raise validation_exception(
            "ContainerHostname is required for each container when InferenceExecutionConfig Mode is Direct."
        )
    if several and 0 < len(hostnames) < len(containers):
        raise validation_exception(
            "ContainerHostname must be specified for every container of an inference pipeline, or for none."
        )
    if len(set(hostnames)) < len(hostnames):
        raise validation_exception(f"ContainerHostname must be unique within a model: {hostnames}.")
    multi_model = [each for each in containers if is_multi_model(each)]
    if len(multi_model) > 1 or (multi_model and mode == DIRECT):
        raise validation_exception(
            "Only one container of an inference pipeline can have Mode MultiModel, and none of a model with "
            "InferenceExecutionConfig Mode Direct."
        )
    for container in multi_model:
        _check_multi_model(container)
    size = sum(
        len(f"{name}{value}".encode())
        for container in containers
        for name, value in (container.get("Environment") or {}).items()
    )
    if size > _ENVIRONMENT_BYTES:
        raise validation_exception(
            "The Environment of all containers of a model must not exceed 32 KB together; it has "
            f"{size} bytes."
        )


def check_serverless(variant: Mapping[str, Any], model: Mapping[str, Any]) -> None:
    """Check that a variant's model may be served as the variant says.

    Raises:
        AwsError: a serverless variant has several containers, or one for many models.
    """
    if not variant.get("ServerlessConfig"):
        return
    containers = containers_of(model)
    if len(containers) > 1 or any(map(is_multi_model, containers)):
        raise validation_exception(
            f"Model {model['ModelName']} can't be used with ServerlessConfig of variant "
            f"{variant['VariantName']}: serverless inference supports neither multi-model endpoints nor "
            "inference pipelines."
        )


def _check_multi_model(container: Mapping[str, Any]) -> None:
    if container.get("ModelDataSource"):
        raise validation_exception("ModelDataSource can't be used with multi-model endpoints.")
    if not container.get("ModelDataUrl"):
        raise validation_exception("ModelDataUrl is required in a container with Mode MultiModel.")
