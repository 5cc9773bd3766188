"""What the security section says against the place where the deployment goes."""

from collections.abc import Iterator

import catalogue
from spec._document import Complaint, Document, DocumentPath
from spec._plain_data import entries, get

__all__ = ["security_complaints"]

_RESERVED_TAGS = ("aws:", "seatrial:")
TAG_LIMIT = 40
"""A resource takes 50 tags (Tagging AWS Resources user guide); ten are kept for our own and AWS's."""

_REGION, _ACCOUNT = 3, 4


def security_complaints(document: Document) -> Iterator[Complaint]:
    """Yield every key, role, policy and topic that can't be used there, and every tag that can't be set."""
    for path, regional in _arns(document):
        arn = get(document.data, str, *path)
        if arn is not None:
            yield from _misplaced(document, path, arn, regional=regional)
    yield from _topics(document)
    yield from _tags(document)


def _arns(document: Document) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Yield the paths of ARNs, and whether only the region counts: a key may be another account's."""
    yield ("security", "kms_key"), True
    yield ("security", "artifact_bucket", "kms_key"), True
    yield ("publish", "kms_key"), True
    yield ("security", "permissions_boundary"), False
    for name, _ in entries(document.data, "models"):
        yield ("models", name, "container", "execution_role"), False


def _topics(document: Document) -> Iterator[Complaint]:
    for key, endpoint in entries(document.data, "endpoints"):
        for index, topic in enumerate(get(endpoint, list, "alarms", "notify") or ()):
            if isinstance(topic, str):
                path = ("endpoints", key, "alarms", "notify", index)
                yield from _misplaced(document, path, topic, regional=True)


def _misplaced(document: Document, path: DocumentPath, arn: str, *, regional: bool) -> Iterator[Complaint]:
    parts = arn.split(":")
    region = get(document.data, str, "environment", "region")
    account = get(document.data, str, "environment", "account")
    known = {each.name: each for each in catalogue.regions()}.get(region or "")
    if len(parts) <= _ACCOUNT or known is None:
        return
    if parts[1] != known.partition:
        yield Complaint(
            path,
            f"it is in the partition {parts[1]}; {region} is in {known.partition}",
            f"an ARN that begins with arn:{known.partition}:",
            "name one of this partition, or change the region",
            value=arn,
        )
    elif regional and parts[_REGION] != region:
        yield Complaint(
            path,
            f"it is in {parts[_REGION]}; the deployment is in {region}",
            f"one in {region}",
            f"name one of {region}: AWS uses it from within the region only",
            value=arn,
        )
    elif not regional and account is not None and parts[_ACCOUNT] not in (account, "aws"):
        yield Complaint(
            path,
            f"it belongs to the account {parts[_ACCOUNT]}; the deployment goes to {account}",
            f"one of {account}",
            "name one of the deployment's account: IAM passes roles and policies within an account only",
            value=arn,
        )


def _tags(document: Document) -> Iterator[Complaint]:
    tags = get(document.data, dict, "tags") or {}
    if len(tags) > TAG_LIMIT:
        yield Complaint(
            ("tags",),
            f"there are {len(tags)} tags",
            f"at most {TAG_LIMIT}: a resource takes 50, and AWS and Seatrial add some",
            "remove some",
        )
    for key in tags:
        if isinstance(key, str) and key.casefold().startswith(_RESERVED_TAGS):
            yield Complaint(
                ("tags", key),
                f"tags that begin with {' or '.join(_RESERVED_TAGS)} are not yours to set",
                "any other key",
                "rename the tag",
                value=key,
            )
