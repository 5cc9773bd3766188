"""The resources of templates, and what values that refer to them come to, over stacks too.

Source: CloudFormation user guide, "Intrinsic function reference".
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from preflight.rules._template_values import structure
from preflight.templates import SynthesizedTemplates

__all__ = ["Place", "References", "Resource", "readable", "references_of"]

Place = tuple[str, str]
"""A resource: its template's path and its logical id. It is the place of a finding, too."""

_IDENTIFYING = frozenset({"GroupId", "Id", "KeyId", "RouteTableId", "SubnetId", "VpcId"})
"""Attributes that are what ``Ref`` of their resource is."""

_REFERENCE = re.compile(r"\{([^#{}]+)#([A-Za-z0-9]+)(?:\.[A-Za-z0-9.]+)?\}")
_SHOWN = re.compile(r"\{[^#{}]+#([A-Za-z0-9]+(?:\.[A-Za-z0-9.]+)?)\}")
_VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")


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


class References:
    """Finds resources, and writes any value of a template as text in which equal texts are equal values.

    A reference to a resource becomes ``{<template's path>#<logical id>}``, with ``.<attribute>`` where the
    attribute is not the resource's id; an import becomes what is exported.
    """

    def __init__(self, templates: SynthesizedTemplates) -> None:
        self._resources = {
            (path, logical_id): Resource(
                (path, logical_id),
                str(found.get("Type")),
                structure(found.get("Properties")),
                structure(found.get("Metadata")),
            )
            for path, logical_id, found in templates.resources()
        }
        self._exports: dict[str, tuple[str, Any]] = {}
        for path, document in templates.documents.items():
            for output in structure(document.get("Outputs")).values():
                exported = structure(output)
                name = structure(exported.get("Export")).get("Name")
                if isinstance(name, str):
                    self._exports[name] = (path, exported.get("Value"))

    def text(self, path: str, value: Any) -> str:  # noqa: ANN401 - a template's JSON
        """Return ``value``, which stands in the template at ``path``."""
        if isinstance(value, str):
            return value
        if isinstance(value, dict) and len(value) == 1:
            ((function, argument),) = value.items()
            written = self._written(path, function, argument)
            if written is not None:
                return written
        return json.dumps(value, sort_keys=True)

    def texts(self, path: str, values: Any) -> tuple[str, ...]:  # noqa: ANN401 - a template's JSON
        """Return the items of a list; a single value is a list of one, nothing one of none."""
        if values is None:
            return ()
        return tuple(self.text(path, each) for each in (values if isinstance(values, list) else [values]))

    def resource(self, text: str) -> Resource | None:
        """Return the resource that ``text`` is the id, name or ARN of; None where no template has it."""
        match = _REFERENCE.fullmatch(text)
        return self._resources.get((match[1], match[2])) if match else None

    def target(self, path: str, value: Any) -> Resource | None:  # noqa: ANN401 - a template's JSON
        """Return the resource that ``value``, in the template at ``path``, refers to; None for others."""
        return self.resource(self.text(path, value))

    def named(self, path: str, value: Any, resource_type: str, name_property: str) -> Resource | None:  # noqa: ANN401 - a template's JSON
        """Return the resource of a type that ``value`` names: by its name, or by a reference to it.

        A name that parameters make up is the same within one template alone.
        """
        if value is None:
            return None
        text = self.text(path, value)
        target = self.resource(text)
        if target is not None:
            return target if target.type == resource_type else None
        found = (
            each
            for each in self.of_type(resource_type)
            if each.properties.get(name_property) is not None
            and self.text(each.place[0], each.properties[name_property]) == text
            and ("{" not in text or each.place[0] == path)
        )
        return next(found, None)

    def of_type(self, *types: str) -> Iterator[Resource]:
        """Yield the resources of ``types``."""
        return (each for each in self._resources.values() if each.type in types)

    def properties_of(self, *types: str) -> Iterator[tuple[Place, Mapping[str, Any]]]:
        """Yield the place and the properties of each resource of ``types``."""
        return ((each.place, each.properties) for each in self.of_type(*types))

    def properties(self, text: str) -> Mapping[str, Any]:
        """Return the properties of the resource that ``text`` refers to; none where no template has it."""
        found = self.resource(text)
        return found.properties if found else {}

    def id_of(self, place: Place) -> str:
        """Return what ``text`` makes of a reference to the resource's id."""
        return f"{{{place[0]}#{place[1]}}}"

    def _written(self, path: str, function: str, argument: Any) -> str | None:  # noqa: ANN401 - a template's JSON
        match function, argument:
            case "Ref", str(name):
                return self._reference(path, name)
            case "Fn::GetAtt", [str(), str()] | str():
                return self._reference(
                    path, *(argument.split(".", 1) if isinstance(argument, str) else argument)
                )
            case "Fn::ImportValue", name:
                exported = self._exports.get(self.text(path, name))
                return self.text(*exported) if exported else f"{{import {self.text(path, name)}}}"
            case "Fn::Join", [str(separator), list(parts)]:
                return separator.join(self.text(path, part) for part in parts)
            case "Fn::Sub", str(pattern):
                return _VARIABLE.sub(lambda match: self._reference(path, *match[1].split(".", 1)), pattern)
        return None

    def _reference(self, path: str, name: str, attribute: str = "") -> str:
        if (path, name) not in self._resources:
            return f"{{{name}{'.' if attribute else ''}{attribute}}}"
        suffix = "" if not attribute or attribute in _IDENTIFYING else f".{attribute}"
        return f"{{{path}#{name}{suffix}}}"


def readable(text: str) -> str:
    """Return ``text`` with each reference in it as people read it: the logical id, with its attribute."""
    return _SHOWN.sub(r"\1", text)


@lru_cache(maxsize=1)
def references_of(templates: SynthesizedTemplates) -> References:
    """Return ``templates`` to look up in; all rules share it."""
    return References(templates)
