"""SEA360: whether a packed model answers what it is asked, and as expected."""

from collections.abc import Iterator

from preflight.finding import Severity
from preflight.registry import rule
from preflight.rule import TRIAL, Enforcer, SeenAfter, Violation
from preflight.rules._trial_words import failed_batch_sizes, forms_of_requests, is_crash, sentence
from preflight.trial.outcome import TrialOutcome
from preflight.trial.request_outcome import Origin

__all__ = [
    "another_answer",
    "another_signature",
    "golden_file_unusable",
    "made_request_refused",
    "request_refused",
]

_TRIED = "tried on this machine's server"


@rule(
    "SEA360",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SEATRIAL,
    seen_after=SeenAfter.BEFORE,
    title="a file of golden requests can't be used",
    scope=TRIAL,
    source="Seatrial, golden requests: .npz with inputs/<name> and outputs/<name>, or .json as KServe v2",
    symptom="The model is not asked what its user wanted it to be asked.",
    fix="Correct the path, which starts from the project's root, or the file.",
)
def golden_file_unusable(outcome: TrialOutcome) -> Iterator[Violation]:
    """Each file of golden requests can be read; one that a deployment file names in vain SEA388 tells."""
    for problem in outcome.golden_problems:
        if problem.is_missing and outcome.place:
            continue
        yield Violation(
            f"{problem.path} {problem.what}.",
            "an .npz with arrays named inputs/<name>, or a .json with inputs as KServe v2 has them.",
            (*outcome.place, "golden_requests", str(problem.index)),
        )


@rule(
    "SEA361",
    severity=Severity.ERROR,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AT_REQUEST,
    title="a recorded or golden request is refused",
    scope=TRIAL,
    source=f"KServe v2, inference protocol, inference response JSON error object; {_TRIED}",
    symptom="InvokeEndpoint answers ModelError with the same words.",
    fix="Correct the model, its configuration, or the request.",
)
def request_refused(outcome: TrialOutcome) -> Iterator[Violation]:
    """Each request that someone recorded is answered, in some form."""
    told = failed_batch_sizes(outcome)
    for label, forms in forms_of_requests(outcome).items():
        first = forms[0]
        refused = all(each.error for each in forms) and first.origin is not Origin.MADE
        told_elsewhere = first.timed_out or is_crash(first.error) or first.batch_size in told
        if refused and not told_elsewhere:
            yield Violation(
                f"The request {label!r} is refused: {sentence(first.error)}", "an answer.", outcome.place
            )


@rule(
    "SEA362",
    severity=Severity.ERROR,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="an answer is not the recorded or expected one",
    scope=TRIAL,
    source=f"Seatrial, recorded samples and golden requests; {_TRIED}",
    symptom="The endpoint comes up and answers something else than was meant.",
    fix="Package the model again from the module that is meant, correct the expected outputs, or raise the "
    "model's `tolerance` where only rounding differs.",
)
def another_answer(outcome: TrialOutcome) -> Iterator[Violation]:
    """Each answer is the expected one within the tolerance; what is random can't be and is told by SEA370."""
    if outcome.repetition is not None and outcome.repetition.differences:
        return
    for label, forms in forms_of_requests(outcome).items():
        differing = next((each for each in forms if each.differences), None)
        if differing is not None:
            yield Violation(
                f"The answer to the request {label!r} ({differing.form}): "
                f"{'; '.join(differing.differences)}.",
                "the expected outputs, within the tolerance.",
                outcome.place,
            )


@rule(
    "SEA363",
    severity=Severity.WARNING,
    enforced_by=Enforcer.SERVER,
    seen_after=SeenAfter.AT_REQUEST,
    title="no request that fits the configuration is answered",
    scope=TRIAL,
    source=f"Triton, model configuration, inputs and outputs; {_TRIED}; values are made up, therefore a "
    "warning",
    symptom="InvokeEndpoint answers ModelError with the same words.",
    fix="Correct the model or its configuration; where it only refuses made-up values, give it golden "
    "requests: `golden_requests`, or --golden.",
)
def made_request_refused(outcome: TrialOutcome) -> Iterator[Violation]:
    """Random values, zeros or ones of the configured types and dimensions are answered, one of the three."""
    made = [each for each in outcome.requests if each.origin is Origin.MADE]
    if made and made[0].batch_size in failed_batch_sizes(outcome):
        return  # SEA375 and SEA376 tell it
    if made and all(each.error for each in made) and not (made[0].timed_out or is_crash(made[0].error)):
        yield Violation(
            f"No request is answered that was made from the configured signature: {sentence(made[0].error)}",
            "an answer to inputs of the configured types and dimensions.",
            outcome.place,
        )


@rule(
    "SEA364",
    severity=Severity.WARNING,
    enforced_by=Enforcer.NOBODY,
    seen_after=SeenAfter.AT_REQUEST,
    title="an answer contradicts the configured outputs",
    scope=TRIAL,
    source=f"Triton, model configuration, inputs and outputs: an output's data type and dims; {_TRIED}",
    symptom="Clients that read the model's metadata expect another answer than they get.",
    fix="Declare what the model gives: data_type and dims of the output, without the batch dimension.",
)
def another_signature(outcome: TrialOutcome) -> Iterator[Violation]:
    """Outputs have the configured names, data types and dimensions."""
    told = failed_batch_sizes(outcome)
    found = dict.fromkeys(
        words for each in outcome.requests if each.batch_size not in told for words in each.contradictions
    )
    if found:
        yield Violation(
            f"The answers are not what the configuration says: {'; '.join(found)}.",
            "outputs as the configuration has them.",
            outcome.place,
        )
