"""SEA380: several requests at the same time, and what the server counted."""

from collections.abc import Iterator

from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TRIAL, Enforcer, SeenAfter, Violation
from preflight.rules._trial_words import failed_batch_sizes, is_crash
from preflight.trial.outcome import TrialOutcome

__all__ = [
    "another_requests_answer",
    "cache_never_hit",
    "unanswered_at_once",
    "warm_up_not_run",
    "wrong_at_once",
]

_BATCHER = (
    "Triton, batchers, dynamic batcher: requests that come together may run as one batch, each gets its own "
)
_BATCHER += "answer; tried on this machine's server"


@rule(
    "SEA380",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.LATER,
    title="requests fail when several come at once",
    scope=TRIAL,
    source=_BATCHER,
    symptom="Single requests succeed; under load some fail with ModelError.",
    fix="Correct what the error names: code that is not made for several instances or for joined requests.",
)
def unanswered_at_once(outcome: TrialOutcome) -> Iterator[Violation]:
    """Requests that are answered alone are answered at once; batches that fail are told by SEA375, 376."""
    together = outcome.concurrency
    if together is None or failed_batch_sizes(outcome) or all(map(is_crash, together.errors)):
        return
    if together.failed:
        yield Violation(
            f"Of {together.requests} requests at once {together.failed} failed, each of which is answered "
            f"alone: {'; '.join(together.errors)}.",
            "an answer to each.",
            outcome.place,
        )


@rule(
    "SEA381",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="a request gets another request's answer",
    scope=TRIAL,
    source=f"{_BATCHER}; Triton, Python backend, execute: one response for each request, in their order",
    symptom="Nothing fails: under load some clients get the answers of others.",
    fix="Return responses in the order of the requests, and keep nothing of a request in the model.",
)
def another_requests_answer(outcome: TrialOutcome) -> Iterator[Violation]:
    """No request gets the answer of another."""
    together = outcome.concurrency
    if together is not None and together.swapped:
        pairs = ", ".join(f"{one + 1} got that of {other + 1}" for one, other in together.swapped)
        yield Violation(
            f"Of {together.requests} requests at once {len(together.swapped)} got another's answer: {pairs}.",
            "to each request its own answer.",
            outcome.place,
        )


@rule(
    "SEA382",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="requests at once are answered otherwise than alone",
    scope=TRIAL,
    source=_BATCHER,
    symptom="Nothing fails: under load some answers are wrong.",
    fix="Look for what requests share: a buffer, a cache, a random state, or the rows of a joined batch.",
)
def wrong_at_once(outcome: TrialOutcome) -> Iterator[Violation]:
    """An answer does not depend on what else is asked; mixed rows are told by SEA377 and SEA378."""
    together, rows = outcome.concurrency, outcome.rows
    if together is None or (rows is not None and rows.differing):
        return
    swapped = {one for one, _ in together.swapped}
    wrong = [index for index in together.wrong if index not in swapped]
    if wrong:
        yield Violation(
            f"Of {together.requests} requests at once {len(wrong)} "
            f"{'is' if len(wrong) == 1 else 'are'} answered otherwise than alone.",
            "the same answer as alone.",
            outcome.place,
        )


@rule(
    "SEA385",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="the configured warm-up was not run",
    scope=TRIAL,
    source="Triton, model configuration, model warmup: it runs before the model is ready; statistics "
    "extension, execution_count, which counts warm-ups; measured on Triton 2.51",
    symptom="The first requests are as slow as without any warm-up.",
    fix="Look into the server's log for what became of the warm-up.",
)
def warm_up_not_run(outcome: TrialOutcome) -> Iterator[Violation]:
    """Where the configuration names warm-up samples, the model has run before the first request."""
    counters = outcome.counters
    if counters is not None and counters.warm_up_samples and counters.warm_ups_run == 0:
        yield Violation(
            f"config.pbtxt names {counters.warm_up_samples} warm-up "
            f"{'sample' if counters.warm_up_samples == 1 else 'samples'}; the model had not run before the "
            "first request.",
            "a run for each sample.",
            outcome.place,
        )


@rule(
    "SEA386",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.LATER,
    title="the response cache answers nothing",
    scope=TRIAL,
    source="Triton, response cache: it takes the model's response_cache and the server's --cache-config; "
    "statistics extension, cache_hit; tried on this machine's server",
    symptom="Nothing fails: equal requests are computed again each time.",
    fix="Start the server with a cache: SAGEMAKER_TRITON_ADDITIONAL_ARGS with "
    "--cache-config=local,size=...; or "
    "leave response_cache out.",
)
def cache_never_hit(outcome: TrialOutcome) -> Iterator[Violation]:
    """Where the configuration asks for a response cache, the same request again is answered from it."""
    counters = outcome.counters
    asked = outcome.repetition is not None
    if counters is not None and asked and counters.response_cache and not counters.cache_hits:
        yield Violation(
            "response_cache is on, and the same request again was computed again: the server counts no hit.",
            "hits, or no response_cache.",
            outcome.place,
        )
