"""What the values of templates come to, as far as that can be said before deployment.

Source: CloudFormation user guide, "Intrinsic function reference".
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from preflight.templates import SynthesizedTemplates

__all__ = ["Place", "References", "structure", "structures"]

Place = tuple[str, str]
"""A resource: its template's path and its logical id."""

_IDENTIFYING = frozenset({"GroupId", "Id", "KeyId", "RouteTableId", "SubnetId", "VpcId"})
"""Attributes that are what ``Ref`` of their resource is."""

_REFERENCE = re.compile(r"\{([^#{}]+)#([A-Za-z0-9]+)(?:\.[A-Za-z0-9.]+)?\}")
_VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")


def structure(value: Any) -> Mapping[str, Any]:  # noqa: ANN401 - a template's JSON
    """Return ``value`` if it is a structure; an empty one where only CloudFormation will know what it is."""
    return value if isinstance(value, dict) else {}


def structures(value: Any) -> list[Mapping[str, Any]]:  # noqa: ANN401 - a template's JSON
    """Return the structures of a list; none where only CloudFormation will know them."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


class References:
    """Writes any value of a template as text in which equal texts are equal values.

    A reference to a resource becomes ``{<template's path>#<logical id>}``, with ``.<attribute>`` where the
    attribute is not the resource's id; an import becomes what is exported.
    """

    def __init__(self, templates: SynthesizedTemplates) -> None:
        self._resources = {
            path: document.get("Resources", {}) for path, document in templates.documents.items()
        }
        self._exports: dict[str, tuple[str, Any]] = {}
        for path, document in templates.documents.items():
            for output in document.get("Outputs", {}).values():
                name = output.get("Export", {}).get("Name")
                if isinstance(name, str):
                    self._exports[name] = (path, output.get("Value"))

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

    def resource(self, text: str) -> tuple[Place, Mapping[str, Any]] | None:
        """Return the resource that ``text`` is the id, name or ARN of; None where no template has it."""
        match = _REFERENCE.fullmatch(text)
        resource = self._resources.get(match[1], {}).get(match[2]) if match else None
        return ((match[1], match[2]), resource) if match and resource is not None else None

    def of_type(self, resource_type: str) -> Iterator[tuple[Place, Mapping[str, Any]]]:
        """Yield each resource of a type and its properties."""
        for path, resources in self._resources.items():
            for logical_id, resource in resources.items():
                if resource.get("Type") == resource_type:
                    yield (path, logical_id), structure(resource.get("Properties"))

    def properties(self, text: str) -> Mapping[str, Any]:
        """Return the properties of the resource that ``text`` refers to; none where no template has it."""
        found = self.resource(text)
        return structure(found[1].get("Properties")) if found else {}

    def id_of(self, place: Place) -> str:
        """Return what ``text`` makes of a reference to the resource's id."""
        return f"{{{place[0]}#{place[1]}}}"

    def _written(self, path: str, function: str, argument: Any) -> str | None:  # noqa: ANN401 - a template's JSON
        match function, argument:
            case "Ref", str(name):
                return self._reference(path, name)
            case "Fn::GetAtt", [str(name), str(attribute)]:
                return self._reference(path, name, attribute)
            case "Fn::ImportValue", name:
                exported = self._exports.get(self.text(path, name))
                return self.text(*exported) if exported else f"{{import {self.text(path, name)}}}"
            case "Fn::Join", [str(separator), list(parts)]:
                return separator.join(self.text(path, part) for part in parts)
            case "Fn::Sub", str(pattern):
                return _VARIABLE.sub(lambda match: self._reference(path, *match[1].split(".", 1)), pattern)
        return None

    def _reference(self, path: str, name: str, attribute: str = "") -> str:
        if name not in self._resources.get(path, {}):
            return f"{{{name}{'.' if attribute else ''}{attribute}}}"
        suffix = "" if not attribute or attribute in _IDENTIFYING else f".{attribute}"
        return f"{{{path}#{name}{suffix}}}"
