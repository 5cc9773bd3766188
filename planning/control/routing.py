"""Which copy of a component, or which instance of a variant, gets a request."""

from collections.abc import Sequence
from random import Random

from planning.control.errors import InvalidPolicyError, NoCopyError, UnknownStrategyError

__all__ = ["LEAST_OUTSTANDING_REQUESTS", "RANDOM", "choose_copy"]

RANDOM = "RANDOM"
LEAST_OUTSTANDING_REQUESTS = "LEAST_OUTSTANDING_REQUESTS"


def choose_copy(
    strategy: str, outstanding: Sequence[int], random: Random, *, compared: int | None = None
) -> int:
    """Return the index of the copy that gets the next request.

    RANDOM takes any copy with equal chance; LEAST_OUTSTANDING_REQUESTS one of those with "more capacity to
    process them" (SageMaker API Reference, ProductionVariantRoutingConfig, RoutingStrategy).

    Args:
        strategy: ``RANDOM`` or ``LEAST_OUTSTANDING_REQUESTS``.
        outstanding: requests in flight on each copy, as the router that chooses sees them. Assumed: the
            number of routers and the age of their counts; give the exact counts, or one router's own.
        random: the source of chance. Assumed: copies with equally few requests in flight are drawn from it.
        compared: how many copies, drawn by chance, LEAST_OUTSTANDING_REQUESTS compares. Assumed: None, for
            all of them; 2 is the "power of two choices".

    Raises:
        NoCopyError: there is no copy.
        UnknownStrategyError: the strategy is another one.
        InvalidPolicyError: ``compared`` is below 1.
    """
    count = len(outstanding)
    if not count:
        raise NoCopyError("there is no copy in service to route the request to")
    if strategy == RANDOM:
        return random.randrange(count)
    if strategy != LEAST_OUTSTANDING_REQUESTS:
        raise UnknownStrategyError(
            f"routing strategy {strategy!r} is not modelled; take {RANDOM} or {LEAST_OUTSTANDING_REQUESTS}"
        )
    if compared is not None and compared < 1:
        raise InvalidPolicyError(f"compared {compared}: take at least 1, or None for all copies")
    among: Sequence[int] = range(count)
    if compared is not None and compared < count:
        among = random.sample(among, compared)
    fewest = min(outstanding[each] for each in among)
    idlest = [each for each in among if outstanding[each] == fewest]
    return idlest[random.randrange(len(idlest))] if len(idlest) > 1 else idlest[0]
