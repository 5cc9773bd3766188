"""One trial that nothing can be said of, and what the rules say of others."""

from dataclasses import replace

from preflight.rule import TRIAL, Violation
from preflight.running import violations_of
from preflight.trial.batches import BatchSizes, RowComparison, SizeOutcome
from preflight.trial.concurrency_outcome import Concurrency
from preflight.trial.loading import Loading, Stage
from preflight.trial.outcome import TrialOutcome
from preflight.trial.request_outcome import Form, Origin, Repetition, RequestOutcome
from preflight.trial.usage import Counters

__all__ = ["GOLDEN", "GOOD", "JSON", "PLACE", "answered", "found", "refused"]

PLACE = ("models", "classifier")

GOLDEN = RequestOutcome(
    label="golden.npz",
    origin=Origin.GOLDEN,
    form=Form.BINARY,
    batch_size=1,
    seconds=0.01,
    request_bytes=100,
    answer_bytes=80,
)
JSON = replace(GOLDEN, form=Form.JSON)


def answered(rows: int) -> SizeOutcome:
    """Return a batch that was answered."""
    return SizeOutcome(rows, answered_rows=(("y", rows),))


def refused(rows: int, error: str = "HTTP 500: shape '[1, 3]' is invalid") -> SizeOutcome:
    """Return a batch that was refused."""
    return SizeOutcome(rows, error)


GOOD = TrialOutcome(
    model="classifier",
    place=PLACE,
    loading=Loading(Stage.LOAD, 1.5, 300.0),
    requests=(GOLDEN, JSON),
    repetition=Repetition("golden.npz"),
    batch_sizes=BatchSizes(8, (answered(1), answered(8))),
    rows=RowComparison(8, (0, 1, 2, 3, 4, 7), allowed_share=0.02),
    concurrency=Concurrency(8, executions=2),
    counters=Counters(
        30, 20, warm_up_samples=1, warm_ups_run=1, response_cache=True, cache_hits=4, dynamic_batching=True
    ),
)
"""An outcome that no rule has anything to say about."""


def found(outcome: TrialOutcome, rule_id: str) -> list[Violation]:
    """Return what one rule says of ``outcome``."""
    return [violation for rule, violation in violations_of(TRIAL, outcome) if rule.id == rule_id]
