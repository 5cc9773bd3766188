"""Sends the requests of a trial and notes what comes back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from invocation.tensors import output_problems
from model_packaging.eager.comparison import Arrays, compare_answers
from preflight.trial._closeness import distance
from preflight.trial._made_requests import recipes
from preflight.trial._samples import TrialRequest, batch_size_of, made
from preflight.trial._served import Answered, Client, Served
from preflight.trial._subject import DEFAULT_TOLERANCE
from preflight.trial.errors import ServerGoneError, TrialCancelledError
from preflight.trial.request_outcome import Form, FormDifference, Origin, Repetition, RequestOutcome

__all__ = ["Asked", "Asking", "differences_of_forms", "repeat"]

_REPETITIONS = 4  # a Dropout over few values may give the same twice

_ROUNDING_SHARE = 1e-3
"""Ours, of an output's largest value: TorchScript optimizes a program while it is executed, so later runs may
round otherwise (pytorch/pytorch, torch/csrc/jit/OVERVIEW.md, "Executing Programs"). Random numbers differ by
far more."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request and its answer's outputs; None where there is no answer."""

    request: TrialRequest
    outcome: RequestOutcome
    outputs: Arrays | None


class Asking:
    """One client's questions.

    Args:
        served: what is asked.
        is_cancelled: asked before every request.
    """

    def __init__(self, served: Served, is_cancelled: Callable[[], bool]) -> None:
        self.served = served
        self._client: Client = served.client()
        self._is_cancelled = is_cancelled

    def raw(self, inputs: Arrays, form: Form | None = None) -> Answered:
        """Send ``inputs`` and return what comes back.

        Raises:
            TrialCancelledError: the trial was given up.
            ServerGoneError: there is no answer, since the server's process has ended.
        """
        if self._is_cancelled():
            raise TrialCancelledError("the trial was given up")
        answered = self._client.ask(inputs, form or self.served.forms[0])
        if answered.outputs is None and self.served.died():
            raise ServerGoneError
        return answered

    def ask(self, request: TrialRequest, form: Form) -> Asked:
        """Send ``request`` and hold the answer against what is expected, and against the configuration."""
        answered = self.raw(request.inputs, form)
        signature = self.served.configured.signature
        rows = batch_size_of(signature, request.inputs)
        outcome = RequestOutcome(
            label=request.label,
            origin=request.origin,
            form=form,
            batch_size=rows,
            seconds=answered.seconds,
            request_bytes=answered.request_bytes,
            answer_bytes=answered.answer_bytes,
            error=answered.error,
            timed_out=answered.timed_out,
        )
        if answered.outputs is None:
            return Asked(request, outcome, None)
        outputs = answered.outputs
        if signature is not None:
            problems = output_problems(signature, outputs, rows)
            outcome = replace(outcome, contradictions=tuple(problems))
        outcome = replace(
            outcome,
            differences=_differences(outputs, request),
            nan_outputs=_holding(np.isnan, outputs, request.expected),
            infinite_outputs=_holding(np.isposinf, outputs, request.expected),
            is_compared=bool(request.expected),
        )
        return Asked(request, outcome, outputs)

    def first_answered(self, rows: int, forms_of: Callable[[TrialRequest], Iterable[Form]]) -> list[Asked]:
        """Return the first made request that is answered, in all its forms; all of them where none is.

        Args:
            rows: of each request.
            forms_of: says in which forms a request can travel.
        """
        refused: list[Asked] = []
        signature = self.served.configured.signature
        if signature is None:
            return refused
        for recipe in recipes(signature):
            request = made(signature, recipe, rows, DEFAULT_TOLERANCE)
            asked = self.ask(request, self.served.forms[0])
            if asked.outputs is not None:
                others = (form for form in forms_of(request) if form is not self.served.forms[0])
                return [asked, *(self.ask(request, form) for form in others)]
            refused.append(asked)
            if asked.outcome.timed_out:
                break
        return refused


def repeat(asking: Asking, asked: Asked) -> Repetition:
    """Send an answered request a few more times, and say in what the answers differ."""
    request, first = asked.request, asked.outputs or {}
    differences: tuple[str, ...] = ()
    for _ in range(_REPETITIONS):
        again = asking.raw(request.inputs)
        if again.outputs is not None and not differences:
            differences = _unlike(again.outputs, first, request)
    return Repetition(request.label, differences, asking.served.configured.response_cache)


def differences_of_forms(asked: Iterable[Asked]) -> tuple[FormDifference, ...]:
    """Return in what answers to one request differ between the forms that it travelled in."""
    found: list[FormDifference] = []
    first: dict[str, Asked] = {}
    for each in asked:
        if each.outputs is None:
            continue
        known = first.setdefault(each.request.label, each)
        if known.outputs is not None and (unlike := _unlike(each.outputs, known.outputs, each.request)):
            forms = (known.outcome.form, each.outcome.form)
            found.append(FormDifference(each.request.label, forms, unlike))
    return tuple(found)


def _differences(outputs: Arrays, request: TrialRequest) -> tuple[str, ...]:
    """Say in what the expected outputs differ; golden requests may name some of them only."""
    if not request.expected:
        return ()
    some = request.origin is Origin.GOLDEN
    answer = {name: array for name, array in outputs.items() if not some or name in request.expected}
    found = compare_answers(answer, request.expected, request.tolerance)
    other = "expected" if some else "eager"
    return tuple(f"{each.output} {each.what.replace('eager', other)}" for each in found)


def _unlike(answer: Arrays, first: Arrays, request: TrialRequest) -> tuple[str, ...]:
    """Say in what an answer is not the one before, rounding apart."""
    share, _ = distance(answer, first)
    if share <= _ROUNDING_SHARE:
        return ()
    found = compare_answers(answer, first, request.tolerance)
    return tuple(f"{each.output} {each.what.replace('eager', 'before')}" for each in found)


def _holding(
    is_odd: Callable[[np.ndarray], np.ndarray], outputs: Arrays, expected: Arrays
) -> tuple[str, ...]:
    """Return the outputs that hold an odd value which the expected answer does not hold."""

    def holds(array: np.ndarray) -> bool:
        return array.dtype.kind == "f" and bool(is_odd(array).any())

    return tuple(
        name
        for name, array in outputs.items()
        if holds(array) and not (name in expected and holds(expected[name]))
    )
