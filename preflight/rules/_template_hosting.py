"""The endpoints of templates with their configurations, and the variants that these have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from preflight.rules._template_references import Place, References, Resource
from preflight.rules._template_values import objects, strings

__all__ = [
    "COMPONENT",
    "CONCURRENCY_DIMENSION",
    "CONFIG",
    "COPIES_DIMENSION",
    "ENDPOINT",
    "INSTANCES_DIMENSION",
    "SCALABLE_TARGET",
    "HostedVariant",
    "config_of",
    "endpoint_named",
    "instance_type_names",
    "variant_of_resource_id",
    "variants",
]

ENDPOINT = "AWS::SageMaker::Endpoint"
CONFIG = "AWS::SageMaker::EndpointConfig"
COMPONENT = "AWS::SageMaker::InferenceComponent"
SCALABLE_TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"

INSTANCES_DIMENSION = "sagemaker:variant:DesiredInstanceCount"
CONCURRENCY_DIMENSION = "sagemaker:variant:DesiredProvisionedConcurrency"
COPIES_DIMENSION = "sagemaker:inference-component:DesiredCopyCount"

_RESOURCE_ID_PARTS = 4


@dataclass(frozen=True, slots=True)
class HostedVariant:
    """One variant of an endpoint configuration.

    Attributes:
        place: of its configuration.
        data: as the template has it.
        shadow: it gets copies of requests, and nobody gets its answers.
    """

    place: Place
    data: Mapping[str, Any]
    shadow: bool

    @property
    def shown(self) -> str:
        """Its name, as findings say it."""
        return f"{'shadow ' if self.shadow else ''}variant {self.data.get('VariantName')!r}"


def variants(config: Resource) -> Iterator[HostedVariant]:
    """Yield the production variants of a configuration, then its shadow variants."""
    for key, shadow in (("ProductionVariants", False), ("ShadowProductionVariants", True)):
        for data in objects(config.properties, key):
            yield HostedVariant(config.place, data, shadow)


def instance_type_names(variant: Mapping[str, Any]) -> list[str]:
    """Return the instance types that a variant may run on: its one, or those of its pools."""
    pools = [pool.get("InstanceType") for pool in objects(variant, "InstancePools")]
    return [name for name in strings([variant.get("InstanceType"), *pools]) if name.startswith("ml.")]


def config_of(references: References, endpoint: Resource) -> Resource | None:
    """Return an endpoint's configuration; None where no template has it."""
    name = endpoint.properties.get("EndpointConfigName")
    return references.named(endpoint.place[0], name, CONFIG, "EndpointConfigName")


def endpoint_named(references: References, path: str, value: Any) -> Resource | None:  # noqa: ANN401 - a template's JSON
    """Return the endpoint that ``value``, in the template at ``path``, names; None for one made elsewhere."""
    return references.named(path, value, ENDPOINT, "EndpointName")


def variant_of_resource_id(
    references: References, target: Resource
) -> tuple[Resource, HostedVariant | None] | None:
    """Return the endpoint and the variant that a scalable target scales.

    Returns:
        The endpoint, and the variant of that name in its configuration, or None where it has no such one.
        None alone where the target is none of a variant's, or no template has the endpoint or its
        configuration, or only CloudFormation knows what the variants are called.
    """
    text = references.text(target.place[0], target.properties.get("ResourceId", ""))
    parts = text.split("/")
    # A reference has the template's path in it, which may hold slashes: the ends alone are looked at.
    if len(parts) < _RESOURCE_ID_PARTS or parts[0] != "endpoint" or parts[-2] != "variant":
        return None
    name = "/".join(parts[1:-2])
    endpoint = references.resource(name) or references.named(target.place[0], name, ENDPOINT, "EndpointName")
    config = config_of(references, endpoint) if endpoint is not None and endpoint.type == ENDPOINT else None
    if endpoint is None or config is None:
        return None
    production = [each for each in variants(config) if not each.shadow]
    for each in production:
        if references.text(config.place[0], each.data.get("VariantName")) == parts[-1]:
            return endpoint, each
    has_names = all(isinstance(each.data.get("VariantName"), str) for each in production)
    return (endpoint, None) if production and has_names else None
