"""What a template's intrinsic functions come to in a deployed stack.

Rules: CloudFormation user guide, "Intrinsic function reference" and "Pseudo parameters reference". Every
function that isn't needed is refused by name, so that none is compared unresolved.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

__all__ = ["NO_VALUE", "References", "UnresolvedError", "resolve"]

NO_VALUE = object()
"""What ``{"Ref": "AWS::NoValue"}`` comes to: the property is left out."""

_VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")
_ESCAPED = re.compile(r"\$\{!([^}]*)\}")


class UnresolvedError(AssertionError):
    """A template says something that has no value in the deployed stack."""


class References(Protocol):
    """What the intrinsic functions of one stack's template refer to."""

    def ref(self, name: str) -> object:
        """Return what ``Ref`` of a resource, parameter or pseudo parameter is."""

    def attribute(self, logical_id: str, name: str) -> object:
        """Return what ``Fn::GetAtt`` is."""

    def export(self, name: str) -> object:
        """Return what ``Fn::ImportValue`` is."""

    def zones(self) -> Sequence[str]:
        """Return the availability zones of the stack's region."""


def resolve(value: object, references: References) -> Any:  # noqa: ANN401 - JSON in, JSON out
    """Return ``value`` with every intrinsic function replaced.

    Raises:
        UnresolvedError: an intrinsic function is not known here, or what it refers to does not exist.
    """
    if isinstance(value, Mapping):
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name in _FUNCTIONS:
                return _FUNCTIONS[name](argument, references)
            if name.startswith("Fn::"):
                raise UnresolvedError(f"{name} is not resolved here: teach it to resolution.py")
        members = {key: resolve(member, references) for key, member in value.items()}
        return {key: member for key, member in members.items() if member is not NO_VALUE}
    if isinstance(value, Sequence) and not isinstance(value, str):
        items = [resolve(item, references) for item in value]
        return [item for item in items if item is not NO_VALUE]
    return value


def _ref(argument: Any, references: References) -> object:  # noqa: ANN401 - a template's
    return NO_VALUE if argument == "AWS::NoValue" else references.ref(argument)


def _get_attribute(argument: Any, references: References) -> object:  # noqa: ANN401 - a template's
    logical_id, name = argument.split(".", 1) if isinstance(argument, str) else argument
    return references.attribute(logical_id, name)


def _join(argument: Any, references: References) -> object:  # noqa: ANN401 - a template's
    delimiter, parts = argument
    return str(delimiter).join(str(part) for part in resolve(parts, references))


def _substitute(argument: Any, references: References) -> object:  # noqa: ANN401 - a template's
    text, own = (argument, {}) if isinstance(argument, str) else argument

    def value_of(match: re.Match[str]) -> str:
        name = match[1]
        if name in own:
            return str(resolve(own[name], references))
        if "." in name:
            return str(_get_attribute(name, references))
        return str(references.ref(name))

    return _ESCAPED.sub(r"${\1}", _VARIABLE.sub(value_of, text))


def _import(argument: Any, references: References) -> object:  # noqa: ANN401 - a template's
    return references.export(resolve(argument, references))


def _select(argument: Any, references: References) -> object:  # noqa: ANN401 - a template's
    index, items = argument
    return resolve(items, references)[int(resolve(index, references))]


def _zones(argument: Any, references: References) -> object:  # noqa: ANN401 - a template's
    region = resolve(argument, references)
    if region not in ("", references.ref("AWS::Region")):
        raise UnresolvedError(f"Fn::GetAZs of {region}, another region than the stack's")
    return list(references.zones())


_FUNCTIONS: Mapping[str, Callable[[Any, References], object]] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_attribute,
    "Fn::Join": _join,
    "Fn::Sub": _substitute,
    "Fn::ImportValue": _import,
    "Fn::Select": _select,
    "Fn::GetAZs": _zones,
}
