"""What SageMaker refuses about an endpoint for the sake of its inference components and their instances.

Sources: API_UpdateEndpoint, API_UpdateEndpointWeightsAndCapacities and API_DeleteEndpoint of the SageMaker
API reference.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from local.aws.server.errors import validation_exception
from local.aws.server.sagemaker_store import INFERENCE_COMPONENT, Record, SageMakerStore

__all__ = ["check_capacities", "check_components_stay", "check_deletable"]


def check_deletable(store: SageMakerStore, endpoint: Record) -> None:
    """Check that an endpoint hosts no component any more.

    Raises:
        AwsError: it does.
    """
    hosted = sorted(component.name for component in _components_of(store, endpoint))
    if hosted:
        raise validation_exception(
            f'Cannot delete endpoint "{endpoint.arn}": it hosts inference components ({", ".join(hosted)}). '
            "Delete them first."
        )


def check_components_stay(
    store: SageMakerStore, endpoint: Record, variants: Sequence[Mapping[str, Any]]
) -> None:
    """Check that a new configuration's variants still host every component of the endpoint.

    Raises:
        AwsError: one would lose its variant.
    """
    hosting = {each["VariantName"] for each in variants if not each.get("ModelName")}
    for component in _components_of(store, endpoint):
        if component.document["VariantName"] not in hosting:
            raise validation_exception(
                f'Cannot update endpoint "{endpoint.arn}": its new configuration has no variant '
                f"{component.document['VariantName']} for inference component {component.name}."
            )


def check_capacities(endpoint: Record, desired: Sequence[Mapping[str, Any]]) -> None:
    """Check a request's ``DesiredWeightsAndCapacities``.

    Raises:
        AwsError: it is refused.
    """
    variants = {each["VariantName"]: each for each in endpoint.document["ProductionVariants"]}
    for each in desired:
        variant = variants.get(each["VariantName"])
        if variant is None:
            raise validation_exception(
                f"Variant {each['VariantName']} not found for endpoint {endpoint.name}."
            )
        if "DesiredWeight" in each or "DesiredInstanceCount" not in each:
            raise validation_exception("Only DesiredInstanceCount can be changed on the laptop.")
        if (variant.get("ManagedInstanceScaling") or {}).get("Status") == "ENABLED":
            raise validation_exception(
                f"DesiredInstanceCount of variant {each['VariantName']} can't be changed: SageMaker scales "
                "its instances (ManagedInstanceScaling)."
            )


def _components_of(store: SageMakerStore, endpoint: Record) -> list[Record]:
    return [
        component
        for component in store.all(INFERENCE_COMPONENT, endpoint.scope)
        if component.document["EndpointName"] == endpoint.name
    ]
