"""Asks different requests at the same time: each must get its own answer."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from model_packaging.eager.comparison import Arrays
from preflight.trial._asking import Asking
from preflight.trial._closeness import distance
from preflight.trial._served import Answered, Served
from preflight.trial.concurrency_outcome import Concurrency
from preflight.trial.errors import ServerGoneError

__all__ = ["AT_ONCE", "ask_at_once"]

AT_ONCE = 8
"""Requests at the same time: enough for Triton to join some, few enough for a laptop."""


def ask_at_once(
    asking: Asking, requests: Sequence[Arrays], is_cancelled: Callable[[], bool]
) -> Concurrency | None:
    """Ask each request alone, then ``AT_ONCE`` at once; None where fewer than two are answered alone.

    Args:
        asking: asks those that go alone.
        requests: different ones, repeated where they are fewer.
        is_cancelled: asked before every request.

    Raises:
        TrialCancelledError: the trial was given up.
        ServerGoneError: the server's process has ended.
    """
    served = asking.served
    alone = [(inputs, asking.raw(inputs).outputs) for inputs in requests[:AT_ONCE]]
    references = [(inputs, outputs) for inputs, outputs in alone if outputs is not None]
    if len(references) < 2:  # noqa: PLR2004 - one alone is not concurrent
        return None
    references = [references[index % len(references)] for index in range(AT_ONCE)]
    before = served.statistics()
    started = time.perf_counter()
    answers = _all_at_once(served, [inputs for inputs, _ in references], is_cancelled)
    seconds = time.perf_counter() - started
    after = served.statistics()
    if any(each.outputs is None for each in answers) and served.died():
        raise ServerGoneError
    counts = before is not None and after is not None and not served.configured.response_cache
    wrong, swapped = _mistaken([each.outputs for each in answers], [outputs for _, outputs in references])
    errors = [each.error for each in answers if each.outputs is None]
    return Concurrency(
        requests=len(references),
        errors=tuple(dict.fromkeys(errors)),
        failed=len(errors),
        wrong=wrong,
        swapped=swapped,
        executions=after.executions - before.executions if counts and before and after else None,
        seconds=seconds,
    )


def _all_at_once(
    served: Served, requests: Sequence[Arrays], is_cancelled: Callable[[], bool]
) -> list[Answered]:
    askings = [Asking(served, is_cancelled) for _ in requests]

    def one(index: int) -> Answered:
        try:
            return askings[index].raw(requests[index])
        except ServerGoneError:
            return Answered(None, 0.0, 0, error="the server's process ended")

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(one, range(len(requests))))


def _mistaken(
    answers: Sequence[Arrays | None], references: Sequence[Arrays]
) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
    """Return the requests with another answer than alone, and of these who got whose."""
    wrong = [
        index
        for index, answer in enumerate(answers)
        if answer is not None and distance(answer, references[index])[1]
    ]
    swapped = []
    for index in wrong:
        answer = answers[index] or {}
        others = (
            other
            for other, reference in enumerate(references)
            if other != index and not distance(answer, reference)[1]
        )
        owner = next(others, None)
        if owner is not None:
            swapped.append((index, owner))
    return tuple(wrong), tuple(swapped)
