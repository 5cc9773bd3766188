"""Templates with one thing taken out: a resource with every reference to it, or a statement of a policy."""

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Removal", "Templates", "removals"]

Templates = Mapping[str, dict[str, Any]]

_GONE = object()


@dataclass(frozen=True)
class Removal:
    """What is left of a deployment's templates.

    Attributes:
        name: what was removed, by its construct's path, and for a statement its Sid or number.
        templates: the rest.
    """

    name: str
    templates: Templates


def removals(templates: Templates) -> Iterator[Removal]:
    """Yield one removal for every resource and for every statement of every policy document."""
    for file, template in templates.items():
        for logical_id, resource in template["Resources"].items():
            name = resource["Metadata"]["aws:cdk:path"].removesuffix("/Resource")
            yield Removal(name, _without_resource(templates, file, logical_id))
            for path, sid in _statements(resource["Properties"]):
                yield Removal(f"{name}#{sid}", _without_statement(templates, file, logical_id, path))


def _without_resource(templates: Templates, file: str, logical_id: str) -> Templates:
    """Return the templates without a resource, and without whatever refers to it, in other stacks too."""
    rest = copy.deepcopy(dict(templates))
    del rest[file]["Resources"][logical_id]
    for resource in rest[file]["Resources"].values():
        if "DependsOn" in resource:
            resource["DependsOn"] = [each for each in resource["DependsOn"] if each != logical_id]
    rest[file] = _pruned(rest[file], {logical_id}, set())
    exports = _exports(templates[file]) - _exports(rest[file])
    return {each: _pruned(template, set(), exports) for each, template in rest.items()}


def _exports(template: Mapping[str, Any]) -> set[str]:
    outputs = template.get("Outputs", {}).values()
    return {each["Export"]["Name"] for each in outputs if "Export" in each and "Value" in each}


def _pruned(value: Any, resources: set[str], exports: set[str]) -> Any:  # noqa: ANN401 - JSON in, JSON out
    """Return ``value`` without what refers to one of ``resources`` or ``exports``.

    A list gets shorter, one of which nothing is left goes; of a joined text nothing is left.
    """
    if isinstance(value, dict):
        if len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::")):
            return _GONE if _mentions(value, resources, exports) else value
        inner = {key: _pruned(each, resources, exports) for key, each in value.items()}
        return {
            key: each for key, each in inner.items() if each is not _GONE and (each != [] or not value[key])
        }
    if isinstance(value, list):
        return [each for each in (_pruned(each, resources, exports) for each in value) if each is not _GONE]
    return value


def _mentions(value: Any, resources: set[str], exports: set[str]) -> bool:  # noqa: ANN401 - JSON in
    if isinstance(value, dict):
        return _refers(value, resources, exports) or _mentions([*value.values()], resources, exports)
    return isinstance(value, list) and any(_mentions(each, resources, exports) for each in value)


def _refers(value: Mapping[str, Any], resources: set[str], exports: set[str]) -> bool:
    if len(value) != 1:
        return False
    ((function, argument),) = value.items()
    return (
        (function == "Ref" and argument in resources)
        or (function == "Fn::GetAtt" and argument[0] in resources)
        or (function == "Fn::ImportValue" and argument in exports)
    )


def _statements(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        for number, statement in enumerate(value.get("Statement", [])):
            yield (*path, "Statement", number), statement.get("Sid") or _words(statement)
        for key, each in value.items():
            if key != "Statement":
                yield from _statements(each, (*path, key))
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from _statements(each, (*path, number))


def _words(statement: Mapping[str, Any]) -> str:
    action = statement["Action"]
    return action if isinstance(action, str) else str(action[0])


def _without_statement(
    templates: Templates, file: str, logical_id: str, path: tuple[str | int, ...]
) -> Templates:
    rest = json.loads(json.dumps(dict(templates)))
    place = rest[file]["Resources"][logical_id]["Properties"]
    for part in path[:-1]:
        place = place[part]
    del place[path[-1]]
    return dict(rest)
