"""AddTags, ListTags and DeleteTags, the same for every kind of resource."""

from collections.abc import Mapping
from typing import Any

from local.aws.server.errors import validation_exception
from local.aws.server.sagemaker_store import SageMakerStore

__all__ = ["add_tags", "delete_tags", "list_tags"]

_MOST_TAGS = 50
"""AWS General Reference, "Tag naming limits and requirements"."""


def add_tags(store: SageMakerStore, request: Mapping[str, Any]) -> dict[str, Any]:
    """AddTags: keys that are there already take the new value.

    Raises:
        AwsError: there is no such resource, or it would have too many tags.
    """
    with store.lock:
        tags = store.tags(request["ResourceArn"]) | {tag["Key"]: tag["Value"] for tag in request["Tags"]}
        if len(tags) > _MOST_TAGS:
            raise validation_exception(f"A resource has at most {_MOST_TAGS} tags, not {len(tags)}.")
        store.set_tags(request["ResourceArn"], tags)
    return {"Tags": _as_list(tags)}


def list_tags(store: SageMakerStore, request: Mapping[str, Any]) -> dict[str, Any]:
    """ListTags, all on one page.

    Raises:
        AwsError: there is no such resource.
    """
    return {"Tags": _as_list(store.tags(request["ResourceArn"]))}


def delete_tags(store: SageMakerStore, request: Mapping[str, Any]) -> dict[str, Any]:
    """DeleteTags: keys that aren't there are no error.

    Raises:
        AwsError: there is no such resource.
    """
    with store.lock:
        tags = store.tags(request["ResourceArn"])
        store.set_tags(request["ResourceArn"], {k: v for k, v in tags.items() if k not in request["TagKeys"]})
    return {}


def _as_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
