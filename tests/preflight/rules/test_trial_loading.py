"""The rules about a model that does not come up in a trial, or does not stay up."""

from dataclasses import replace

import pytest

from preflight.rule import TRIAL
from preflight.running import violations_of
from preflight.trial.batches import BatchSizes
from preflight.trial.concurrency_outcome import Concurrency
from preflight.trial.loading import Loading, Stage
from preflight.trial.outcome import Server, TrialOutcome
from tests.preflight.rules.trial_outcomes import GOLDEN, GOOD, PLACE, answered, found, refused

CRASH = "HTTP 500: Stub process 'classifier_0_0' is not healthy."


def failed(stage: Stage, failure: str, *, timed_out: bool = False) -> TrialOutcome:
    loading = Loading(stage, 2.0, 60.0, failure, timed_out)
    return TrialOutcome("classifier", place=PLACE, loading=loading)


def test_nothing_is_said_of_a_good_trial() -> None:
    """The outcome that the tests start from breaks no rule."""
    assert list(violations_of(TRIAL, GOOD)) == []


def test_nothing_is_said_of_a_model_that_was_not_tried() -> None:
    """What this machine can't try is told in the report, and is no finding."""
    assert list(violations_of(TRIAL, TrialOutcome("classifier", place=PLACE))) == []


def test_sea351_not_unpacked() -> None:
    """The reason stands in the finding, at the model's place."""
    [violation] = found(failed(Stage.UNPACK, "not a gzip file"), "SEA351")
    assert violation.what == "The artifact can't be unpacked: not a gzip file."
    assert violation.allowed == "an archive or a folder that can be read to its end."
    assert violation.place == PLACE
    assert found(failed(Stage.LOAD, "not a gzip file"), "SEA351") == []


def test_sea352_serve_refuses() -> None:
    """What serve would say stands in the finding."""
    [violation] = found(failed(Stage.SERVE, "no model folder found"), "SEA352")
    assert violation.what == "serve would end before Triton starts: no model folder found."
    assert violation.allowed == "model data and variables that serve accepts."
    assert found(GOOD, "SEA352") == []


def test_sea353_not_loaded() -> None:
    """Triton's own words stand in the finding."""
    [violation] = found(failed(Stage.LOAD, "model 'm': ValueError: no weights"), "SEA353")
    assert violation.what == "Triton doesn't load it: model 'm': ValueError: no weights."
    assert violation.allowed == "a model that loads."
    assert found(GOOD, "SEA353") == []


def test_sea353_names_the_server() -> None:
    """In the PyTorch images' layout another server speaks."""
    outcome = replace(failed(Stage.LOAD, "KeyError: 'x'"), server=Server.PYTORCH)
    [violation] = found(outcome, "SEA353")
    assert violation.what == "SageMaker's PyTorch toolkit doesn't load it: KeyError: 'x'."


def test_sea354_not_loaded_in_time() -> None:
    """A time-out is not a failure to load: it is a warning of its own."""
    outcome = failed(Stage.LOAD, "not ready within 60 s; Triton last said: ...", timed_out=True)
    [violation] = found(outcome, "SEA354")
    assert violation.what == "Triton has not loaded it: not ready within 60 s; Triton last said: ...."[:-1]
    assert violation.allowed == "a model that loads within 60 s on this machine."
    assert found(outcome, "SEA353") == []
    assert found(GOOD, "SEA354") == []


def test_sea355_server_died() -> None:
    """Why the process ended stands in the finding."""
    [violation] = found(replace(GOOD, died="Triton last said: Segmentation fault"), "SEA355")
    assert violation.what == (
        "A process of Triton ended while it was asked: Triton last said: Segmentation fault."
    )
    assert violation.allowed == "a server that outlives every request."
    assert found(GOOD, "SEA355") == []


@pytest.mark.parametrize(
    "outcome",
    [
        replace(GOOD, requests=(replace(GOLDEN, error=CRASH),)),
        replace(GOOD, batch_sizes=BatchSizes(8, (answered(1), refused(8, CRASH)))),
        replace(GOOD, concurrency=Concurrency(8, errors=(CRASH,), failed=8)),
    ],
    ids=["a request", "a batch", "at once"],
)
def test_sea355_tells_of_a_model_s_process_alone(outcome: TrialOutcome) -> None:
    """Triton starts a Python model's process again; whatever ended it is told once, here."""
    assert [rule.id for rule, _ in violations_of(TRIAL, outcome)] == ["SEA355"]
    [violation] = found(outcome, "SEA355")
    assert violation.what == f"A process of Triton ended while it was asked: {CRASH}"
