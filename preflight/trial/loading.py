"""How a model came up in a trial, or why it did not."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Loading", "Stage"]


class Stage(StrEnum):
    """What a container does before it answers, in this order; the value says it in words."""

    UNPACK = "unpack"
    SERVE = "serve"
    LOAD = "load"


@dataclass(frozen=True, slots=True)
class Loading:
    """One start.

    Attributes:
        stage: how far it came; ``LOAD`` where the server became ready.
        seconds: from the server's start to its being ready, or to its failure.
        timeout_seconds: how long it was given.
        failure: why it failed, in the server's own words; empty where it became ready.
        timed_out: whether it failed for want of time.
    """

    stage: Stage
    seconds: float
    timeout_seconds: float
    failure: str = ""
    timed_out: bool = False
