"""What one part of a deployment file says about another.

The checks read plain data, not validated models, so that they speak even where another part of the file is
wrong; data of the wrong type is the schema's business and is passed over.
"""

import re
from collections.abc import Iterator

import catalogue
from spec._build_checks import build_complaints
from spec._client_checks import client_complaints
from spec._component_endpoint_checks import endpoint_complaints
from spec._document import Complaint, Document, DocumentPath
from spec._endpoint_names import NAME_MAXIMUM_LENGTH
from spec._hosted_endpoint_checks import hosted_endpoint_complaints, served_model_complaints
from spec._layout_checks import layout_complaints
from spec._member_checks import member_complaints
from spec._network_checks import network_complaints
from spec._plain_data import entries, get
from spec._publish_checks import publish_complaints
from spec._quota_checks import quota_complaints
from spec._security_checks import security_complaints
from spec._source_checks import source_complaints
from spec._tensorrt_checks import tensorrt_complaints
from spec._triton_checks import triton_complaints
from spec.container import ENVIRONMENT_MAXIMUM_BYTES
from spec.deployment import BUILD_STACK_KEY, NETWORK_STACK_KEY

__all__ = ["cross_complaints"]

_STACK_KEYS = (NETWORK_STACK_KEY, BUILD_STACK_KEY)


def cross_complaints(document: Document) -> Iterator[Complaint]:
    """Yield every contradiction between parts of ``document``."""
    yield from _zones(document)
    yield from network_complaints(document)
    yield from security_complaints(document)
    for name, model in entries(document.data, "models"):
        path: DocumentPath = ("models", name)
        yield from triton_complaints(document, path, model)
        yield from source_complaints(document, path, model)
        yield from tensorrt_complaints(path, model)
        yield from layout_complaints(document, path, model)
        yield from _environment_bytes(path, model)
    yield from member_complaints(document)
    yield from _served_models(document)
    yield from _endpoint_names(document)
    yield from endpoint_complaints(document)
    yield from client_complaints(document)
    yield from build_complaints(document)
    yield from publish_complaints(document)
    yield from quota_complaints(document)


def _zones(document: Document) -> Iterator[Complaint]:
    region = get(document.data, str, "environment", "region")
    if region not in {each.name for each in catalogue.regions()}:
        return
    for index, zone in enumerate(get(document.data, list, "environment", "availability_zones") or ()):
        if isinstance(zone, str) and not re.fullmatch(f"{region}[a-z]", zone):
            yield Complaint(
                ("environment", "availability_zones", index),
                f"{zone!r} is no zone of {region}",
                f"{region} and one letter, such as {region}a",
                "name a zone of the region, or change the region",
                value=zone,
            )


def _environment_bytes(path: DocumentPath, model: dict[str, object]) -> Iterator[Complaint]:
    variables = get(model, dict, "container", "environment") or {}
    size = sum(len(f"{name}{value}".encode()) for name, value in variables.items() if isinstance(value, str))
    if size > ENVIRONMENT_MAXIMUM_BYTES:
        yield Complaint(
            (*path, "container", "environment"),
            f"keys and values have {size} bytes together",
            f"at most {ENVIRONMENT_MAXIMUM_BYTES} bytes together",
            "shorten them, or put files into the image",
        )


def _served_models(document: Document) -> Iterator[Complaint]:
    for key, endpoint in entries(document.data, "endpoints"):
        yield from served_model_complaints(document, ("endpoints", key), endpoint)
    yield from hosted_endpoint_complaints(document)


def _endpoint_names(document: Document) -> Iterator[Complaint]:
    deployment, taken = get(document.data, str, "name"), dict[str, str]()
    for key, endpoint in entries(document.data, "endpoints"):
        if key.casefold() in _STACK_KEYS:
            other_stack = key.casefold()
            yield Complaint(
                ("endpoints", key),
                f"the stack of this endpoint would have the name of the {other_stack}'s: {deployment}-{key}",
                f"any key but {other_stack}",
                "rename the endpoint",
                value=key,
            )
        given = get(endpoint, str, "endpoint_name")
        name = given or f"{deployment}-{key}"
        if given is None and deployment is not None and len(name) > NAME_MAXIMUM_LENGTH:
            yield Complaint(
                ("endpoints", key),
                f"the endpoint's name would be {name!r}, {len(name)} characters",
                f"at most {NAME_MAXIMUM_LENGTH} characters",
                "shorten the key or the deployment's name, or give endpoint_name",
                value=key,
            )
        other = taken.setdefault(name.casefold(), key)
        if other != key:
            yield Complaint(
                ("endpoints", key),
                f"its name {name!r} is also that of the endpoint {other!r}",
                "names that differ by more than upper and lower case",
                "change the key or endpoint_name of one of the two",
                value=key,
            )
