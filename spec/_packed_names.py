"""Files that are packed into one folder under their own names."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from spec._document import Complaint, DocumentPath

__all__ = ["packed_name_complaints"]


def packed_name_complaints(
    files: Iterable[tuple[DocumentPath, object]], taken: Mapping[str, str], folder: str
) -> Iterator[Complaint]:
    """Yield each file that would lie where another does; one file named twice is one.

    Args:
        files: with their places in the document; what is no text, other complaints are about.
        taken: names in the folder, each with what has it.
        folder: where they are packed, in words.
    """
    owners = dict(taken)
    for path, file in files:
        if not isinstance(file, str):
            continue
        name = PurePosixPath(file).name
        if owners.setdefault(name, file) != file:
            yield Complaint(
                path,
                f"{name!r} is also the name of {owners[name]} {folder}",
                "files whose names differ, whatever folders they lie in",
                "rename one of the two",
                value=file,
            )
