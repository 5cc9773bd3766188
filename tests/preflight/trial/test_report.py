"""The report of trials: a table and a document."""

import json
from dataclasses import replace

from preflight.trial.batches import BatchSizes, SizeOutcome
from preflight.trial.concurrency_outcome import Concurrency
from preflight.trial.loading import Loading, Stage
from preflight.trial.outcome import TrialOutcome, Untried
from preflight.trial.report import TrialReport
from preflight.trial.request_outcome import Form, Origin, RequestOutcome
from preflight.trial.usage import Memory, Times

REQUEST = RequestOutcome("golden.npz", Origin.GOLDEN, Form.BINARY, 1, 0.01, 100, is_compared=True)
TRIED = TrialOutcome(
    "classifier",
    loading=Loading(Stage.LOAD, 1.52, 300),
    requests=(REQUEST, replace(REQUEST, form=Form.JSON, request_bytes=4096, error="no")),
    batch_sizes=BatchSizes(8, (SizeOutcome(1, answered_rows=(("y", 1),)),)),
    concurrency=Concurrency(8, wrong=(1,)),
    times=Times(0.2, 0.0015, 0.0042, 8),
    memory=Memory(250.0, 301.4),
    notes=("classifier/config.pbtxt:3: KIND_GPU is served as KIND_CPU on this machine.",),
)


def test_a_table_of_what_was_measured() -> None:
    """Each model has a row; what was not tried and what is served otherwise stand below it."""
    failed = TrialOutcome("b", loading=Loading(Stage.LOAD, 0.3, 300, "no"))
    untried = TrialOutcome(
        "plan", untried=(Untried("the model", "this machine's Triton has no backend 'tensorrt'"),)
    )
    assert TrialReport((), (TRIED, failed, untried)).render_terminal().splitlines() == [
        (
            "model       loaded in s  batch 1 ms   batch N ms  memory MiB   largest request KiB     requests"
            "      at once"
        ),
        (
            "classifier          1.5         1.5  4.2 (N = 8)         301  0.1 binary, 4.0 JSON  1 of 2 good"
            "  7 of 8 good"
        ),
        (
            "b                failed           -            -           -                     -            -"
            "            -"
        ),
        (
            "plan          not tried           -            -           -                     -            -"
            "            -"
        ),
        "classifier: classifier/config.pbtxt:3: KIND_GPU is served as KIND_CPU on this machine.",
        "plan: the model not tried: this machine's Triton has no backend 'tensorrt'.",
    ]


def test_a_deployment_without_models() -> None:
    """There is no table of nothing."""
    assert TrialReport((), ()).render_terminal() == "No model was tried: the deployment serves none."


def test_a_model_without_times() -> None:
    """A response cache, or a model that answers nothing, leaves times out."""
    report = TrialReport((), (replace(TRIED, times=None, notes=()),))
    assert report.render_terminal().splitlines()[1].split()[:4] == ["classifier", "1.5", "-", "-"]


def test_a_document_for_programs() -> None:
    """Everything that was gathered is in it, as JSON holds it."""
    document = json.loads(json.dumps(TrialReport((), (TRIED,)).to_document()))
    assert document["trial_report_format"] == 1
    [outcome] = document["outcomes"]
    assert outcome["model"] == "classifier"
    assert outcome["loading"]["stage"] == "load"
    assert outcome["requests"][0]["form"] == "binary"
    assert outcome["times"]["maximum_seconds"] == 0.0042


def test_what_nobody_expected_is_answered_and_not_good() -> None:
    """A made request has no expected answer: that it is right, nobody knows."""
    made = replace(REQUEST, origin=Origin.MADE, is_compared=False)
    table = TrialReport((), (replace(TRIED, requests=(made, replace(made, form=Form.JSON))),))
    assert "2 of 2 answered" in table.render_terminal()
