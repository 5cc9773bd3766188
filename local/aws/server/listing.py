"""List calls: filters, order and pages, the same for every kind of resource."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

from local.aws.server.errors import validation_exception
from local.aws.server.sagemaker_store import Kind, Record, SageMakerStore
from local.aws.server.scope import Scope

__all__ = ["list_records", "page_of"]

_DEFAULT_PAGE = 10
_TIME_FILTERS = ("CreationTime", "LastModifiedTime")
_EQUALITY_FILTERS = {"EndpointNameEquals": "EndpointName", "VariantNameEquals": "VariantName"}


def list_records(
    store: SageMakerStore, kind: Kind, scope: Scope, request: Mapping[str, Any]
) -> dict[str, Any]:
    """Answer a list call of ``kind``: ``{"Endpoints": [...], "NextToken": ...}``.

    Raises:
        AwsError: the token is not one of ours.
    """
    described = [record.described() for record in store.all(kind, scope) if _matches(record, request)]
    sort_key = {"Name": kind.name_key, "Status": kind.status_key}.get(
        request.get("SortBy", ""), "CreationTime"
    )
    described.sort(
        key=lambda entry: entry[sort_key],
        reverse=request.get("SortOrder", "Descending") == "Descending",
    )
    return page_of(f"{kind.name}s", described, request, _DEFAULT_PAGE)


def page_of(
    member: str, entries: Sequence[Mapping[str, Any]], request: Mapping[str, Any], default_size: int
) -> dict[str, Any]:
    """Return the page of ``entries`` that a request asks for, under ``member``, and where the next begins.

    Raises:
        AwsError: the token is not one of ours.
    """
    start = _offset_of(request.get("NextToken"))
    end = start + request.get("MaxResults", default_size)
    more = {"NextToken": _token_of(end)} if end < len(entries) else {}
    return {member: list(entries[start:end]), **more}


def _matches(record: Record, request: Mapping[str, Any]) -> bool:
    described = record.described()
    if request.get("NameContains", "").lower() not in record.name.lower():
        return False
    equal = {"StatusEquals": record.kind.status_key, **_EQUALITY_FILTERS}
    if any(request[name] != described.get(member) for name, member in equal.items() if name in request):
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
