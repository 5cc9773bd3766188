"""What the numbers of scaling say about each other, of copies and of instances alike."""

from collections.abc import Iterator

from spec._document import Complaint, DocumentPath
from spec._plain_data import entries, get, number


def range_complaints(
    path: DocumentPath, least: int | None, most: int | None, what: str
) -> Iterator[Complaint]:
    """Yield what is wrong with the ``min`` and ``max`` at ``path``, of ``what``."""
    if least is not None and most is not None and least > most:
        yield Complaint(
            (*path, "min"),
            f"the fewest {what}, {least}, are more than the most, {most}",
            f"at most {most}",
            "lower min, or raise max",
            value=str(least),
        )


def scheduled_complaints(path: DocumentPath, scaling: dict[str, object]) -> Iterator[Complaint]:
    """Yield what is wrong with the scheduled actions of ``scaling``, which stands at ``path``."""
    for name, action in entries(scaling, "scheduled"):
        at: DocumentPath = (*path, "scheduled", name)
        least, most = number(action, "min"), number(action, "max")
        yield from range_complaints(at, least, most, "copies or instances")
        start, end = get(action, str, "start"), get(action, str, "end")
        if start is not None and end is not None and start >= end:
            yield Complaint(
                (*at, "end"),
                f"the action ends at {end}, and begins at {start}",
                f"later than {start}",
                "change end, or start",
                value=end,
            )
        if action.get("min") is None and action.get("max") is None:
            yield Complaint(
                at, "the action changes nothing", "min, max or both", "add one, or remove the action"
            )
