"""Reading the JSON of templates, where any value may be a function that only CloudFormation resolves."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["as_text", "at", "items", "number", "objects", "strings", "structure", "structures", "truth"]

_UNKNOWN = "${}"
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")


def structure(value: object) -> Mapping[str, Any]:
    """Return ``value`` if it is a structure; an empty one where there is none."""
    return value if isinstance(value, dict) else {}


def structures(value: object) -> list[Mapping[str, Any]]:
    """Return the structures of a list; none where only CloudFormation will know them."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def at(data: Any, *path: str) -> Any:  # noqa: ANN401 - a template's JSON
    """Return what stands at ``path``; None where nothing does."""
    for part in path:
        data = data.get(part) if isinstance(data, dict) else None
    return data


def objects(data: Any, *path: str) -> list[Mapping[str, Any]]:  # noqa: ANN401 - a template's JSON
    """Return every structure at ``path``, into each item of the lists on the way."""
    found = structures(data if isinstance(data, list) else [data])
    if not path:
        return found
    return [each for one in found for each in objects(one.get(path[0]), *path[1:])]


def number(data: object, *path: str) -> float | None:
    """Return the number at ``path``; None where there is none, or a function.

    CloudFormation takes a number in quotes for a number (User Guide, "Parameters": Number).
    """
    value = at(data, *path)
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return float(value) if "." in value else int(value)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def truth(value: object) -> bool | None:
    """Return a Boolean, which may be in quotes; None where there is none, or a function."""
    return {"True": True, "true": True, "False": False, "false": False}.get(str(value))


def items(value: object) -> Sequence[Any]:
    """Return a list as it is, one thing as a list of it, and nothing as an empty one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def strings(value: object) -> list[str]:
    """Return one value or a list of values as texts."""
    return [as_text(each) for each in items(value)]


def as_text(value: object) -> str:
    """Return ``value`` as people read it, with what only CloudFormation knows written as ``${Name}``.

    Equal texts of two templates may be different values: ``References.text`` is for comparing.
    """
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
