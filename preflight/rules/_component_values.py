"""Looking into the JSON of templates, where any value may be a token that only a deployment resolves."""

from collections.abc import Iterator, Mapping
from typing import Any

from preflight.templates import SynthesizedTemplates

__all__ = ["Place", "at", "components", "dictionaries", "number", "objects", "of_type", "specifications"]

Place = tuple[str, str]
"""A template's path and a logical id."""


def of_type(templates: SynthesizedTemplates, name: str) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """Yield the place and the properties of every resource of the type ``AWS::<name>``."""
    for path, logical_id, resource in templates.resources():
        if resource.get("Type") == f"AWS::{name}":
            yield (path, logical_id), resource.get("Properties", {})


def components(templates: SynthesizedTemplates) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """Yield every inference component."""
    yield from of_type(templates, "SageMaker::InferenceComponent")


def specifications(templates: SynthesizedTemplates) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """Yield every specification of every inference component."""
    for place, properties in components(templates):
        several = properties.get("Specifications")
        alone = [properties.get("Specification")]
        for each in dictionaries([*alone, *(several if isinstance(several, list) else [])]):
            yield place, each


def dictionaries(value: object) -> list[Mapping[str, Any]]:
    """Return the objects of a list; none where it is a token."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def at(data: Any, *path: str) -> Any:  # noqa: ANN401 - a template's JSON
    """Return what stands at ``path``; None where nothing does."""
    for part in path:
        data = data.get(part) if isinstance(data, dict) else None
    return data


def objects(data: Any, *path: str) -> list[Mapping[str, Any]]:  # noqa: ANN401 - a template's JSON
    """Return every object at ``path``, into each item of the lists on the way."""
    found = dictionaries(data) if isinstance(data, list) else dictionaries([data])
    if not path:
        return found
    return [each for one in found for each in objects(one.get(path[0]), *path[1:])]


def number(data: object, *path: str) -> float | None:
    """Return the number at ``path``; None where there is none, or a token."""
    value = at(data, *path)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
