"""An endpoint's production variants, from what a configuration says of them to what is described.

Source: ProductionVariantSummary, VariantProperty and API_UpdateEndpoint of the SageMaker API reference.
"""

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["Variants", "described_variants", "instance_types_of", "retained_variants"]

Variants = list[dict[str, Any]]


def instance_types_of(variant: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a variant's instance types: one, those of its pools, or none where it is serverless."""
    pools = tuple(pool["InstanceType"] for pool in variant.get("InstancePools") or ())
    return (variant["InstanceType"],) if variant.get("InstanceType") else pools


def described_variants(variants: Sequence[Mapping[str, Any]], *, running: bool) -> Variants:
    """Return configured variants in the shape of ``ProductionVariantSummary``.

    Args:
        variants: of an endpoint configuration.
        running: whether their instances are there.
    """
    return [_summary(variant, running=running) for variant in variants]


def retained_variants(
    variants: Variants, described: Sequence[Mapping[str, Any]], request: Mapping[str, Any]
) -> Variants:
    """Return a new configuration's variants as an UpdateEndpoint request wants them: with what they have now.

    Args:
        variants: of the new configuration.
        described: what the endpoint has now.
        request: UpdateEndpoint's.
    """
    if not request.get("RetainAllVariantProperties"):
        return variants
    excluded = {each["VariantPropertyType"] for each in request.get("ExcludeRetainedVariantProperties") or ()}
    now = {each["VariantName"]: each for each in described}
    retained = []
    for variant in variants:
        old, kept = now.get(variant["VariantName"]), dict(variant)
        if old is not None and "DesiredInstanceCount" not in excluded and "InitialInstanceCount" in variant:
            kept["InitialInstanceCount"] = old["DesiredInstanceCount"]
        if old is not None and "DesiredWeight" not in excluded:
            kept["InitialVariantWeight"] = old["DesiredWeight"]
        retained.append(kept)
    return retained


def _summary(variant: Mapping[str, Any], *, running: bool) -> dict[str, Any]:
    weight = variant["InitialVariantWeight"]
    managed = variant.get("ManagedInstanceScaling") or {}
    count = variant.get("InitialInstanceCount", managed.get("MinInstanceCount", 1))
    return {
        "VariantName": variant["VariantName"],
        "CurrentWeight": weight,
        "DesiredWeight": weight,
        "CurrentInstanceCount": count if running else 0,
        "DesiredInstanceCount": count,
        "ManagedInstanceScaling": variant.get("ManagedInstanceScaling"),
        "RoutingConfig": variant.get("RoutingConfig"),
    }
