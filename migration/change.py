"""What a migration does to a deployment file, and what it can't decide."""

from dataclasses import dataclass

__all__ = ["Change", "Path", "Undecided"]

Path = tuple[str | int, ...]
"""A place in a deployment file: keys of mappings and indices of lists."""


@dataclass(frozen=True, slots=True)
class Change:
    """One value that is replaced, or one entry that goes.

    Attributes:
        path: of the value, or of the entry.
        value: what stands there afterwards, as plain YAML; None for an entry that goes.
    """

    path: Path
    value: str | None

    def __str__(self) -> str:
        place = ".".join(map(str, self.path))
        return f"{place}: {self.value}" if self.value is not None else f"{place}: removed"


@dataclass(frozen=True, slots=True)
class Undecided:
    """What only the user can decide.

    Attributes:
        path: what it is about.
        what: why it can't be decided here.
        choices: what to do, one of them.
    """

    path: Path
    what: str
    choices: tuple[str, ...]
