"""What CloudFormation refuses by itself, of templates and of properties, before a service is asked.

Sources: CloudFormation resource specifications and registry schemas by region, for the types of a region and
the number of a component's variables; CloudFormation user guide, resource tags (keys may not begin with
``aws:``). The sentence about tags is AWS's (aws-quickstart/quickstart-amazon-eks issue 42), the form of that
about variables CloudFormation's (aws-cloudformation/cloudformation-resource-schema issue 127), that about
keys which are there twice this server's own.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from local.aws.server.errors import ServerError

__all__ = ["CUSTOM_NAMES", "check_properties", "check_template", "regions_with_components"]

_COMPONENT = "AWS::SageMaker::InferenceComponent"
CUSTOM_NAMES = {"AWS::SageMaker::Model": "ModelName", "AWS::SageMaker::EndpointConfig": "EndpointConfigName"}
"""The property with the name that a user may give, of types whose resources are replaced by a change."""
_MOST_VARIABLES = 16
"""``maxProperties`` of ``EnvironmentMap`` in the registry's schema of inference components."""
_STACK_TAGS = "aws:cloudformation:"
"""CloudFormation's own tags, which a stack puts on its resources."""
_REGIONS = Path(__file__).with_name("inference_component_regions.json")


class _RefusedError(ServerError):
    """CloudFormation would refuse this; the message is the stack event's reason."""


@cache
def regions_with_components() -> frozenset[str]:
    """Return the regions whose CloudFormation has inference components."""
    return frozenset(json.loads(_REGIONS.read_text(encoding="utf-8"))["regions"])


def check_template(template: Mapping[str, Any], region: str) -> None:
    """Check that a region has a template's types.

    Raises:
        ValueError: it has not.
    """
    resources = template.get("Resources") or {}
    types = {each.get("Type") for each in resources.values() if isinstance(each, dict)}
    if _COMPONENT in types and region not in regions_with_components():
        raise ValueError(f"Template format error: Unrecognized resource types: [{_COMPONENT}]")


def check_properties(resource_type: str, properties: Mapping[str, Any]) -> None:
    """Check a resource's tags, and what its schema says of a component's variables.

    Raises:
        ServerError: they are refused.
    """
    keys = Counter(_tag_keys(properties.get("Tags")))
    for key, count in keys.items():
        if key.casefold().startswith("aws:") and not key.startswith(_STACK_TAGS):
            raise _RefusedError("aws: prefixed tag key names are not allowed for external use.")
        if count > 1:
            raise _RefusedError(f"Duplicate tag key {key!r}: a key can be there once.")
    if resource_type == _COMPONENT:
        _check_variables(properties)


def _tag_keys(tags: object) -> Iterable[str]:
    if isinstance(tags, Mapping):
        return [str(key) for key in tags]
    listed = tags if isinstance(tags, list) else []
    return [str(each["Key"]) for each in listed if isinstance(each, Mapping) and "Key" in each]


def _check_variables(properties: Mapping[str, Any]) -> None:
    for way, specification in _specifications(properties):
        variables = (specification.get("Container") or {}).get("Environment") or {}
        if len(variables) > _MOST_VARIABLES:
            raise _RefusedError(
                f"Model validation failed (#/{way}/Container/Environment: maximum size: [{_MOST_VARIABLES}], "
                f"found: [{len(variables)}])"
            )


def _specifications(properties: Mapping[str, Any]) -> Iterable[tuple[str, Mapping[str, Any]]]:
    if properties.get("Specification"):
        yield "Specification", properties["Specification"]
    for index, each in enumerate(properties.get("Specifications") or ()):
        yield f"Specifications/{index}", each
