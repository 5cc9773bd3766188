"""Where an artifact comes from: what it was built with, and from which commit.

What went in, the digests of sources, weights and files, is in the manifest's ``build_inputs`` and ``files``.
None of this record is part of a key: equal inputs give equal artifacts at any commit and on any machine.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Commit", "Provenance"]


@dataclass(frozen=True, slots=True)
class Commit:
    """The state of the project's git repository.

    Attributes:
        sha: of the commit, 40 or 64 hexadecimal digits.
        is_dirty: whether anything differed from it: a changed file, or a new one that git doesn't ignore.
    """

    sha: str
    is_dirty: bool


@dataclass(frozen=True, slots=True)
class Provenance:
    """The circumstances of one build.

    Attributes:
        frameworks: ``(name, version)`` of what the build ran on, sorted; ``python`` and
            ``seatrial-packaging`` are among them.
        platform: operating system and processor, as in ``linux-x86_64``.
        commit: of the project; None outside of git, before its first commit, or where git can't be asked.
    """

    frameworks: tuple[tuple[str, str], ...]
    platform: str
    commit: Commit | None

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> "Provenance":
        """Return what ``dataclasses.asdict`` gave, read back from JSON.

        Raises:
            KeyError: a field is missing.
            TypeError: a field is of another type.
            ValueError: likewise.
        """
        commit = document["commit"]
        return cls(
            frameworks=tuple((name, version) for name, version in document["frameworks"]),
            platform=document["platform"],
            commit=None if commit is None else Commit(**commit),
        )
