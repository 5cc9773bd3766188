"""SEA375: what a model's batch dimension does to its answers."""

from collections.abc import Iterable, Iterator

from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TRIAL, Enforcer, SeenAfter, Violation
from preflight.rules._trial_words import is_crash, sentence
from preflight.trial.batches import RowComparison, SizeOutcome
from preflight.trial.outcome import TrialOutcome

__all__ = ["fixed_batch", "largest_batch_refused", "rows_beyond_fixed_batch", "rows_mixed"]

_BATCHING = "Triton, model configuration, maximum batch size: every request of up to so many rows is answered"
_TRACE = "PyTorch, torch.jit.trace: what depends on the example's sizes is recorded as it was"
_TRACE_FIX = (
    "Script the module, or trace it so that no size of the example becomes a constant: take sizes from "
)
_TRACE_FIX += (
    "the input's shape. Where it is to take one size only, say so: max_batch_size 1 for single rows, "
    "otherwise max_batch_size 0 with the size as the first of dims."
)

_EVAL_FIX = (
    "Correct the model so that it answers a single row: where a module is in training mode, as BatchNorm "
)
_EVAL_FIX += "says with `when training`, call eval() on it before it is exported."


@rule(
    "SEA375",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AT_REQUEST,
    title="the model was traced with a fixed batch",
    scope=TRIAL,
    source=f"{_BATCHING}; {_TRACE}; tried on this machine's server",
    symptom="Requests of one row succeed and those of several fail; with dynamic batching single requests "
    "fail, too, as soon as there are several at once.",
    fix=_TRACE_FIX,
)
def fixed_batch(outcome: TrialOutcome) -> Iterator[Violation]:
    """A model behind max_batch_size answers more than one size of batch."""
    answered, failed = _sizes(outcome)
    if len(answered) == 1 and failed:
        (only,) = answered
        worst = failed[-1]
        yield Violation(
            f"It answers a batch of {only.rows} and no other, as a model does that was traced with a "
            "fixed batch of "
            f"{only.rows}. A batch of {worst.rows}: {_fault(worst)}",
            f"answers to every batch from 1 to {_maximum(outcome)} rows, as max_batch_size promises.",
            outcome.place,
        )


@rule(
    "SEA376",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AT_REQUEST,
    title="some batches up to max_batch_size fail",
    scope=TRIAL,
    source=f"{_BATCHING}; tried on this machine's server",
    symptom="Small requests succeed and large ones fail; with dynamic batching small ones fail, too, as soon "
    "as many come at once.",
    fix="Lower max_batch_size to what is answered, or correct the model.",
)
def largest_batch_refused(outcome: TrialOutcome) -> Iterator[Violation]:
    """Every size of batch that was tried is answered."""
    answered, failed = _sizes(outcome)
    if len(answered) > 1 and failed:
        worst = failed[-1]
        yield Violation(
            f"It answers batches of {_listed(answered)} and not of {_listed(failed)}. A batch of "
            f"{worst.rows}: "
            f"{_fault(worst)}",
            f"answers to every batch from 1 to {_maximum(outcome)} rows, as max_batch_size promises.",
            outcome.place,
            _EVAL_FIX if failed[0].rows == 1 else None,
        )


@rule(
    "SEA377",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="only the first rows of a batch are answered rightly",
    scope=TRIAL,
    source=f"{_BATCHING}; {_TRACE}; tried on this machine's server",
    symptom="Nothing fails: from some row of a batch on, and with dynamic batching for some of several "
    "requests at once, answers are wrong.",
    fix=_TRACE_FIX,
)
def rows_beyond_fixed_batch(outcome: TrialOutcome) -> Iterator[Violation]:
    """A row's answer does not depend on how far behind it stands in the batch."""
    right = _rows_that_are_right(outcome.rows)
    if outcome.rows is not None and right:
        yield Violation(
            f"In a batch of {outcome.rows.batch_size} only the first {_rows(right)} answered as when asked "
            f"alone ({_outputs(outcome.rows)}): as with a model that was traced with a fixed batch of "
            f"{right}.",
            "the same answer to a row alone and in a batch.",
            outcome.place,
        )


@rule(
    "SEA378",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="a row's answer depends on the other rows of its batch",
    scope=TRIAL,
    source=f"{_BATCHING}; PyTorch, torch.nn.BatchNorm1d: in training mode it normalizes by the batch's "
    "own mean "
    "and variance; tried on this machine's server",
    symptom="Nothing fails: an answer changes with what else is in the batch, with dynamic batching with "
    "what "
    "others ask at the same time.",
    fix="Call eval() on the module before it is exported, and compute over the last dimensions, never "
    "over the "
    "first; where rows belong together, leave out the batch dimension: max_batch_size 0.",
)
def rows_mixed(outcome: TrialOutcome) -> Iterator[Violation]:
    """A row has the same answer alone as together with others, rounding apart."""
    rows = outcome.rows
    if rows is not None and rows.differing and not _rows_that_are_right(rows):
        yield Violation(
            f"In a batch of {rows.batch_size}, {_some(rows)} answered otherwise than when asked alone, by up "
            f"to {rows.largest_share:.0%} of the largest value ({_outputs(rows)}): the model mixes rows, as "
            "BatchNorm in training mode or a softmax over the batch does.",
            "the same answer to a row alone and in a batch.",
            outcome.place,
        )


def _sizes(outcome: TrialOutcome) -> tuple[list[SizeOutcome], list[SizeOutcome]]:
    """Return the sizes that were answered, and those that were refused for nothing but their size."""
    tried = outcome.batch_sizes.sizes if outcome.batch_sizes is not None else ()
    answered = [each for each in tried if each.is_answered]
    failed = [each for each in tried if not each.is_answered]
    # Memory is this machine's; what ends a process is told by SEA355, what comes too late by SEA369.
    told = [each for each in failed if each.is_out_of_memory or each.timed_out or is_crash(each.error)]
    return answered, [each for each in failed if each not in told]


def _maximum(outcome: TrialOutcome) -> int:
    return outcome.batch_sizes.maximum if outcome.batch_sizes is not None else 0


def _fault(size: SizeOutcome) -> str:
    if size.error:
        return sentence(size.error)
    wrong = [f"{name!r} has {_plural(rows)}" for name, rows in size.answered_rows if rows != size.rows]
    return f"the answer's {', '.join(wrong)}."


def _rows_that_are_right(rows: RowComparison | None) -> int:
    """Return how many rows from the first on are right where all others are wrong; 0 otherwise."""
    if rows is None or not rows.differing:
        return 0
    right = [row for row in rows.compared if row not in rows.differing]
    first_wrong = min(rows.differing)
    return first_wrong if right and max(right) < first_wrong else 0


def _listed(sizes: Iterable[SizeOutcome]) -> str:
    return ", ".join(str(each.rows) for each in sizes)


def _rows(count: int) -> str:
    return "row is" if count == 1 else f"{count} rows are"


def _plural(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def _some(rows: RowComparison) -> str:
    one = len(rows.differing) == 1
    return f"{len(rows.differing)} of {len(rows.compared)} compared rows {'is' if one else 'are'}"


def _outputs(rows: RowComparison) -> str:
    return ", ".join(repr(name) for name in rows.outputs)
