"""The names of components and adapters, which SageMaker keeps in one space per account and region."""

from collections.abc import Iterator

from spec._document import Complaint, Document, DocumentPath
from spec._endpoint_names import NAME_MAXIMUM_LENGTH
from spec._plain_data import get

__all__ = ["name_complaints"]


def name_complaints(
    document: Document, taken: dict[str, str], path: DocumentPath, section: dict[str, object]
) -> Iterator[Complaint]:
    """Yield what is wrong with the name of a component or an adapter.

    Args:
        document: the whole file.
        taken: the names seen so far, folded, with whose they are; this one is added.
        path: ``endpoints``, the endpoint's key, ``components`` or ``adapters``, and its own key.
        section: its data.
    """
    _, key, kind, own_key = (str(part) for part in path)
    deployment, given = get(document.data, str, "name"), get(section, str, "name")
    name, what = given or f"{deployment}-{key}-{own_key}", kind.removesuffix("s")
    if given is None and deployment is not None and len(name) > NAME_MAXIMUM_LENGTH:
        yield Complaint(
            path,
            f"the {what}'s name would be {name!r}, {len(name)} characters",
            f"at most {NAME_MAXIMUM_LENGTH} characters",
            "shorten one of the three keys, or give name",
            value=own_key,
        )
    own = f"{what} '{key}.{own_key}'"
    other = taken.setdefault(name.casefold(), own)
    if other != own:
        yield Complaint(
            path,
            f"its name {name!r} is also that of the {other}",
            "names that differ by more than upper and lower case",
            "change the key or the name of one of the two",
            value=own_key,
        )
