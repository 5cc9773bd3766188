"""What packaging tells whoever shows its progress."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["PackagingProgress", "PackagingStep", "ProgressListener", "one_at_a_time"]


class PackagingStep(StrEnum):
    """The steps of packaging one model, in their order; then those of publishing it."""

    UNCHANGED = "unchanged"
    EXPORT = "export"
    PACK = "pack"
    BUILT = "built"
    UPLOAD = "upload"
    PUBLISHED = "published"
    THERE = "there already"


@dataclass(frozen=True, slots=True)
class PackagingProgress:
    """One step of one model begins, or a model is done: see ``ends``.

    Attributes:
        model: of the deployment file.
        step: which.
        done_bytes: packed or uploaded so far; 0 in other steps.
        total_bytes: to pack or to upload; 0 in other steps.
    """

    model: str
    step: PackagingStep
    done_bytes: int = 0
    total_bytes: int = 0

    @property
    def ends(self) -> bool:
        """Whether the model is packaged, or published."""
        return self.step in {
            PackagingStep.UNCHANGED,
            PackagingStep.BUILT,
            PackagingStep.PUBLISHED,
            PackagingStep.THERE,
        }


ProgressListener = Callable[[PackagingProgress], None]
"""Called in the thread that packages the model."""


def one_at_a_time(listen: ProgressListener) -> ProgressListener:
    """Return a listener that several threads may call, and that calls ``listen`` in one of them at a time."""
    lock = threading.Lock()

    def locked(progress: PackagingProgress) -> None:
        with lock:
            listen(progress)

    return locked
