"""What is allowed at a path, in words, from the JSON Schema of deployment files."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from spec._document import DocumentPath
from spec._suggest import near_options
from spec.schema import deployment_schema

__all__ = ["KEY", "Allowed", "without_tags"]

KEY = "[key]"
"""What pydantic appends to a path when the key of an entry is wrong, rather than its value."""

_LISTED = 12
_SINGLE_VALUES = {"string": "text", "number": "a number", "boolean": "true or false", "null": "null"}


class Allowed:
    """What the schema says about one path."""

    def __init__(self, path: DocumentPath) -> None:
        self._node = _node_at(path)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the mapping at this path, required ones first; empty where names are free."""
        properties, required = self._node.get("properties", {}), self._node.get("required", [])
        return (*required, *(key for key in properties if key not in required))

    @property
    def options(self) -> tuple[str | int, ...]:
        """The values that are allowed, where they can be listed."""
        node = self._node
        return (node["const"],) if "const" in node else tuple(node.get("enum", ()))

    def words(self, value: object = None) -> str:
        """Return what is allowed as the end of a sentence; of many options those near ``value``."""
        return _words(self._node, value)


def without_tags(path: DocumentPath) -> DocumentPath:
    """Return pydantic's ``path`` as the file has it: without the names of the kinds it chose on the way."""
    node, kept = deployment_schema(), []
    for part in path:
        if part in _tags(node):
            node = _resolve({"$ref": _tags(node)[part]})
        else:
            kept.append(part)
            node = _child(node, part)
    return tuple(kept)


def _words(node: dict[str, Any], value: object = None) -> str:
    if _tags(node):
        return (
            f"a mapping whose {node['discriminator']['propertyName']} is {' or '.join(map(str, _tags(node)))}"
        )
    if "enum" in node or "const" in node:
        return _option_words([node["const"]] if "const" in node else node["enum"], value)
    kind = node.get("type", "object")
    if isinstance(kind, list):
        return ", ".join(_SINGLE_VALUES[each] for each in kind)
    return _WORDS_BY_TYPE[kind](node)


def _list_words(node: dict[str, Any]) -> str:
    least = f" of at least {node['minItems']}" if "minItems" in node else ""
    most = f" and at most {node['maxItems']}" if "maxItems" in node else ""
    distinct = ", no two alike" if node.get("uniqueItems") else ""
    return f"a list{least}{most}{distinct}, each {_words(_resolve(node['items']))}"


def _mapping_words(node: dict[str, Any]) -> str:
    if "properties" in node:
        return f"a mapping with the keys {', '.join(node['properties'])}"
    least = f"at least {node['minProperties']} " if "minProperties" in node else ""
    most = f"at most {node['maxProperties']} " if "maxProperties" in node else ""
    return f"a mapping of {least}{most}entries"


def _text_words(node: dict[str, Any]) -> str:
    words = str(node.get("patternErrorMessage", "text"))
    return f"{words}, at most {node['maxLength']} characters" if "maxLength" in node else words


def _option_words(options: Sequence[str | int], value: object) -> str:
    shown = [json.dumps(each) for each in options]
    if len(shown) <= _LISTED:
        return " or ".join(shown)
    if all(isinstance(each, int) for each in options):
        return ", ".join(shown)
    nearest = [json.dumps(each) for each in near_options(value, options, count=5)] or shown[:_LISTED]
    return f"one of {len(shown)}, such as {', '.join(nearest)}"


def _number_words(node: dict[str, Any]) -> str:
    kind = "a whole number" if node["type"] == "integer" else "a number"
    least = f" from {node['minimum']}" if "minimum" in node else ""
    least = f" above {node['exclusiveMinimum']}" if "exclusiveMinimum" in node else least
    most = f" to {node['maximum']}" if "maximum" in node else ""
    return f"{kind}{least}{most}"


def _node_at(path: DocumentPath) -> dict[str, Any]:
    node = _resolve(deployment_schema())
    for part in path:
        tags = _tags(node)
        node = _resolve({"$ref": tags[part]}) if part in tags else _child(node, part)
    return node


def _tags(node: dict[str, Any]) -> dict[str | int, str]:
    """Return the definitions of the kinds a mapping may be of, by tag; none where there is one kind."""
    tags: dict[str | int, str] = node.get("discriminator", {}).get("mapping", {})
    return tags


def _child(node: dict[str, Any], part: str | int) -> dict[str, Any]:
    if part == KEY:
        return {"type": "string", **node.get("names", {})}
    if isinstance(part, int):
        return _resolve(node.get("items", {}))
    if _tags(node) and part == node["discriminator"]["propertyName"]:
        return {"type": "string", "enum": list(_tags(node))}
    inner = node.get("properties", {}).get(part) or node.get("additionalProperties") or {}
    return _resolve({**_resolve(inner), "names": node.get("propertyNames", {})})


def _resolve(node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in node:
        name = node["$ref"].removeprefix("#/$defs/")
        return {**deployment_schema()["$defs"][name], **{k: v for k, v in node.items() if k != "$ref"}}
    if "anyOf" in node:
        inner = next(each for each in node["anyOf"] if each.get("type") != "null")
        return {**_resolve(inner), **{k: v for k, v in node.items() if k != "anyOf"}}
    return node


_WORDS_BY_TYPE: dict[str, Callable[[dict[str, Any]], str]] = {
    "boolean": lambda _: _SINGLE_VALUES["boolean"],
    "string": _text_words,
    "integer": _number_words,
    "number": _number_words,
    "array": _list_words,
    "object": _mapping_words,
}
