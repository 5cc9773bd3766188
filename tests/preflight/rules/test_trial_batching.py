"""The rules about batches of a trial."""

from dataclasses import replace

import pytest

from preflight.rule import TRIAL
from preflight.running import violations_of
from preflight.trial.batches import BatchSizes, RowComparison, SizeOutcome
from preflight.trial.concurrency_outcome import Concurrency
from preflight.trial.outcome import TrialOutcome
from tests.preflight.rules.trial_outcomes import GOOD, answered, found, refused

PROMISE = "answers to every batch from 1 to 8 rows, as max_batch_size promises."


def with_sizes(*sizes: SizeOutcome) -> TrialOutcome:
    return replace(GOOD, batch_sizes=BatchSizes(8, sizes), rows=None)


def with_rows(*differing: int, compared: tuple[int, ...] = (0, 1, 2, 3, 4, 7)) -> TrialOutcome:
    return replace(GOOD, rows=RowComparison(8, compared, differing, ("y",), 0.5, 0.02))


def test_sea375_fixed_batch_that_is_refused() -> None:
    """A model that answers one size is told with the error of the largest."""
    [violation] = found(with_sizes(answered(1), refused(2, "other"), refused(8)), "SEA375")
    assert violation.what == (
        "It answers a batch of 1 and no other, as a model does that was traced with a fixed batch of 1. A "
        "batch of 8: HTTP 500: shape '[1, 3]' is invalid."
    )
    assert violation.allowed == PROMISE
    assert found(GOOD, "SEA375") == []


def test_sea375_fixed_batch_of_several() -> None:
    """A model traced with four rows answers four, and not one."""
    [violation] = found(with_sizes(refused(1), answered(4), refused(8)), "SEA375")
    assert "traced with a fixed batch of 4." in violation.what


def test_sea375_fixed_batch_that_is_answered_with_too_few_rows() -> None:
    """Without an error the answer's rows tell it."""
    short = SizeOutcome(8, answered_rows=(("y", 1), ("z", 8)))
    [violation] = found(with_sizes(answered(1), short), "SEA375")
    assert violation.what.endswith("A batch of 8: the answer's 'y' has 1 row.")


def test_sea375_is_told_once() -> None:
    """Requests at once that are joined to such a batch fail for the same reason."""
    outcome = with_sizes(answered(1), refused(8))
    outcome = replace(outcome, concurrency=Concurrency(8, errors=("HTTP 500: shape",), failed=4))
    assert [rule.id for rule, _ in violations_of(TRIAL, outcome)] == ["SEA375"]


def test_sea375_says_nothing_of_a_machine_that_is_too_small() -> None:
    """Memory that is short here need not be short on the instance."""
    short = SizeOutcome(8, "HTTP 500: out of memory", is_out_of_memory=True)
    assert list(violations_of(TRIAL, with_sizes(answered(1), short))) == []


def test_sea376_a_single_row_is_refused() -> None:
    """A BatchNorm in training mode answers every batch but that of one row; what to do is said."""
    error = "HTTP 500: ValueError: Expected more than 1 value per channel when training"
    [violation] = found(with_sizes(refused(1, error), answered(2), answered(8)), "SEA376")
    assert violation.what == f"It answers batches of 2, 8 and not of 1. A batch of 1: {error}."
    assert violation.fix is not None
    assert "eval()" in violation.fix


def test_sea376_largest_batch_refused() -> None:
    """A model that answers several sizes was traced with none of them."""
    outcome = with_sizes(answered(1), answered(2), refused(3), refused(8, "HTTP 500: too many"))
    [violation] = found(outcome, "SEA376")
    assert violation.what == ("It answers batches of 1, 2 and not of 3, 8. A batch of 8: HTTP 500: too many.")
    assert violation.allowed == PROMISE
    assert found(outcome, "SEA375") == []
    assert found(GOOD, "SEA376") == []


@pytest.mark.parametrize(
    ("differing", "rows", "number"),
    [((1, 2, 3, 4, 7), "row is", 1), ((2, 3, 4, 7), "2 rows are", 2)],
)
def test_sea377_rows_beyond_a_fixed_batch(differing: tuple[int, ...], rows: str, number: int) -> None:
    """Where only the first rows are right, how many there are is how many were traced."""
    outcome = with_rows(*differing)
    [violation] = found(outcome, "SEA377")
    assert violation.what == (
        f"In a batch of 8 only the first {rows} answered as when asked alone ('y'): as with a model that was "
        f"traced with a fixed batch of {number}."
    )
    assert violation.allowed == "the same answer to a row alone and in a batch."
    assert found(outcome, "SEA378") == []
    assert found(GOOD, "SEA377") == []


@pytest.mark.parametrize("differing", [(0, 1, 2, 3, 4, 7), (0, 3), (1,)])
def test_sea378_rows_mixed(differing: tuple[int, ...]) -> None:
    """Where others than the last rows differ, rows are mixed."""
    outcome = with_rows(*differing)
    [violation] = found(outcome, "SEA378")
    count = f"{len(differing)} of 6 compared rows {'is' if len(differing) == 1 else 'are'}"
    assert violation.what == (
        f"In a batch of 8, {count} answered otherwise than when asked alone, by up to 50% of the largest "
        "value ('y'): the model mixes rows, as BatchNorm in training mode or a softmax over the batch does."
    )
    assert violation.allowed == "the same answer to a row alone and in a batch."
    assert found(outcome, "SEA377") == []
    assert found(GOOD, "SEA378") == []
