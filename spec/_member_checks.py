"""The models that are packed beside others: an ensemble's steps, and what a Python backend calls."""

from collections.abc import Iterator

from spec._document import Complaint, Document, DocumentPath
from spec._plain_data import entries, get
from spec._suggest import did_you_mean

__all__ = ["member_complaints"]


def member_complaints(document: Document) -> Iterator[Complaint]:
    """Yield what is wrong with the models that are packed beside others."""
    models = dict(entries(document.data, "models"))
    members = {name: tuple(_members(model)) for name, model in models.items()}
    for name in models:
        for at, member in members[name]:
            path: DocumentPath = ("models", name, *at)
            if member not in models:
                yield Complaint(
                    path,
                    f"there is no model {member!r}",
                    f"a key under models: {', '.join(models)}",
                    did_you_mean(member, models, "add it under models, or name one of these"),
                    value=member,
                )
            elif models[member].get("pytorch") is not None or models[member].get("repository") is not None:
                yield Complaint(
                    path,
                    f"{member!r} has no `triton` section, and Triton has to serve it within {name!r}",
                    "models with `triton`",
                    f"give {member!r} a `triton` section, or name another model",
                    value=member,
                )
            elif member == name or _reaches(member, name, members):
                yield Complaint(
                    path,
                    f"{name!r} is part of itself"
                    if member == name
                    else f"{name!r} is part of {member!r}, which is part of it",
                    "models that do not need the one they are part of",
                    "remove one of the two references",
                    value=member,
                )


def _members(model: dict[str, object]) -> Iterator[tuple[DocumentPath, str]]:
    for index, step in enumerate(get(model, list, "ensemble", "step") or ()):
        name = get(step, str, "model_name")
        if name is not None:
            yield ("ensemble", "step", index, "model_name"), name
    for index, called in enumerate(get(model, list, "python", "calls") or ()):
        if isinstance(called, str):
            yield ("python", "calls", index), called


def _reaches(start: str, goal: str, members: dict[str, tuple[tuple[DocumentPath, str], ...]]) -> bool:
    """Whether ``goal`` is packed beside ``start``, directly or through others."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += [member for _, member in members.get(name, ())]
    return goal in seen - {start}
