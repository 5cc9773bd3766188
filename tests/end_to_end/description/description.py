"""What the describe calls of a resource's own service say about it, in the template's words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Clients", "Describer", "Description", "tags_of"]

Clients = Callable[[str], Any]
"""Returns the boto3 client of a service, such as ``ec2``."""


@dataclass(frozen=True, slots=True)
class Description:
    """One resource, described.

    Attributes:
        properties: by the names of the resource type's schema; None, or no entry, for what no call returned.
        attributes: what ``Fn::GetAtt`` returns, by name.
        tags: by key; None if the type has none.
    """

    properties: Mapping[str, object]
    attributes: Mapping[str, object] = field(default_factory=dict)
    tags: Mapping[str, str] | None = None


Describer = Callable[[Clients, str, Mapping[str, Any]], Description]
"""Takes clients, the physical id, and the template's properties, to look up what has no id of its own."""


def tags_of(tags: Iterable[Mapping[str, str]], key: str = "Key", value: str = "Value") -> dict[str, str]:
    """Return a service's list of tags by key."""
    return {tag[key]: tag[value] for tag in tags}
