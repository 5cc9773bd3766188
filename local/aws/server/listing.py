"""List calls: filters, order and pages, the same for every kind of resource."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from local.aws.server.errors import validation_exception
from local.aws.server.sagemaker_store import Kind, Record, SageMakerStore
from local.aws.server.scope import Scope

__all__ = ["list_records"]

_DEFAULT_PAGE = 10
_TIME_FILTERS = ("CreationTime", "LastModifiedTime")


def list_records(
    store: SageMakerStore, kind: Kind, scope: Scope, request: Mapping[str, Any]
) -> dict[str, Any]:
    """Answer a list call of ``kind``: ``{"Endpoints": [...], "NextToken": ...}``.

    Raises:
        AwsError: the token is not one of ours.
    """
    described = [record.described() for record in store.all(kind, scope) if _matches(record, request)]
    by_name = request.get("SortBy") == "Name"
    described.sort(
        key=lambda entry: entry[kind.name_key if by_name else "CreationTime"],
        reverse=request.get("SortOrder", "Descending") == "Descending",
    )
    start = _offset_of(request.get("NextToken"))
    end = start + request.get("MaxResults", _DEFAULT_PAGE)
    more = {"NextToken": _token_of(end)} if end < len(described) else {}
    return {f"{kind.name}s": described[start:end], **more}


def _matches(record: Record, request: Mapping[str, Any]) -> bool:
    described = record.described()
    if request.get("NameContains", "").lower() not in record.name.lower():
        return False
    if request.get("StatusEquals", described.get("EndpointStatus")) != described.get("EndpointStatus"):
        return False
    return all(
        request.get(f"{member}After", 0) <= described[member] <= request.get(f"{member}Before", float("inf"))
        for member in _TIME_FILTERS
    )


def _token_of(offset: int) -> str:
    return base64.urlsafe_b64encode(str(offset).encode()).decode()


def _offset_of(token: str | None) -> int:
    if token is None:
        return 0
    try:
        return int(base64.urlsafe_b64decode(token))
    except (binascii.Error, ValueError):
        raise validation_exception(f"Invalid NextToken {token!r}.") from None
