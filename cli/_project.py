"""Where things lie: the project's root and the folders that commands read and write."""

from dataclasses import dataclass
from pathlib import Path

__all__ = ["PROJECT", "Project"]


@dataclass(frozen=True, slots=True)
class Project:
    """A checkout of Seatrial.

    Attributes:
        root: the repository's root: factories are imported from it, `cdk` runs in it.
    """

    root: Path

    @property
    def build_root(self) -> Path:
        """Where packaged models lie, a folder per deployment."""
        return self.root / "build"

    @property
    def state_folder(self) -> Path:
        """Where running things keep their state and logs."""
        return self.root / ".seatrial"


PROJECT = Project(Path(__file__).resolve().parent.parent)
