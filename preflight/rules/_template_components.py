"""The inference components of templates."""

from collections.abc import Iterator, Mapping
from typing import Any

from preflight.rules._template_references import Place, references_of
from preflight.rules._template_values import structures
from preflight.templates import SynthesizedTemplates

__all__ = ["components", "specifications"]


def components(templates: SynthesizedTemplates) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """Yield the place and the properties of every inference component."""
    return references_of(templates).properties_of("AWS::SageMaker::InferenceComponent")


def specifications(templates: SynthesizedTemplates) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """Yield every specification of every inference component."""
    for place, properties in components(templates):
        several = properties.get("Specifications")
        alone = [properties.get("Specification")]
        for each in structures([*alone, *(several if isinstance(several, list) else [])]):
            yield place, each
