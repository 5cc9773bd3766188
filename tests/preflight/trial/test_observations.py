"""What is asked of a model that is up, and what is noted: without any server."""

import threading
from dataclasses import replace

import numpy as np
import pytest

from model_packaging.eager.comparison import Arrays
from preflight.trial._asking import Asking
from preflight.trial._at_once import AT_ONCE, ask_at_once
from preflight.trial.errors import TrialCancelledError
from preflight.trial.request_outcome import Form, Origin
from tests.preflight.trial.fake_served import FakeServed, Refused, configured, doubled
from tests.preflight.trial.observing import golden, observed, rows


def test_everything_is_asked_of_a_good_model() -> None:
    """Requests in both forms, again, in batches, row by row, at once; times and memory are measured."""
    outcome = observed(FakeServed())
    assert [(each.form, each.batch_size, each.error) for each in outcome.requests] == [
        (Form.BINARY, 1, ""),
        (Form.JSON, 1, ""),
        (Form.BINARY, 4, ""),
        (Form.JSON, 4, ""),
    ]
    assert outcome.repetition is not None
    assert outcome.repetition.differences == ()
    assert outcome.batch_sizes is not None
    assert [each.rows for each in outcome.batch_sizes.sizes] == [1, 4]
    assert outcome.rows is not None
    assert outcome.rows.differing == ()
    assert outcome.concurrency is not None
    assert (outcome.concurrency.requests, outcome.concurrency.executions) == (8, 8)
    assert outcome.times is not None
    assert outcome.times.maximum == 4
    assert outcome.memory is not None
    assert outcome.memory.growth_mib == 50
    assert outcome.untried == ()


def test_golden_requests_are_asked_instead_of_made_ones() -> None:
    """An answer may name some of the outputs; others of it are no difference."""

    def two(inputs: Arrays) -> Arrays:
        return {**doubled(inputs), "z": np.zeros(1, np.float32)}

    x = rows(2)
    outcome = observed(FakeServed(two), golden(x, {"y": x * 2}))
    assert {each.origin for each in outcome.requests} == {Origin.GOLDEN}
    assert {each.differences for each in outcome.requests} == {()}
    assert outcome.requests[0].contradictions == ("z: the model has no such output (it has y)",)


def test_what_differs_from_a_golden_answer_is_noted() -> None:
    """In words, with figures."""
    x = rows(1)
    outcome = observed(FakeServed(), golden(x, {"y": x * 2 + 1}))
    assert outcome.requests[0].differences == (
        "y differs in 3 of 3 values, by up to 1; allowed are 1e-05 + 0.0001 * |expected|",
    )


def test_a_random_model_is_not_asked_row_by_row() -> None:
    """Whatever differs would differ anyway; what is left out is said."""
    random = np.random.default_rng(0)
    outcome = observed(FakeServed(lambda inputs: {"y": random.random(inputs["x"].shape, np.float32)}))
    assert outcome.repetition is not None
    assert outcome.repetition.differences
    assert (outcome.rows, outcome.concurrency) == (None, None)
    why = "the model gives another answer to the same request each time"
    assert [(each.check, each.why) for each in outcome.untried] == [
        ("rows alone", why),
        ("concurrency", why),
    ]


def test_rounding_is_not_random() -> None:
    """TorchScript fuses operations after its first runs: a value near zero may change beyond a tolerance."""

    def answer(inputs: Arrays) -> Arrays:
        y = np.array([[1000.0, 1e-4 * served.asked, 0]], np.float32)
        return {"y": y.repeat(len(inputs["x"]), axis=0)}

    served = FakeServed(answer)
    outcome = observed(served)
    assert outcome.repetition is not None
    assert outcome.repetition.differences == ()
    assert outcome.form_differences == ()


@pytest.mark.parametrize(
    ("served", "why"),
    [
        (
            FakeServed(configured=configured(decoupled=True)),
            "the model is decoupled: it may answer a request any number of times",
        ),
        (
            FakeServed(configured=configured(sequences=True)),
            "the model keeps sequences, which a single request can't show",
        ),
        (
            FakeServed(configured=replace(configured(), signature=None)),
            "nothing says what the model takes: there is no manifest beside it",
        ),
        (FakeServed(configured=configured(datatype="BF16")), "x is of type BF16, which NumPy lacks"),
    ],
    ids=["decoupled", "sequences", "no signature", "BF16"],
)
def test_what_can_t_be_asked_is_said(served: FakeServed, why: str) -> None:
    """Nothing is asked then."""
    outcome = observed(served)
    assert [(each.check, each.why) for each in outcome.untried] == [("requests", why)]
    assert served.asked == 0


def test_16_bit_floats_are_not_asked_as_json() -> None:
    """Triton refuses them there: that is no fault of the model."""
    served = FakeServed(lambda inputs: {"y": inputs["x"].copy()}, configured=configured(datatype="FP16"))
    outcome = observed(served)
    assert [each.form for each in outcome.requests] == [Form.BINARY]
    assert [each.why for each in outcome.untried] == ["16-bit floats have no JSON form"]


def test_large_requests_are_not_asked_as_json() -> None:
    """JSON would be larger than SageMaker takes."""
    outcome = observed(FakeServed(), golden(np.zeros((120_000, 3), np.float32)))
    assert [each.form for each in outcome.requests] == [Form.BINARY]
    assert "it has more than 1 MiB" in [each.why for each in outcome.untried]


