"""What a batch does to answers, as trials note it: without any server."""

import numpy as np
import pytest

from model_packaging.eager.comparison import Arrays
from preflight.trial._samples import TrialRequest
from tests.preflight.trial.fake_served import FakeServed, Refused, doubled
from tests.preflight.trial.observing import golden, observed, rows


@pytest.mark.parametrize(("fixed", "answered"), [(1, [1]), (3, [3])])
def test_a_fixed_batch_is_found_by_trying_sizes(fixed: int, answered: list[int]) -> None:
    """Where one row or the maximum fails, sizes between are tried."""

    def answer(inputs: Arrays) -> Arrays:
        if len(inputs["x"]) != fixed:
            raise Refused("invalid shape")
        return doubled(inputs)

    outcome = observed(FakeServed(answer), golden(rows(fixed)))
    assert outcome.batch_sizes is not None
    assert [each.rows for each in outcome.batch_sizes.sizes] == [1, 2, 3, 4]
    assert [each.rows for each in outcome.batch_sizes.sizes if each.is_answered] == answered
    assert outcome.rows is None


@pytest.mark.parametrize("requests", [(), (golden(rows(1)),)], ids=["made", "golden"])
def test_a_fixed_batch_is_found_where_no_sample_is_answered(requests: tuple[TrialRequest, ...]) -> None:
    """Other sizes are tried before the model is given up."""

    def answer(inputs: Arrays) -> Arrays:
        if len(inputs["x"]) != 2:
            raise Refused("invalid shape")
        return doubled(inputs)

    outcome = observed(FakeServed(answer), *requests)
    assert outcome.batch_sizes is not None
    assert [each.rows for each in outcome.batch_sizes.sizes if each.is_answered] == [2]
    assert [each.check for each in outcome.untried] == ["rows, concurrency and response times"]


def test_a_model_that_answers_nothing_has_no_sizes() -> None:
    """Then the size is not what is wrong."""

    def answer(_: Arrays) -> Arrays:
        raise Refused("not for me")

    assert observed(FakeServed(answer)).batch_sizes is None
    assert observed(FakeServed(answer), golden(np.zeros((1, 4), np.float32))).batch_sizes is None


def test_a_lack_of_memory_is_told_apart() -> None:
    """It is this machine's, and no fixed batch."""

    def answer(inputs: Arrays) -> Arrays:
        if len(inputs["x"]) > 1:
            raise Refused("RuntimeError: [enforce fail] DefaultCPUAllocator: can't allocate memory")
        return doubled(inputs)

    sizes = observed(FakeServed(answer)).batch_sizes
    assert sizes is not None
    assert [each.is_out_of_memory for each in sizes.sizes] == [False, True, True, True]


def test_rows_that_are_silently_wrong_are_found() -> None:
    """Only the first row is answered, the others are zeros."""

    def answer(inputs: Arrays) -> Arrays:
        y = np.zeros_like(inputs["x"])
        y[0] = inputs["x"][0] * 2
        return {"y": y}

    found = observed(FakeServed(answer)).rows
    assert found is not None
    assert (found.compared, found.differing, found.outputs) == ((0, 1, 2, 3), (1, 2, 3), ("y",))


def test_rows_that_are_mixed_are_found() -> None:
    """Each row is divided by the batch's sum."""

    def answer(inputs: Arrays) -> Arrays:
        exponential = np.exp(inputs["x"])
        return {"y": exponential / exponential.sum(0)}

    found = observed(FakeServed(answer), golden(rows(4))).rows
    assert found is not None
    assert found.differing == (0, 1, 2, 3)
    assert found.largest_share > 0.5
