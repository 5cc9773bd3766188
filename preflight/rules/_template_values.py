"""Reading synthesized templates: values that may be CloudFormation's functions, and what they lead to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from preflight.templates import SynthesizedTemplates

__all__ = ["Place", "Resource", "Templates", "as_text", "dictionaries", "items", "strings", "templates_of"]

Place = tuple[str, str]
"""A template's path and a logical id: the place of a finding."""

_UNKNOWN = "${}"


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of a template.

    Attributes:
        place: where it stands.
        type: such as ``AWS::SageMaker::Model``.
        properties: as its template has them.
        metadata: likewise.
    """

    place: Place
    type: str
    properties: Mapping[str, Any]
    metadata: Mapping[str, Any]


class Templates:
    """All templates of a synth, with the references between their resources, over stacks too."""

    def __init__(self, synthesized: SynthesizedTemplates) -> None:
        self._documents = synthesized.documents
        self._resources = {
            (path, logical_id): Resource(
                (path, logical_id),
                str(found.get("Type")),
                _mapping(found.get("Properties")),
                _mapping(found.get("Metadata")),
            )
            for path, logical_id, found in synthesized.resources()
        }

    def of_type(self, *types: str) -> Iterator[Resource]:
        """Yield the resources of ``types``."""
        return (each for each in self._resources.values() if each.type in types)

    def target(self, value: object, path: str) -> Resource | None:
        """Return the resource that ``value``, in the template at ``path``, refers to; None for others."""
        match value:
            case {"Ref": str(logical_id)} | {"Fn::GetAtt": [str(logical_id), *_]}:
                return self._resources.get((path, logical_id))
            case {"Fn::GetAtt": str(attribute)}:
                return self._resources.get((path, attribute.partition(".")[0]))
            case {"Fn::ImportValue": str(name)}:
                return self._exported(name)
            case _:
                return None

    def named(self, value: object, path: str, resource_type: str, name_property: str) -> Resource | None:
        """Return the resource of a type that ``value`` names: by its name, or by a reference to it."""
        if isinstance(value, str):
            found = (
                each for each in self.of_type(resource_type) if each.properties.get(name_property) == value
            )
            return next(found, None)
        target = self.target(value, path)
        return target if target is not None and target.type == resource_type else None

    def _exported(self, name: str) -> Resource | None:
        for path, document in self._documents.items():
            for output in _mapping(document.get("Outputs")).values():
                if _mapping(output.get("Export")).get("Name") == name:
                    return self.target(output.get("Value"), path)
        return None


@lru_cache(maxsize=1)
def templates_of(synthesized: SynthesizedTemplates) -> Templates:
    """Return ``synthesized`` to look up in; all rules share it."""
    return Templates(synthesized)


def as_text(value: object) -> str:
    """Return ``value`` with what only CloudFormation knows written as ``${Name}``."""
    match value:
        case {"Fn::Join": [str(separator), list(parts)]}:
            return separator.join(as_text(part) for part in parts)
        case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), *_]}:
            return text
        case {"Ref": str(name)} | {"Fn::ImportValue": str(name)} | {"Fn::GetAtt": str(name)}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [str(logical_id), str(attribute)]}:
            return f"${{{logical_id}.{attribute}}}"
        case str():
            return value
        case _:
            return _UNKNOWN


def items(value: object) -> Sequence[Any]:
    """Return a list as it is, one thing as a list of it, and nothing as an empty one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def strings(value: object) -> list[str]:
    """Return one value or a list of values as texts."""
    return [as_text(each) for each in items(value)]


def dictionaries(value: object) -> list[Mapping[str, Any]]:
    """Return the objects of a list; none where it is a function, resolved only at deployment."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