def test_a_model_that_answers_nothing_is_asked_nothing_more() -> None:
    """Random values, zeros, ones; then what is left out is said."""

    def refuse(_: Arrays) -> Arrays:
        raise Refused("not for me")

    outcome = observed(FakeServed(refuse))
    assert [each.error for each in outcome.requests] == ["not for me"] * 3
    assert [each.check for each in outcome.untried] == ["rows, concurrency and response times"]
    assert outcome.times is None


def test_a_server_that_ends_ends_the_trial_with_what_it_has() -> None:
    """Why it ended is noted in its own words."""
    served = FakeServed()

    def answer(inputs: Arrays) -> Arrays:
        if len(inputs["x"]) > 1:
            served.gone = "Segmentation fault"
            raise Refused("the connection broke")
        return doubled(inputs)

    served.answer = answer
    outcome = observed(served)
    assert outcome.died == "Segmentation fault"
    assert len(outcome.requests) == 2
    assert outcome.batch_sizes is None


def test_a_slow_model_is_asked_little() -> None:
    """Eight requests at once would take SageMaker's whole time, and say nothing of the model."""
    served = FakeServed(seconds=6.5)
    outcome = observed(served)
    assert served.asked == 2
    assert outcome.times is not None
    assert outcome.times.one_seconds == 6.5
    assert [(each.check, each.why) for each in outcome.untried] == [
        ("batches and concurrency", "a request takes 6.5 s on this machine")
    ]


def test_a_model_that_answers_too_late_is_asked_once() -> None:
    """Every further request would take as long."""

    def late(_: Arrays) -> Arrays:
        raise Refused("no answer within 60 s")

    for requests in ((), (golden(rows(1)), golden(rows(2)))):
        served = FakeServed(late, seconds=61.0)
        outcome = observed(served, *requests)
        assert served.asked == 1
        assert [each.timed_out for each in outcome.requests] == [True]


def test_a_batch_that_comes_too_late_is_told_apart() -> None:
    """No sizes between are tried: it is slow, and traced with none of them."""

    def answer(inputs: Arrays) -> Arrays:
        served.seconds = 61.0 if len(inputs["x"]) > 1 else 0.001
        if len(inputs["x"]) > 1:
            raise Refused("no answer within 60 s")
        return doubled(inputs)

    served = FakeServed(answer)
    sizes = observed(served).batch_sizes
    assert sizes is not None
    assert [(each.rows, each.timed_out) for each in sizes.sizes] == [(1, False), (4, True)]


def test_cached_answers_are_not_measured() -> None:
    """The second of two equal requests says nothing of the model's speed."""
    outcome = observed(FakeServed(configured=configured(response_cache=True)))
    assert outcome.times is None
    assert outcome.concurrency is not None
    assert outcome.concurrency.executions is None
    assert [each.check for each in outcome.untried] == ["response times"]


def test_a_model_without_a_batch_dimension_is_asked_at_once() -> None:
    """Different requests are made for that."""
    outcome = observed(FakeServed(configured=configured(0)))
    assert outcome.batch_sizes is None
    assert outcome.concurrency is not None
    assert outcome.concurrency.requests == AT_ONCE
    assert outcome.times is not None
    assert outcome.times.maximum_seconds is None


def test_odd_values_are_noted_unless_they_are_expected() -> None:
    """NaN and infinities by output."""

    def answer(inputs: Arrays) -> Arrays:
        y = inputs["x"].copy()
        y[0, :2] = np.nan, np.inf
        return {"y": y}

    x = rows(1)
    first = observed(FakeServed(answer), golden(x)).requests[0]
    assert (first.nan_outputs, first.infinite_outputs) == (("y",), ("y",))
    expected = observed(FakeServed(answer), golden(x, answer({"x": x}))).requests[0]
    assert (expected.nan_outputs, expected.infinite_outputs, expected.differences) == ((), (), ())


def test_swapped_answers_are_told_from_wrong_ones() -> None:
    """A model that answers pairs the wrong way round once they come together."""
    barrier = threading.Barrier(AT_ONCE)
    together: list[Arrays] = []
    alone = 2

    def answer(inputs: Arrays) -> Arrays:
        if served.asked <= alone:
            return doubled(inputs)
        position = barrier.wait(timeout=10)
        together.append(inputs)
        return {"y": other[inputs["x"].tobytes()] if position else np.zeros((1, 3), np.float32)}

    served = FakeServed(answer)
    one, two = rows(2)[:1], rows(2)[1:]
    other = {one.tobytes(): two * 2, two.tobytes(): one * 2}
    asking = Asking(served, lambda: False)
    found = ask_at_once(asking, [{"x": one}, {"x": two}], lambda: False)
    assert found is not None
    assert found.failed == 0
    assert len(found.wrong) == AT_ONCE
    assert len(found.swapped) == AT_ONCE - 1


def test_who_gives_up_is_asked_before_every_request() -> None:
    """Nothing more is sent then."""
    served = FakeServed()
    asking = Asking(served, lambda: served.asked >= 2)
    x = {"x": rows(1)}
    asking.raw(x)
    asking.raw(x)
    with pytest.raises(TrialCancelledError, match="the trial was given up"):
        asking.raw(x)
    assert served.asked == 2
