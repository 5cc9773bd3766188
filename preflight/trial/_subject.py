"""One artifact to be tried, and what is known of it before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from model_packaging.artifact import Signature, Tolerance

__all__ = ["DEFAULT_TOLERANCE", "GoldenFile", "RecordedSamples", "Subject"]

DEFAULT_TOLERANCE = Tolerance(absolute=1e-5, relative=1e-4)
"""Where no deployment file says otherwise: that of its models' ``tolerance``."""


@dataclass(frozen=True, slots=True)
class GoldenFile:
    """A file of golden requests: as the user named it, and where it is."""

    shown: str
    path: Path


@dataclass(frozen=True, slots=True)
class RecordedSamples:
    """What packaging recorded beside the archive, and how far an answer may be from it."""

    path: Path
    tolerance: Tolerance


@dataclass(frozen=True, slots=True)
class Subject:
    """What a trial is about.

    Attributes:
        model: its name.
        place: where findings about it belong in a deployment file; empty without one.
        source: the archive or the folder; None where there is none, and then ``untried`` says why.
        environment: of its container.
        recorded: requests with eager PyTorch's answers; None where packaging recorded none.
        golden: the user's own requests.
        tolerance: for the user's own requests.
        signature: of the manifest; None without one.
        max_batch_size: of the manifest; 0 without one.
        untried: why it can't be tried; empty where it can.
    """

    model: str
    place: tuple[str, ...] = ()
    source: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    recorded: RecordedSamples | None = None
    golden: tuple[GoldenFile, ...] = ()
    tolerance: Tolerance = DEFAULT_TOLERANCE
    signature: Signature | None = None
    max_batch_size: int = 0
    untried: str = ""

    @property
    def size_bytes(self) -> int:
        """The artifact's size on disk; 0 where there is none, or none that can be read."""
        if self.source is None:
            return 0
        paths = self.source.rglob("*") if self.source.is_dir() else (self.source,)
        return sum(path.stat().st_size for path in paths if path.is_file())
