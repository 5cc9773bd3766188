"""What packaging tells whoever shows its progress."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["PackagingProgress", "PackagingStep", "ProgressListener"]


class PackagingStep(StrEnum):
    """The steps of packaging one model, in their order."""

    UNCHANGED = "unchanged"
    EXPORT = "export"
    PACK = "pack"
    BUILT = "built"


@dataclass(frozen=True, slots=True)
class PackagingProgress:
    """One step of one model begins; ``UNCHANGED`` and ``BUILT`` end it.

    Attributes:
        model: of the deployment file.
        step: which.
        done_bytes: packed so far; 0 outside of ``PACK``.
        total_bytes: to pack; 0 outside of ``PACK``.
    """

    model: str
    step: PackagingStep
    done_bytes: int = 0
    total_bytes: int = 0


ProgressListener = Callable[[PackagingProgress], None]
"""Called in the thread that packages."""
