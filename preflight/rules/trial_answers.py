"""SEA365: what is odd about a packed model's answers, whatever was expected."""

from collections.abc import Callable, Iterator

from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TRIAL, Enforcer, SeenAfter, Violation
from preflight.rules._trial_words import forms_of_requests, sentence
from preflight.trial.outcome import TrialOutcome
from preflight.trial.request_outcome import RequestOutcome

__all__ = [
    "form_changes_answer",
    "infinite_answer",
    "nan_answer",
    "not_answered_in_time",
    "one_form_only",
    "stochastic",
]

_TRIED = "tried on this machine's server"


@rule(
    "SEA365",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="an answer holds NaN",
    scope=TRIAL,
    source=f"IEEE 754: NaN is the result of an undefined operation; {_TRIED}",
    symptom="Clients get NaN where they expect numbers; JSON has no such value (RFC 8259, section 6).",
    fix="Look for a division by zero, a logarithm of a negative number, or weights that hold NaN.",
)
def nan_answer(outcome: TrialOutcome) -> Iterator[Violation]:
    """No answer holds NaN that the expected one does not hold."""
    yield from _odd_values(outcome, "NaN", lambda each: each.nan_outputs)


@rule(
    "SEA366",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="an answer holds a positive infinity",
    scope=TRIAL,
    source=f"IEEE 754: an overflow gives an infinity, a 16-bit float's above 65504; {_TRIED}",
    symptom="Clients get an infinity where they expect numbers; JSON has no such value (RFC 8259, section "
    "6).",
    fix="Look for an overflow, of 16-bit floats above all, or a division by zero.",
)
def infinite_answer(outcome: TrialOutcome) -> Iterator[Violation]:
    """No answer holds a positive infinity that the expected one does not; a negative one masks, and may."""
    yield from _odd_values(outcome, "an infinity", lambda each: each.infinite_outputs)


@rule(
    "SEA367",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="JSON and binary answers differ",
    scope=TRIAL,
    source=f"KServe v2, binary tensor data extension: both forms carry the same tensors; {_TRIED}",
    symptom="Two clients that send the same values get different answers.",
    fix="Look for what depends on more than the inputs' values.",
)
def form_changes_answer(outcome: TrialOutcome) -> Iterator[Violation]:
    """The same request has the same answer in every form; what is random is told by SEA370."""
    if outcome.repetition is not None and outcome.repetition.differences:
        return
    for each in outcome.form_differences:
        first, second = each.forms
        yield Violation(
            f"The request {each.label!r} is answered otherwise as {second} than as {first}: "
            f"{'; '.join(each.differences)}.",
            "the same answer within the tolerance.",
            outcome.place,
        )


@rule(
    "SEA368",
    severity=Severity.WARNING,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AT_REQUEST,
    title="a request is answered in one form and refused in another",
    scope=TRIAL,
    source=f"triton-inference-server/server, src/http_server.cc; {_TRIED}",
    symptom="Clients that use the other form get ModelError with the same words.",
    fix="Correct what the error names, or have clients use the form that is answered.",
)
def one_form_only(outcome: TrialOutcome) -> Iterator[Violation]:
    """What is answered in one form is answered in the other."""
    for label, forms in forms_of_requests(outcome).items():
        refused = next((each for each in forms if each.error and not each.timed_out), None)
        answered = next((each for each in forms if not each.error), None)
        if refused is not None and answered is not None:
            yield Violation(
                f"The request {label!r} is answered as {answered.form} and refused as {refused.form}: "
                f"{sentence(refused.error)}",
                "an answer in both forms.",
                outcome.place,
            )


@rule(
    "SEA369",
    severity=Severity.WARNING,
    enforced_by=Enforcer.HOSTING,
    seen_after=SeenAfter.AT_REQUEST,
    title="a request is not answered in SageMaker's time",
    scope=TRIAL,
    source="SageMaker Runtime API Reference, InvokeEndpoint: model containers must respond within 60 "
    "seconds; "
    "this machine may be slower than the instance, therefore a warning",
    symptom="InvokeEndpoint ends after 60 seconds with ModelError, whatever the model does then.",
    fix="Send smaller batches, take a faster instance type, or an asynchronous endpoint, which waits up "
    "to an "
    "hour.",
)
def not_answered_in_time(outcome: TrialOutcome) -> Iterator[Violation]:
    """Each request is answered in the time that SageMaker gives it, the largest batch too."""
    sizes = outcome.batch_sizes.sizes if outcome.batch_sizes is not None else ()
    late = {f"The request {each.label!r}": each.error for each in outcome.requests if each.timed_out}
    late |= {f"A batch of {each.rows}": each.error for each in sizes if each.timed_out}
    for what, error in late.items():
        yield Violation(f"{what}: {sentence(error)}", "an answer within 60 s on the instance.", outcome.place)


@rule(
    "SEA370",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="the same request is answered differently each time",
    scope=TRIAL,
    source=f"PyTorch, torch.nn.Dropout: it draws a mask at every call unless the module is in evaluation "
    "mode; "
    f"{_TRIED}",
    symptom="The same request gives one answer now and another then.",
    fix="Call eval() on the module before it is exported; where the model is meant to draw random numbers, "
    "acknowledge this.",
)
def stochastic(outcome: TrialOutcome) -> Iterator[Violation]:
    """The same request several times has the same answer."""
    repetition = outcome.repetition
    if repetition is not None and repetition.differences:
        yield Violation(
            f"The request {repetition.label!r} is answered differently when it is sent again: "
            f"{'; '.join(repetition.differences)}; a module in training mode does so, by its Dropout.",
            "the same answer to the same request.",
            outcome.place,
        )


def _odd_values(
    outcome: TrialOutcome, words: str, odd: Callable[[RequestOutcome], tuple[str, ...]]
) -> Iterator[Violation]:
    found = {name: each.label for each in reversed(outcome.requests) for name in odd(each)}
    if found:
        places = [f"{name!r} (request {label!r})" for name, label in sorted(found.items())]
        yield Violation(f"The answers hold {words} in {', '.join(places)}.", "finite numbers.", outcome.place)
