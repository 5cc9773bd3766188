"""A service's API as botocore's own service model describes it.

A request is refused for what the model forbids, in the words of AWS's front end ("1 validation error
detected: ..."); an answer keeps only what the model's output shape declares. Nothing here knows a single
rule that the model doesn't state. The service is SageMaker where none is named.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import botocore.session
from botocore.model import (
    ListShape,
    MapShape,
    OperationModel,
    Shape,
    StructureShape,
)

from local.aws.server.errors import AwsError, validation_exception

__all__ = ["answer_of", "coerce_strings", "operation", "validate_request"]

_UNICODE_CLASSES = {
    r"\p{L}": r"\w",
    r"\p{Z}": r"\s",
    r"\p{N}": r"\d",
    r"\p{Print}": r"[^\x00-\x1f\x7f]",
    r"\uD800\uDC00-\uDBFF\uDFFF": r"\U00010000-\U0010ffff",
}
"""What AWS's patterns say for Java, and Python says otherwise."""
_NUMBERS = {"integer": int, "long": int, "float": float, "double": float}


@cache
def operation(name: str, service: str = "sagemaker") -> OperationModel:
    """Return botocore's model of the service's operation ``name``.

    Raises:
        AwsError: the service has no such operation.
    """
    model = botocore.session.get_session().get_service_model(service)
    if name not in model.operation_names:
        raise AwsError("UnknownOperationException", f"Unknown operation {name}", 404)
    return model.operation_model(name)


def validate_request(name: str, request: Mapping[str, Any], service: str = "sagemaker") -> None:
    """Check a request of operation ``name`` against its input shape.

    Raises:
        AwsError: ``ValidationException`` with every violation, in the words of AWS's front end.
    """
    shape = operation(name, service).input_shape
    violations = list(_violations(shape, request, "")) if shape is not None else []
    if violations:
        plural = "s" if len(violations) > 1 else ""
        raise validation_exception(
            f"{len(violations)} validation error{plural} detected: {'; '.join(violations)}"
        )


def answer_of(name: str, result: Mapping[str, Any], service: str = "sagemaker") -> dict[str, Any]:
    """Return what operation ``name`` answers: ``result`` cut down to its output shape."""
    shape = operation(name, service).output_shape
    return _declared(shape, result) if shape is not None else {}


def coerce_strings(name: str, properties: Mapping[str, Any], service: str = "sagemaker") -> dict[str, Any]:
    """Return CloudFormation's properties with the types of operation ``name``'s input shape.

    CloudFormation hands numbers and booleans over as strings at times, and keys that the API lacks stay as
    they are for the validation to refuse.
    """
    shape = operation(name, service).input_shape
    return dict(_coerced(shape, properties)) if shape is not None else dict(properties)


def _declared(shape: Shape, value: Any) -> Any:  # noqa: ANN401 - a JSON document of any shape
    if isinstance(shape, StructureShape):
        members = shape.members
        return {
            key: _declared(members[key], item)
            for key, item in value.items()
            if key in members and item is not None
        }
    if isinstance(shape, ListShape):
        return [_declared(shape.member, item) for item in value]
    return value


def _coerced(shape: Shape, value: Any) -> Any:  # noqa: ANN401 - a JSON document of any shape
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        members = shape.members
        return {key: _coerced(members[key], item) if key in members else item for key, item in value.items()}
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_coerced(shape.member, item) for item in value]
    if isinstance(shape, MapShape) and isinstance(value, Mapping):
        return {str(key): _coerced(shape.value, item) for key, item in value.items()}
    return _coerced_scalar(shape.type_name, value)


def _coerced_scalar(type_name: str, value: Any) -> Any:  # noqa: ANN401 - a JSON scalar, as it was or coerced
    if type_name == "string" and isinstance(value, bool | int | float):
        return str(value).lower() if isinstance(value, bool) else str(value)
    if type_name == "boolean" and isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower(), value)
    if type_name in _NUMBERS and isinstance(value, str):
        try:
            return _NUMBERS[type_name](value)
        except ValueError:
            return value
    return value


