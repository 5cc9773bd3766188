"""The rules about several requests at once, warm-up and cache of a trial."""

from dataclasses import replace

from preflight.trial.batches import RowComparison
from preflight.trial.concurrency_outcome import Concurrency
from preflight.trial.usage import Counters
from tests.preflight.rules.trial_outcomes import GOOD, found


def test_sea380_unanswered_at_once() -> None:
    """How many failed, and with which words, each once."""
    outcome = replace(GOOD, concurrency=Concurrency(8, errors=("HTTP 500: busy", "other"), failed=3))
    [violation] = found(outcome, "SEA380")
    assert violation.what == (
        "Of 8 requests at once 3 failed, each of which is answered alone: HTTP 500: busy; other."
    )
    assert violation.allowed == "an answer to each."
    assert found(GOOD, "SEA380") == []


def test_sea381_another_request_s_answer() -> None:
    """Who got whose answer is counted from 1."""
    outcome = replace(GOOD, concurrency=Concurrency(8, wrong=(0, 1), swapped=((0, 1), (1, 0))))
    [violation] = found(outcome, "SEA381")
    assert violation.what == (
        "Of 8 requests at once 2 got another's answer: 1 got that of 2, 2 got that of 1."
    )
    assert violation.allowed == "to each request its own answer."
    assert found(outcome, "SEA382") == []
    assert found(GOOD, "SEA381") == []


def test_sea382_wrong_at_once() -> None:
    """What is nobody's answer is told apart from what is another's."""
    outcome = replace(GOOD, concurrency=Concurrency(8, wrong=(0, 1, 5), swapped=((0, 1),)))
    [violation] = found(outcome, "SEA382")
    assert violation.what == "Of 8 requests at once 2 are answered otherwise than alone."
    assert violation.allowed == "the same answer as alone."
    assert found(GOOD, "SEA382") == []


def test_sea382_leaves_mixed_rows_to_their_rules() -> None:
    """Joined requests are a batch: rows that are mixed there are told as such."""
    mixed = RowComparison(8, (0, 1), (0, 1), ("y",), 0.5, 0.02)
    outcome = replace(GOOD, concurrency=Concurrency(8, wrong=(0,)), rows=mixed)
    assert found(outcome, "SEA382") == []


def test_sea385_warm_up_not_run() -> None:
    """A model whose warm-up ran has run before the first request; where nobody counted, nothing is said."""
    silent = Counters(30, 20, warm_up_samples=2, warm_ups_run=0)
    [violation] = found(replace(GOOD, counters=silent), "SEA385")
    assert violation.what == (
        "config.pbtxt names 2 warm-up samples; the model had not run before the first request."
    )
    assert violation.allowed == "a run for each sample."
    assert found(replace(GOOD, counters=replace(silent, warm_ups_run=None)), "SEA385") == []
    assert found(GOOD, "SEA385") == []


def test_sea386_cache_never_hit() -> None:
    """A cache that is asked for and never answers is told; one that was not asked twice is not."""
    counters = Counters(30, 20, response_cache=True)
    outcome = replace(GOOD, counters=counters)
    [violation] = found(outcome, "SEA386")
    assert violation.what == (
        "response_cache is on, and the same request again was computed again: the server counts no hit."
    )
    assert violation.allowed == "hits, or no response_cache."
    assert found(replace(outcome, repetition=None), "SEA386") == []
    assert found(GOOD, "SEA386") == []
