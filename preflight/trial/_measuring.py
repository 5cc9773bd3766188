"""Measures response times and the growth of memory."""

from statistics import median

from model_packaging.eager.comparison import Arrays
from preflight.trial._asking import Asking

__all__ = ["growth_of", "median_seconds"]

_GROWTH_REQUESTS = 50
_QUICK_SECONDS = 0.02  # above it, so many requests would take longer than a second


def median_seconds(asking: Asking, inputs: Arrays, times: int) -> float | None:
    """Return the median response time of ``times`` equal requests; None where one isn't answered."""
    answers = [asking.raw(inputs) for _ in range(times)]
    if any(each.outputs is None for each in answers):
        return None
    return median(each.seconds for each in answers)


def growth_of(asking: Asking, inputs: Arrays, seconds: float) -> tuple[float | None, int]:
    """Return how many MiB the server grew over so many equal requests; None where that would take too long.

    Args:
        asking: asks.
        inputs: of the request.
        seconds: how long one takes.
    """
    if seconds > _QUICK_SECONDS:
        return None, 0
    before = asking.served.memory_mib()
    for _ in range(_GROWTH_REQUESTS):
        asking.raw(inputs)
    return asking.served.memory_mib() - before, _GROWTH_REQUESTS
