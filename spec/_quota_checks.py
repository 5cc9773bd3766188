"""What the quotas of a deployment file say of instance types."""

from collections.abc import Iterator

import catalogue
from catalogue.quotas import instance_type_of_quota
from spec._document import Complaint, Document
from spec._plain_data import get
from spec._suggest import did_you_mean

__all__ = ["quota_complaints"]


def quota_complaints(document: Document) -> Iterator[Complaint]:
    """Yield each quota of an instance type that there is not."""
    types = [each.name for each in catalogue.instance_types()]
    for name in get(document.data, dict, "environment", "quotas") or {}:
        instance_type = instance_type_of_quota(name) if isinstance(name, str) else None
        if instance_type is not None and instance_type not in types:
            yield Complaint(
                ("environment", "quotas", name),
                f"there is no instance type {instance_type!r}",
                "an instance type of the catalogue",
                did_you_mean(instance_type, types, "correct the name"),
                value=name,
            )
