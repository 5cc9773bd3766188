"""CloudFormation resources as plain JSON: one truth for single constructs and for many at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

__all__ = ["Properties", "present", "resource"]

Properties: TypeAlias = dict[str, Any]
"""Properties of a resource, as its template has them; values may be tokens or intrinsic functions."""


def present(properties: Mapping[str, Any]) -> Properties:
    """Return ``properties`` without those that have no value."""
    return {name: value for name, value in properties.items() if value is not None and value not in ({}, [])}


def resource(
    resource_type: str, properties: Properties, *, depends_on: tuple[str, ...] = (), delete: bool = False
) -> Properties:
    """Return one resource of a template.

    Args:
        resource_type: such as ``AWS::Logs::LogGroup``.
        properties: its properties.
        depends_on: logical ids.
        delete: the resource goes with its stack, where CloudFormation or the CDK would keep it.
    """
    policy = {"DeletionPolicy": "Delete", "UpdateReplacePolicy": "Delete"} if delete else {}
    dependencies = {"DependsOn": list(depends_on)} if depends_on else {}
    return {"Type": resource_type, "Properties": properties, **dependencies, **policy}
