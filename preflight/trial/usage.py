"""What a trial measured: counters of the server, times and memory."""

from dataclasses import dataclass

__all__ = ["Counters", "Memory", "Times"]


@dataclass(frozen=True, slots=True)
class Counters:
    """What Triton counted (KServe v2, statistics extension), and what the configuration asks for.

    Attributes:
        inferences: rows that were answered without the cache.
        executions: how often the model ran.
        warm_up_samples: how many warm-up samples the configuration names.
        warm_ups_run: how often the model had run before the first request, all instances together; None where
            nobody counted.
        response_cache: whether the configuration asks for a response cache.
        cache_hits: answers from it.
        dynamic_batching: whether the configuration asks for it.
    """

    inferences: int
    executions: int
    warm_up_samples: int = 0
    warm_ups_run: int | None = None
    response_cache: bool = False
    cache_hits: int = 0
    dynamic_batching: bool = False


@dataclass(frozen=True, slots=True)
class Times:
    """How long answers took on this machine.

    Attributes:
        first_seconds: the first request of all.
        one_seconds: the median of a few at the smallest batch.
        maximum_seconds: the same at the largest; None where there is none.
        maximum: the largest batch size that was measured.
    """

    first_seconds: float
    one_seconds: float
    maximum_seconds: float | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident memory of the server and its children, pages that they share counted for each.

    Attributes:
        loaded_mib: before the first request.
        asked_mib: after the last.
        growth_mib: from the first to the last of ``growth_requests`` equal requests; None where they would
            have taken too long.
        growth_requests: how many these were.
    """

    loaded_mib: float
    asked_mib: float
    growth_mib: float | None = None
    growth_requests: int = 0
