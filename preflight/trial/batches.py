"""What a trial saw of a model's batch dimension."""

from dataclasses import dataclass

__all__ = ["BatchSizes", "RowComparison", "SizeOutcome"]


@dataclass(frozen=True, slots=True)
class SizeOutcome:
    """One request of so many rows.

    Attributes:
        rows: of the request.
        error: why there is no answer, in the server's own words; empty where there is one.
        answered_rows: of each output, by name; empty without an answer.
        is_out_of_memory: whether the error says that memory was short.
        timed_out: whether no answer came in time.
    """

    rows: int
    error: str = ""
    answered_rows: tuple[tuple[str, int], ...] = ()
    is_out_of_memory: bool = False
    timed_out: bool = False

    @property
    def is_answered(self) -> bool:
        """Whether every output has the request's rows."""
        return not self.error and all(rows == self.rows for _, rows in self.answered_rows)


@dataclass(frozen=True, slots=True)
class BatchSizes:
    """Requests of one row, of the maximum, and of sizes between where one of the two fails.

    Attributes:
        maximum: max_batch_size.
        sizes: each request.
    """

    maximum: int
    sizes: tuple[SizeOutcome, ...]


@dataclass(frozen=True, slots=True)
class RowComparison:
    """Rows of one batch, each asked alone as well.

    Attributes:
        batch_size: of the batch.
        compared: the rows that were asked alone, counted from 0.
        differing: those whose answer alone is another than together with the others.
        outputs: in which they differ.
        largest_share: the largest difference, as a share of the output's largest value.
        allowed_share: up to which rounding explains it.
    """

    batch_size: int
    compared: tuple[int, ...]
    differing: tuple[int, ...] = ()
    outputs: tuple[str, ...] = ()
    largest_share: float = 0.0
    allowed_share: float = 0.0