def _violations(shape: Shape, value: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - a JSON document of any shape
    if isinstance(shape, StructureShape):
        yield from _structure_violations(shape, value, path)
    elif isinstance(shape, ListShape):
        yield from _list_violations(shape, value, path)
    elif isinstance(shape, MapShape):
        yield from _map_violations(shape, value, path)
    elif shape.type_name == "string":
        yield from _string_violations(shape, value, path)
    elif shape.type_name in _NUMBERS:
        yield from _number_violations(shape, value, path)
    elif shape.type_name == "boolean" and not isinstance(value, bool):
        yield _wrong_type(path, value, "a boolean")
    elif shape.type_name == "timestamp" and not isinstance(value, int | float):
        yield _wrong_type(path, value, "a time in seconds since the epoch")


def _structure_violations(shape: StructureShape, value: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if not isinstance(value, Mapping):
        yield _wrong_type(path, value, "a structure")
        return
    for name in shape.required_members:
        if value.get(name) is None:
            yield f"Value null at '{_join(path, name)}' failed to satisfy constraint: Member must not be null"
    for name, item in value.items():
        if name not in shape.members:
            yield f"Unknown member '{_join(path, name)}'; known are {', '.join(shape.members)}"
        elif item is not None:
            yield from _violations(shape.members[name], item, _join(path, name))


def _list_violations(shape: ListShape, value: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if not isinstance(value, list):
        yield _wrong_type(path, value, "a list")
        return
    yield from _bounds(shape, len(value), value, path, "have length")
    for index, item in enumerate(value, start=1):
        yield from _violations(shape.member, item, f"{path}.{index}.member")


def _map_violations(shape: MapShape, value: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if not isinstance(value, Mapping):
        yield _wrong_type(path, value, "a map")
        return
    yield from _bounds(shape, len(value), value, path, "have length")
    for key, item in value.items():
        yield from _violations(shape.key, key, f"{path}.key")
        yield from _violations(shape.value, item, f"{path}.{key}.member")


def _string_violations(shape: Shape, value: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if not isinstance(value, str):
        yield _wrong_type(path, value, "a string")
        return
    enum = shape.metadata.get("enum")
    if enum and value not in enum:
        yield _violation(path, value, f"Member must satisfy enum value set: [{', '.join(enum)}]")
    yield from _bounds(shape, len(value), value, path, "have length")
    pattern = shape.metadata.get("pattern")
    if pattern and not _compiled(pattern).fullmatch(value):
        yield _violation(path, value, f"Member must satisfy regular expression pattern: {pattern}")


def _number_violations(shape: Shape, value: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield _wrong_type(path, value, "a number")
        return
    if _NUMBERS[shape.type_name] is int and not isinstance(value, int):
        yield _wrong_type(path, value, "an integer")
        return
    yield from _bounds(shape, value, value, path, "have value")


def _bounds(shape: Shape, size: float, value: object, path: str, verb: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and size < least:
        yield _violation(path, value, f"Member must {verb} greater than or equal to {least}")
    if most is not None and size > most:
        yield _violation(path, value, f"Member must {verb} less than or equal to {most}")


def _violation(path: str, value: object, constraint: str) -> str:
    return f"Value '{value}' at '{path}' failed to satisfy constraint: {constraint}"


def _wrong_type(path: str, value: object, expected: str) -> str:
    return f"Value '{value}' at '{path}' is {type(value).__name__}, not {expected}"


def _join(path: str, name: str) -> str:
    camel = name[:1].lower() + name[1:]
    return f"{path}.{camel}" if path else camel


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    for java, python in _UNICODE_CLASSES.items():
        pattern = pattern.replace(java, python)
    return re.compile(pattern)
