"""What the rules about trials have in common."""

import re

from preflight.trial.outcome import TrialOutcome
from preflight.trial.request_outcome import RequestOutcome

__all__ = ["failed_batch_sizes", "forms_of_requests", "is_crash", "sentence"]

_CRASH = re.compile(r"Stub process '.*' is not healthy")
"""triton-inference-server/python_backend, src/python_be.cc: the process of a Python model has ended."""


def forms_of_requests(outcome: TrialOutcome) -> dict[str, list[RequestOutcome]]:
    """Return what became of each request, by its label, in every form that it was sent in."""
    found: dict[str, list[RequestOutcome]] = {}
    for each in outcome.requests:
        found.setdefault(each.label, []).append(each)
    return found


def failed_batch_sizes(outcome: TrialOutcome) -> set[int | None]:
    """Return the sizes that the rules about batches tell of."""
    sizes = outcome.batch_sizes.sizes if outcome.batch_sizes is not None else ()
    if not any(each.is_answered for each in sizes):
        return set()  # then the size is not what is wrong
    return {each.rows for each in sizes if not each.is_answered}


def is_crash(error: str) -> bool:
    """Say whether an error means that the process of a model has ended, whatever was asked."""
    return _CRASH.search(error) is not None


def sentence(words: str) -> str:
    """Return what a server said, ended like a sentence."""
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."
