"""The rules about what is odd in the answers of a trial."""

from dataclasses import replace

from preflight.rule import TRIAL
from preflight.running import violations_of
from preflight.trial.batches import BatchSizes, SizeOutcome
from preflight.trial.request_outcome import Form, FormDifference, Repetition
from tests.preflight.rules.trial_outcomes import GOLDEN, GOOD, JSON, answered, found

AGAIN = Repetition("golden.npz", ("y differs in 2 of 3 values, by up to 1.2",))


def test_sea365_nan() -> None:
    """The outputs and the first request that showed it are named."""
    odd = replace(GOLDEN, nan_outputs=("y", "a"))
    [violation] = found(replace(GOOD, requests=(odd, replace(JSON, label="z", nan_outputs=("y",)))), "SEA365")
    assert violation.what == (
        "The answers hold NaN in 'a' (request 'golden.npz'), 'y' (request 'golden.npz')."
    )
    assert violation.allowed == "finite numbers."
    assert found(GOOD, "SEA365") == []


def test_sea366_infinity() -> None:
    """An infinity is told like NaN, by a rule of its own."""
    [violation] = found(replace(GOOD, requests=(replace(GOLDEN, infinite_outputs=("y",)),)), "SEA366")
    assert violation.what == "The answers hold an infinity in 'y' (request 'golden.npz')."
    assert found(GOOD, "SEA366") == []


def test_sea367_forms_differ() -> None:
    """Both forms are named; a model that draws random numbers is told by SEA370 alone."""
    difference = FormDifference("golden.npz", (Form.BINARY, Form.JSON), ("y differs in 1 of 3 values",))
    outcome = replace(GOOD, form_differences=(difference,))
    [violation] = found(outcome, "SEA367")
    assert violation.what == (
        "The request 'golden.npz' is answered otherwise as JSON than as binary: y differs in 1 of 3 values."
    )
    assert violation.allowed == "the same answer within the tolerance."
    assert found(replace(outcome, repetition=AGAIN), "SEA367") == []
    assert found(GOOD, "SEA367") == []


def test_sea368_one_form_only() -> None:
    """What JSON refuses and binary doesn't is told with the error."""
    outcome = replace(GOOD, requests=(GOLDEN, replace(JSON, error="HTTP 500: failed to parse")))
    [violation] = found(outcome, "SEA368")
    assert violation.what == (
        "The request 'golden.npz' is answered as binary and refused as JSON: HTTP 500: failed to parse."
    )
    assert violation.allowed == "an answer in both forms."
    assert found(GOOD, "SEA368") == []


def test_sea369_not_answered_in_time() -> None:
    """SageMaker gives a container 60 seconds."""
    late = replace(GOLDEN, error="no answer within 60 s", timed_out=True)
    [violation] = found(replace(GOOD, requests=(late,)), "SEA369")
    assert violation.what == "The request 'golden.npz': no answer within 60 s."
    assert violation.allowed == "an answer within 60 s on the instance."
    batch = SizeOutcome(8, "no answer within 60 s", timed_out=True)
    slow = replace(GOOD, batch_sizes=BatchSizes(8, (answered(1), batch)))
    assert [(rule.id, each.what) for rule, each in violations_of(TRIAL, slow)] == [
        ("SEA369", "A batch of 8: no answer within 60 s.")
    ]
    assert found(GOOD, "SEA369") == []


def test_sea370_stochastic() -> None:
    """The finding names what usually does it."""
    [violation] = found(replace(GOOD, repetition=AGAIN), "SEA370")
    assert violation.what == (
        "The request 'golden.npz' is answered differently when it is sent again: y differs in 2 of 3 values, "
        "by up to 1.2; a module in training mode does so, by its Dropout."
    )
    assert violation.allowed == "the same answer to the same request."
    assert found(GOOD, "SEA370") == []
