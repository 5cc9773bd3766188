"""SEA899: what CloudFormation creates too early, in any template."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TEMPLATE, Enforcer, SeenAfter, Violation
from preflight.rules._template_hosting import COMPONENT, ENDPOINT, SCALABLE_TARGET
from preflight.rules._template_values import items, structure
from preflight.templates import SynthesizedTemplates

__all__ = ["created_too_early"]

_VARIABLE = re.compile(r"\$\{([^!.}]+)[^}]*\}")


@rule(
    "SEA899",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVICE,
    seen_after=SeenAfter.AT_ONCE,
    title="something that needs an endpoint, and doesn't wait for it",
    scope=TEMPLATE,
    source="CloudFormation Template Reference, DependsOn attribute: resources are created at the same time "
    "where "
    "none refers to the other; SageMaker Developer Guide, register a model: the endpoint must be there",
    symptom="The scalable target or the component is refused, as the endpoint needs minutes to be there, "
    "and the "
    "stack rolls back.",
    fix="Refer to the endpoint, or name it in DependsOn.",
)
def created_too_early(templates: SynthesizedTemplates) -> Iterator[Violation]:
    """Targets and components that name an endpoint of their own template by its text depend on it."""
    for path, document in templates.documents.items():
        resources = {key: structure(each) for key, each in structure(document.get("Resources")).items()}
        endpoints = {
            name: logical_id
            for logical_id, each in resources.items()
            if each.get("Type") == ENDPOINT
            and isinstance(name := structure(each.get("Properties")).get("EndpointName"), str)
        }
        for logical_id, resource in resources.items():
            name = _endpoint_name(resource)
            if name in endpoints and endpoints[name] not in _waited_for(resources, logical_id):
                yield Violation(
                    f"It names the endpoint {name!r} of this template, and doesn't wait for it.",
                    f"a dependency on {endpoints[name]}.",
                    (path, logical_id),
                )


def _endpoint_name(resource: Mapping[str, Any]) -> str | None:
    """Return the endpoint that a resource names as text; None where it does not, or is another thing."""
    properties = structure(resource.get("Properties"))
    if resource.get("Type") == COMPONENT:
        name = properties.get("EndpointName")
        return name if isinstance(name, str) else None
    resource_id = properties.get("ResourceId")
    if resource.get("Type") == SCALABLE_TARGET and isinstance(resource_id, str):
        kind, _, rest = resource_id.partition("/")
        return rest.partition("/")[0] if kind == "endpoint" else None
    return None


def _waited_for(resources: Mapping[str, Any], logical_id: str) -> set[str]:
    """Return all resources that are created before one of them, over any way."""
    found: set[str] = set()
    left = [logical_id]
    while left:
        resource = resources.get(left.pop())
        if isinstance(resource, dict):
            named = {str(each) for each in items(resource.get("DependsOn"))}
            named |= set(_referred_to(resource.get("Properties")))
            left += [each for each in named if each in resources and each not in found]
            found |= named
    return found


def _referred_to(value: Any) -> Iterator[str]:  # noqa: ANN401 - a template's JSON
    """Yield each logical id that a value refers to."""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case {"Fn::GetAtt": str(text)}:
            yield text.partition(".")[0]
        case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), *_]}:
            yield from _VARIABLE.findall(text)
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        yield from _referred_to(each)
