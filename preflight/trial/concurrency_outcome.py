"""What a trial saw of several requests at once."""

from dataclasses import dataclass

__all__ = ["Concurrency"]


@dataclass(frozen=True, slots=True)
class Concurrency:
    """Different requests at the same time, each of which had been answered alone before.

    Attributes:
        requests: how many.
        errors: what those said that were not answered, each text once.
        failed: how many were not answered.
        wrong: the requests whose answer was another than alone, counted from 0.
        swapped: of these, pairs of a request and the one whose answer it got.
        executions: how often the model ran for them; None where the server doesn't count, or a cache answers.
        seconds: for all together.
    """

    requests: int
    errors: tuple[str, ...] = ()
    failed: int = 0
    wrong: tuple[int, ...] = ()
    swapped: tuple[tuple[int, int], ...] = ()
    executions: int | None = None
    seconds: float = 0.0
